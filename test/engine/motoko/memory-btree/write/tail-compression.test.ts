import { fc, test as law } from '@fast-check/vitest';
import { expect } from 'vitest';
import { bestCut, shortestSeparator } from '../../../../../engine/motoko/memory-btree/write/tail-compression.ts';
import { compareBytes } from '../../../../../engine/values/codec.ts';

const bytes = fc.uint8Array({ maxLength: 6, max: 2 });
const ascending = (keys: readonly Uint8Array[]) => [...keys].sort(compareBytes);

law.prop([fc.uniqueArray(bytes, { minLength: 2, maxLength: 2, selector: String })])(
  'a separator is greater than the key before it, and as short as possible',
  (keys) => {
    const [before = new Uint8Array(), key = new Uint8Array()] = ascending(keys);
    const separator = shortestSeparator(before, key);
    expect(compareBytes(before, separator)).toBeLessThan(0);
    expect(separator).toEqual(key.subarray(0, separator.length));
    expect(compareBytes(before, key.subarray(0, separator.length - 1))).toBeGreaterThanOrEqual(0);
  },
);

law.prop([
  fc
    .integer({ min: 4, max: 20 })
    .chain((capacity) =>
      fc.tuple(
        fc.constant(capacity),
        fc.integer({ min: 2, max: Math.floor(capacity / 2) }),
        fc.uniqueArray(bytes, { minLength: capacity + 1, maxLength: capacity + 1, selector: String }),
      ),
    ),
])('a leaf is divided so that neither part is sparse', ([capacity, sparse, keys]) => {
  const sorted = ascending(keys);
  const kept = bestCut(capacity, sparse, (position) => sorted[position] ?? new Uint8Array());
  expect(kept).toBeGreaterThan(sparse);
  expect(capacity + 1 - kept).toBeGreaterThanOrEqual(sparse);
});
