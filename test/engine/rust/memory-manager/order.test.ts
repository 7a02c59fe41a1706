import { fc, test as law } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { BytesMemory } from '../../../../engine/core/memory/bytes-memory.ts';
import { at, PAGE_SIZE, readBytes } from '../../../../engine/core/memory/memory.ts';
import { MemoryManager, REUSE_NAMES } from '../../../../engine/rust/memory-manager/operate.ts';
import { bucketOrder, describeOrder } from '../../../../engine/rust/memory-manager/order.ts';

test('ascending buckets keep their order', () => expect(bucketOrder(3, [1, 4, 7], 3, 1)).toBeUndefined());
test('pages that stay in place are not listed, nor pages past the end', () => {
  expect(bucketOrder(3, [1, 7, 4], 5, 2)).toEqual({ memory: 3, live: [1, 7, 4], reloaded: [1, 4, 7], permuted: [[2, 5]] });
});
test('as a sentence', () => {
  const order = bucketOrder(9, [6, 7, 3], 3, 1);
  expect(order && describeOrder(order)).toBe(
    'Memory 9 grew into buckets 6, 7, 3; a load puts them in the order 3, 6, 7, which changes the bytes of pages 0 to 2.',
  );
});

const act = fc.oneof(
  { weight: 3, arbitrary: fc.record({ id: fc.nat({ max: 3 }), pages: fc.integer({ min: 1, max: 5 }) }) },
  { weight: 1, arbitrary: fc.record({ id: fc.nat({ max: 3 }) }) },
);

law.prop([fc.constantFrom(...REUSE_NAMES), fc.integer({ min: 1, max: 3 }), fc.array(act, { maxLength: 20 })], { numRuns: 60 })(
  'the permuted pages are exactly those that a load changes, and only lowest-first permutes any',
  (reuse, bucketPages, acts) => {
    const manager = MemoryManager.init(new BytesMemory(), bucketPages, reuse);
    let mark = 0;
    for (const one of acts) {
      const memory = manager.get(one.id);
      if (!('pages' in one)) manager.reclaim(one.id);
      else if (memory.grow(one.pages) !== -1) {
        for (let page = memory.pages - one.pages; page < memory.pages; page++) {
          memory.write(at(0, page * PAGE_SIZE), Uint8Array.of(++mark & 255, mark >> 8));
        }
      }
    }
    const marks = () => [0, 1, 2, 3].map((id) => pageMarks(manager, id));
    const orders = [0, 1, 2, 3].map((id) => bucketOrder(id, manager.bucketsOf(id), manager.pagesOf(id), bucketPages));
    if (reuse !== 'lowest-first') expect(orders.every((order) => order === undefined)).toBe(true);
    const before = marks();
    manager.reload();
    const changed = marks().map((now, id) => now.flatMap((one, page) => (one === before[id]?.[page] ? [] : [page])));
    const listed = orders.map((order) =>
      (order?.permuted ?? []).flatMap(([from, to]) => Array.from({ length: to - from }, (_, n) => from + n)),
    );
    expect(listed).toEqual(changed);
  },
);

function pageMarks(manager: MemoryManager, id: number): readonly string[] {
  const memory = manager.get(id);
  return Array.from({ length: memory.pages }, (_, page) => readBytes(memory, at(0, page * PAGE_SIZE), 2).join());
}
