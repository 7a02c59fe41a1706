import { test } from '@fast-check/vitest';
import { compareWithModel } from './comparison.ts';
import { randomTrace } from './random-items.ts';

test.prop([randomTrace('physical')], { numRuns: 330, seed: 1 })('every step is as in the model', compareWithModel);
