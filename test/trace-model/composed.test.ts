import { test } from '@fast-check/vitest';
import { compareWithModel } from './comparison.ts';
import { randomTrace } from './random-items.ts';

test.prop([randomTrace('composed')], { numRuns: 340, seed: 2 })('every step is as in the model', compareWithModel);
