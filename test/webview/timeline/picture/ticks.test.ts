import { expect, test } from 'vitest';
import { addressTicks, stepTicks } from '../../../../webview/timeline/picture/ticks.ts';

test('steps have round numbers', () => {
  expect(stepTicks(1, 10_000, 5)).toEqual([2_000, 4_000, 6_000, 8_000, 10_000]);
  expect(stepTicks(9_841, 9_848, 8)).toEqual([9_841, 9_842, 9_843, 9_844, 9_845, 9_846, 9_847, 9_848]);
  expect(stepTicks(1, 10_000_000, 4)).toEqual([5_000_000, 10_000_000]);
});

test('addresses are multiples of powers of two', () => {
  expect(addressTicks(0, 0x4400, 5)).toEqual([0, 0x1000, 0x2000, 0x3000, 0x4000]);
  expect(addressTicks(0x37c8, 0x37d8, 4)).toEqual([0x37c8, 0x37cc, 0x37d0, 0x37d4, 0x37d8]);
  expect(addressTicks(0, 1, 0.2)).toEqual([0, 1]);
});
