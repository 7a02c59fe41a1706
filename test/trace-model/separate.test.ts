import { test } from '@fast-check/vitest';
import { compareWithModel } from './comparison.ts';
import { randomTrace } from './random-items.ts';

test.prop([randomTrace('separate')], { numRuns: 330, seed: 3 })('every step is as in the model', compareWithModel);
