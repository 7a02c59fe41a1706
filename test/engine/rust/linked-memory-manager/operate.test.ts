import { fc, test as law } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { BytesMemory } from '../../../../engine/core/memory/bytes-memory.ts';
import { at, PAGE_SIZE, readBytes } from '../../../../engine/core/memory/memory.ts';
import { OverlayMemory } from '../../../../engine/core/memory/overlay.ts';
import { Unreadable } from '../../../../engine/core/unreadable.ts';
import { LinkedMemoryManager } from '../../../../engine/rust/linked-memory-manager/operate.ts';
import { MemoryManager } from '../../../../engine/rust/memory-manager/operate.ts';
import { imageBytes } from '../../../fixtures.ts';
import { FailingMemory } from './memories.ts';
import { apply, expectLike, IDS, Model, STEP } from './model.ts';

/** Number of buckets of one page in a memory that is not touched again. The links of the next buckets are in a table. */
const NEARLY_ALL_NEAR = 7_155;
const FILLER = 100;

describe('memories behave like separate ones, and free buckets are used before the image grows', () => {
  law.prop([fc.integer({ min: 1, max: 3 }), fc.integer({ min: 0, max: 1 }), fc.array(STEP, { maxLength: 40 })], { numRuns: 40 })(
    'at any bucket size, with links near and in tables',
    (bucketPages, filled, steps) => {
      const memory = new OverlayMemory();
      const manager = LinkedMemoryManager.init(memory, bucketPages);
      if (filled) manager.grow(FILLER, NEARLY_ALL_NEAR * bucketPages);
      const model = new Model();
      for (const step of steps) {
        const free = manager.freedBuckets().length;
        const mark = manager.allocatedBuckets;
        const had = step.do === 'grow' ? manager.bucketsOf(step.id).length : 0;
        apply(manager, step);
        model.apply(step);
        if (step.do === 'grow') {
          const taken = manager.bucketsOf(step.id).length - had;
          if (taken <= free) expect(manager.allocatedBuckets).toBe(mark);
          expect(manager.freedBuckets().length).toBe(Math.max(0, free - taken));
        }
        expect(memory.pages).toBe(1 + bucketPages * manager.allocatedBuckets);
      }
      expectLike(manager, model);
      const order = [manager.freedBuckets(), manager.bucketsOf(0), manager.bucketsOf(254)];
      const opened = LinkedMemoryManager.init(memory, 99);
      expectLike(opened, model);
      expect([opened.freedBuckets(), opened.bucketsOf(0), opened.bucketsOf(254)]).toEqual(order);
      expect(opened.pagesOf(FILLER)).toBe(filled * NEARLY_ALL_NEAR * bucketPages);
    },
  );
});

test('a freed memory has no pages and no buckets, and can grow again', () => {
  const manager = LinkedMemoryManager.init(new BytesMemory(), 2);
  manager.grow(7, 5);
  manager.get(7).write(at(0, 0), Uint8Array.of(1, 2, 3));
  expect(manager.reclaim(7)).toBe(6);
  expect([manager.pagesOf(7), manager.bucketsOf(7), manager.freedBuckets()]).toEqual([0, [], [0, 1, 2]]);
  expect(manager.reclaim(7)).toBe(0);
  expect(manager.grow(7, 1)).toBe(0);
  expect(readBytes(manager.get(7), at(0, 0), 3)).toEqual(new Uint8Array(3));
});

law.prop([fc.integer({ min: 1, max: 3 }), fc.array(STEP, { maxLength: 40 })], { numRuns: 40 })(
  'the number of allocated buckets is never higher than the number in use at once',
  (bucketPages, steps) => {
    const manager: Pick<MemoryManager, keyof LinkedMemoryManager> = LinkedMemoryManager.init(new OverlayMemory(), bucketPages);
    let most = 0;
    for (const step of steps) {
      apply(manager, step);
      most = Math.max(
        most,
        IDS.map((id) => manager.bucketsOf(id).length).reduce((sum, count) => sum + count, 0),
      );
    }
    expect(manager.allocatedBuckets).toBe(most);
  },
);

test('foreign bytes after the last bucket do not get into a memory', () => {
  const memory = new BytesMemory();
  const manager = LinkedMemoryManager.init(memory, 2);
  memory.grow(3);
  memory.write(at(0, PAGE_SIZE), new Uint8Array(3 * PAGE_SIZE).fill(7));
  manager.grow(0, 4);
  expect(readBytes(manager.get(0), at(0, 0), 4 * PAGE_SIZE).every((byte) => byte === 0)).toBe(true);
});

test('a memory can get lower buckets than its own, and a load keeps their order', () => {
  const manager = LinkedMemoryManager.init(new BytesMemory(), 1);
  manager.grow(0, 2);
  manager.grow(1, 2);
  manager.reclaim(0);
  manager.grow(1, 3);
  expect(manager.bucketsOf(1)).toEqual([2, 3, 0, 1, 4]);
  manager.reload();
  expect(manager.bucketsOf(1)).toEqual([2, 3, 0, 1, 4]);
});

test('if the base memory cannot grow, grow returns -1 and nothing has changed', () => {
  const base = new BytesMemory(0, 10);
  const manager = LinkedMemoryManager.init(base, 4);
  expect(manager.grow(3, 8)).toBe(0);
  const before = readBytes(base, at(0, 0), base.pages * PAGE_SIZE);
  expect(manager.grow(3, 1)).toBe(-1);
  expect(manager.grow(4, 1)).toBe(-1);
  expect(manager.grow(3, 9_000_000)).toBe(-1);
  expect(readBytes(base, at(0, 0), base.pages * PAGE_SIZE)).toEqual(before);
  expect([manager.pagesOf(3), manager.allocatedBuckets]).toEqual([8, 2]);
});

describe('a memory that is not empty is not overwritten', () => {
  test.each(['mm-basic', 'corrupt-mm-bad-magic', 'mm-v2draft-pr236', 'cell-cbor', 'memory-buffer-nat'])('%s', (name) => {
    const bytes = imageBytes(name);
    const memory = new FailingMemory(BytesMemory.of(bytes));
    expect(() => LinkedMemoryManager.init(memory)).toThrow(Unreadable);
    expect(memory.changes).toBe(0);
  });
  test('zeroed pages followed by others', () => {
    expect(() => LinkedMemoryManager.init(new BytesMemory(2))).toThrow(Unreadable);
  });
  test('nor is this layout overwritten by a manager of version 1', () => {
    const memory = new FailingMemory(new BytesMemory());
    LinkedMemoryManager.init(memory).grow(0, 1);
    const { changes } = memory;
    expect(() => MemoryManager.init(memory)).toThrow(Unreadable);
    expect(memory.changes).toBe(changes);
  });
});

test.each([0, 1.5, 65_536])('buckets of %f pages are rejected', (bucketPages) => {
  expect(() => LinkedMemoryManager.init(new BytesMemory(), bucketPages)).toThrow(RangeError);
});
test('ids end at 254', () => expect(() => LinkedMemoryManager.init(new BytesMemory()).get(255)).toThrow(RangeError));

test('a new manager has one page, and only its first eight bytes are not zero', () => {
  const memory = new BytesMemory();
  LinkedMemoryManager.init(memory, 128);
  expect(memory.pages).toBe(1);
  expect(readBytes(memory, at(0, 0), 8)).toEqual(Uint8Array.of(0x4d, 0x47, 0x52, 0xe1, 0, 0, 128, 0));
  expect(readBytes(memory, at(0, 8), PAGE_SIZE - 8).every((byte) => byte === 0)).toBe(true);
});
