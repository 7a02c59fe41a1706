import { fc, test as law } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { BytesMemory } from '../../../../engine/core/memory/bytes-memory.ts';
import { NAT } from '../../../../engine/motoko/memory-buffer/blobify.ts';
import { LruCache } from '../../../../engine/motoko/memory-buffer/lru-cache.ts';
import { MemoryBuffer } from '../../../../engine/motoko/memory-buffer/operate.ts';
import { MemoryRegion } from '../../../../engine/motoko/memory-region/operate.ts';
import { MaxValue } from '../../../../engine/motoko/memory-region/stores/max-value.ts';

law.prop([fc.integer({ min: 1, max: 5 }), fc.array(fc.tuple(fc.boolean(), fc.nat({ max: 8 })), { maxLength: 60 })])(
  'it keeps the most recently used values, in that order',
  (capacity, uses) => {
    const cache = new LruCache<number, string>(capacity);
    let model: [number, string][] = [];
    for (const [step, [sets, key]] of uses.entries()) {
      const there = model.find(([each]) => each === key);
      if (!sets) expect(cache.get(key)).toBe(there?.[1]);
      const entry: [number, string] | undefined = sets ? [key, `value ${step}`] : there;
      if (sets) cache.set(key, `value ${step}`);
      if (entry) model = [...model.filter(([each]) => each !== key), entry].slice(-capacity);
      expect(cache.size).toBe(model.length);
    }
  },
);

test('a cached value is not decoded again', () => {
  let decoded = 0;
  const counting = {
    ...NAT,
    fromBlob(blob: Uint8Array) {
      decoded += 1;
      return NAT.fromBlob(blob);
    },
  };
  const region = () => new MemoryRegion(new BytesMemory(), new MaxValue());
  const buffer = new MemoryBuffer({ pointers: region(), blobs: region() }, counting, 2);
  buffer.addAll([1n, 2n, 3n]);
  buffer.get(0);
  buffer.get(0);
  buffer.insert(0, 9n);
  // It has moved, and its bytes have not.
  expect([buffer.get(1), decoded]).toEqual([1n, 1]);
  expect([buffer.get(2), buffer.get(3), buffer.get(1), decoded]).toEqual([2n, 3n, 1n, 4]);
  buffer.put(1, 7n);
  expect([buffer.get(1), decoded]).toEqual([7n, 5]);
});
