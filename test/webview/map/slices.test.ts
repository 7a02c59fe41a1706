import { fc, test as law } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { unitsFor } from '../../../webview/map/slices.ts';

test.each([
  [[100], 11, [11]],
  [[50, 50], 11, [6, 5]],
  [[999, 1], 11, [10, 1]],
  [[1, 998, 1], 11, [1, 9, 1]],
  [[6, 3, 1], 10, [6, 3, 1]],
  [[5, 1, 4, 2], 2, [1, 0, 1, 0]],
  [[], 11, []],
])('%j of %d', (sizes, total, units) => expect(unitsFor(sizes, total)).toEqual(units));

law.prop([fc.array(fc.integer({ min: 1, max: 2 ** 40 }), { minLength: 1, maxLength: 24 }), fc.integer({ min: 1, max: 40 })])(
  'the units add up, each part has its own, and larger parts have no fewer',
  (sizes, total) => {
    const units = unitsFor(sizes, total);
    expect(units.reduce((sum, each) => sum + each, 0)).toBe(total);
    if (sizes.length <= total) expect(Math.min(...units)).toBeGreaterThanOrEqual(1);
    const ordered = [...sizes.keys()].sort((a, b) => (sizes[a] ?? 0) - (sizes[b] ?? 0)).map((index) => units[index] ?? 0);
    for (const [index, each] of ordered.entries()) expect(each + 1).toBeGreaterThanOrEqual(ordered[index - 1] ?? 0);
  },
);
