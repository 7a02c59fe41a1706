import { fc, test as law } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { at, PAGE_SIZE, readBytes } from '../../../../engine/core/memory/memory.ts';
import { MAX_PAGES, OverlayMemory } from '../../../../engine/core/memory/overlay.ts';
import { linkAt } from '../../../../engine/rust/linked-memory-manager/layout.ts';
import { LinkedMemoryManager } from '../../../../engine/rust/linked-memory-manager/operate.ts';
import { FailingMemory } from './memories.ts';
import { apply, STEP } from './model.ts';

/** Creates a counting manager with `count` buckets of one page in a memory that is not touched again. */
function counted(filler: number): { readonly manager: LinkedMemoryManager; readonly memory: FailingMemory } {
  const memory = new FailingMemory(new OverlayMemory());
  const manager = LinkedMemoryManager.init(memory, 1);
  manager.grow(100, filler);
  return { manager, memory };
}

law.prop([fc.array(STEP, { minLength: 10, maxLength: 60 })], { numRuns: 20 })(
  'a grow costs as much as its buckets, and a free costs three writes, whatever the number of buckets',
  (steps) => {
    const costs = [0, 6_000, 200_000].map((filler) => {
      const { manager, memory } = counted(filler);
      return steps.flatMap((step) => {
        if (step.do === 'reload') return [];
        const had = step.do === 'grow' ? manager.bucketsOf(step.id).length : 0;
        const before = [memory.changes, memory.reads] as const;
        apply(manager, step);
        const cost = { changes: memory.changes - before[0], reads: memory.reads - before[1] };
        if (step.do === 'free') {
          expect(cost.changes).toBeLessThanOrEqual(3);
          expect(cost.reads).toBe(0);
        }
        if (step.do === 'grow') {
          const taken = manager.bucketsOf(step.id).length - had;
          // Each page of a reused bucket is read, and written if it has nonzero bytes.
          expect(cost.reads).toBeLessThanOrEqual(taken);
          expect(cost.changes).toBeLessThanOrEqual(taken + 6);
        }
        return [cost];
      });
    });
    expect(costs[1]).toEqual(costs[0]);
    expect(costs[2]).toEqual(costs[0]);
  },
);

describe('a full stable memory of 500 GiB in buckets of one page', () => {
  const memory = new OverlayMemory();
  const manager = LinkedMemoryManager.init(memory, 1);
  /** All pages except the first page and the 500 tables. */
  const most = MAX_PAGES - 1 - 500;

  test('every bucket has a number and a link', () => {
    expect(manager.grow(7, most - 3)).toBe(0);
    expect(manager.grow(8, 3)).toBe(0);
    expect([manager.allocatedBuckets, memory.pages]).toEqual([MAX_PAGES - 1, MAX_PAGES]);
    expect(manager.bucketsOf(8)).toEqual([MAX_PAGES - 4, MAX_PAGES - 3, MAX_PAGES - 2]);
    expect(linkAt({ bucketPages: 1, migratedBuckets: 0 }, MAX_PAGES - 2)).toBeLessThan(MAX_PAGES * PAGE_SIZE);
    expect(manager.grow(8, 1)).toBe(-1);
  });

  test('it opens again, and freed buckets are reused', () => {
    manager.get(8).write(at(0, 0), Uint8Array.of(1));
    manager.reclaim(8);
    const opened = LinkedMemoryManager.init(memory);
    expect(opened.pagesOf(7)).toBe(most - 3);
    expect(opened.bucketsOf(7).at(-1)).toBe(MAX_PAGES - 5);
    expect(opened.grow(9, 2)).toBe(0);
    expect(opened.bucketsOf(9)).toEqual([MAX_PAGES - 4, MAX_PAGES - 3]);
    expect(readBytes(opened.get(9), at(0, 0), 1)).toEqual(Uint8Array.of(0));
    expect(opened.grow(7, 2)).toBe(-1);
    expect(opened.grow(7, 1)).toBe(most - 3);
    expect(opened.bucketsOf(7).at(-1)).toBe(MAX_PAGES - 2);
  });
});
