import { expect, test } from 'vitest';
import { readStep } from '../../../../extension/host/debugger/step-text.ts';

test.each([
  ['812', 812],
  [' #812 ', 812],
  ['1,000', 1000],
  ['1_000', 1000],
  ['start', 0],
  ['End', 1000],
  ['0', 0],
  ['1001', undefined],
  ['', undefined],
  ['#', undefined],
  ['-1', undefined],
  ['8 12', undefined],
])('%s', (text, step) => expect(readStep(text, 1000)).toBe(step));
