import { fc, test as law } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { BytesMemory } from '../../../../engine/core/memory/bytes-memory.ts';
import { at, byteLength, type Memory, type ReadableMemory } from '../../../../engine/core/memory/memory.ts';
import { OverlayMemory } from '../../../../engine/core/memory/overlay.ts';
import { inspectLinkedManager } from '../../../../engine/rust/linked-memory-manager/inspect.ts';
import { migrate } from '../../../../engine/rust/linked-memory-manager/migrate.ts';
import { LinkedMemoryManager } from '../../../../engine/rust/linked-memory-manager/operate.ts';
import { inspectManager } from '../../../../engine/rust/memory-manager/inspect.ts';
import { MemoryManager } from '../../../../engine/rust/memory-manager/operate.ts';
import { scanImage } from '../../../../engine/snapshot/full-scan.ts';
import { openSnapshot } from '../../../../engine/snapshot/open-snapshot.ts';
import { imageBytes } from '../../../fixtures.ts';
import { sha256 } from '../sidecar.ts';
import { Cut, FailingMemory } from './memories.ts';
import { apply, expectLike, Model, STEP } from './model.ts';

/** Returns the findings in the manager only. */
function codesOf(memory: ReadableMemory): string {
  const codes: string[] = [];
  inspectLinkedManager(memory, ({ code }) => codes.push(code));
  return codes.join(' ');
}

/** Returns the state of a manager, and the bytes of its smaller memories. */
function stateOf(manager: LinkedMemoryManager): unknown {
  const memories = Array.from({ length: 255 }, (_, id) => manager.get(id)).filter(({ pages }) => pages > 0);
  return {
    allocated: manager.allocatedBuckets,
    free: manager.freedBuckets(),
    memories: memories.map((memory) => ({
      id: memory.id,
      pages: memory.pages,
      buckets: [...manager.bucketsOf(memory.id)],
      bytes: memory.pages > 50 ? '' : sha256(memory),
    })),
  };
}

/**
 * Runs `operation` with a power failure after 0, 1, 2, … changes, and passes each resulting image to `look`. Returns the number
 * of changes.
 */
function cutEverywhere(before: ReadableMemory, operation: (memory: Memory) => unknown, look: (left: Memory) => void): number {
  for (let changes = 0; ; changes += 1) {
    const left = new OverlayMemory(before);
    try {
      operation(new FailingMemory(left, changes));
      look(left);
      return changes;
    } catch (error) {
      if (!(error instanceof Cut)) throw error;
      look(left);
    }
  }
}

/**
 * Checks that each image after an interruption opens as before or after the operation, and opens the same again. From one write
 * on it is after.
 */
function expectWhole(
  setup: (manager: LinkedMemoryManager) => void,
  bucketPages: number,
  operation: (manager: LinkedMemoryManager) => void,
): void {
  const before = new OverlayMemory();
  const manager = LinkedMemoryManager.init(before, bucketPages);
  setup(manager);
  const states = [stateOf(manager)];
  const state = before.state();
  operation(manager);
  states.push(stateOf(manager));
  let reached = 0;
  const changes = cutEverywhere(
    state,
    (memory) => operation(LinkedMemoryManager.init(memory)),
    (left) => {
      const found = codesOf(left);
      const opened = stateOf(LinkedMemoryManager.init(left));
      expect(['', 'mm.unfinished']).toContain(found);
      expect(codesOf(left)).toBe('');
      reached = Math.max(
        reached,
        states.findIndex((state) => JSON.stringify(state) === JSON.stringify(opened)),
      );
      expect(opened).toEqual(states[reached]);
      const memory = new FailingMemory(left);
      expect(stateOf(LinkedMemoryManager.init(memory))).toEqual(opened);
      expect(memory.changes).toBe(0);
    },
  );
  expect(reached).toBe(1);
  expect(changes).toBeGreaterThan(0);
}

const fragmented = (manager: LinkedMemoryManager): void => {
  for (const pages of [3, 2, 4]) for (const id of [0, 1, 2]) manager.grow(id, pages);
  for (const id of [0, 1, 2]) manager.get(id).write(at(0, 9 * id), new Uint8Array(200_000).fill(id + 1));
  manager.reclaim(1);
};
const crowded = (manager: LinkedMemoryManager): void => {
  manager.grow(100, 7_158);
  fragmented(manager);
};

describe.each([
  ['links near', fragmented, 1],
  ['links in a table', crowded, 1],
  ['buckets of 3 pages', fragmented, 3],
])('an interruption anywhere, %s:', (_, setup, bucketPages) => {
  test.each<[string, (manager: LinkedMemoryManager) => void]>([
    ['within the last bucket and beyond', (manager) => manager.grow(0, 2)],
    ['into some free buckets', (manager) => manager.grow(2, 5)],
    ['into all free buckets', (manager) => manager.grow(2, 9)],
    ['into free buckets and new ones', (manager) => manager.grow(0, 30)],
    ['from nothing', (manager) => manager.grow(9, 4)],
    ['from nothing, beyond the free buckets', (manager) => manager.grow(9, 40)],
  ])('grow %s', (_, operation) => expectWhole(setup, bucketPages, operation));

  test.each([0, 2])('free of memory %i with other free buckets', (id) =>
    expectWhole(setup, bucketPages, (manager) => manager.reclaim(id)),
  );
  test('free without free buckets', () => {
    const full = (manager: LinkedMemoryManager): void => {
      setup(manager);
      manager.grow(50, 20);
    };
    expectWhole(full, bucketPages, (manager) => manager.reclaim(0));
  });
});

test('an image from within an operation is distinguished from an intact one, and from a damaged one', () => {
  const before = new OverlayMemory();
  fragmented(LinkedMemoryManager.init(before, 1));
  const state = before.state();
  const look = (codes: string[]) => (left: Memory) => {
    codes.push(codesOf(left));
    const bytes = byteLength(left);
    const { usage } = scanImage(openSnapshot({ title: 'cut', memory: left, bytes, missing: [], remarks: [] }));
    expect(Object.values(usage).reduce((sum, part) => sum + part, 0)).toBe(bytes);
  };
  const grown: string[] = [];
  cutEverywhere(state, (memory) => LinkedMemoryManager.init(memory).grow(2, 5), look(grown));
  expect(grown.slice(-3)).toEqual(['', 'mm.unfinished', '']);
  const freed: string[] = [];
  cutEverywhere(state, (memory) => LinkedMemoryManager.init(memory).reclaim(2), look(freed));
  expect(freed).toEqual(['', '', 'mm.unfinished', '']);
});

test('an interrupted creation leaves an empty memory or a manager', () => {
  const sizes: number[] = [];
  cutEverywhere(
    new BytesMemory(),
    (memory) => LinkedMemoryManager.init(memory, 4),
    (left) => {
      sizes.push(left.pages);
      expect(LinkedMemoryManager.init(left, 4).bucketPages).toBe(4);
    },
  );
  expect(sizes).toEqual([0, 1, 1]);
});

describe('an interrupted migration leaves the manager of version 1, or the new one', () => {
  /** Version 1 with the maximum number of buckets, so that links must go into tables. */
  const large = new OverlayMemory();
  const manager = MemoryManager.init(large, 1);
  for (let id = 0; id < 8; id += 1) manager.grow(id, 4_000);
  manager.reclaim(3);
  manager.get(7).write(at(0, 5), Uint8Array.of(1, 2, 3));
  const images: readonly [string, ReadableMemory][] = [
    ...['mm-basic', 'mm-reclaimed-conservative', 'openchat-like-b128'].map((name): [string, ReadableMemory] => [
      name,
      BytesMemory.of(imageBytes(name)),
    ]),
    ['32,000 buckets', large],
  ];
  test.each(images)('%s', (_, before) => {
    const memories = inspectManager(before, () => {})?.memories ?? [];
    let migrated = 0;
    const changes = cutEverywhere(before, migrate, (left) => {
      const findings: string[] = [];
      const inspected = inspectManager(left, ({ code }) => findings.push(code));
      if (inspected?.version === 1) {
        expect(migrated).toBe(0);
        expect(findings.filter((code) => code !== 'mm.freed-bucket')).toEqual([]);
        expect(inspected.memories.map(({ id, pages, buckets }) => [id, pages, buckets])).toEqual(
          memories.map(({ id, pages, buckets }) => [id, pages, buckets]),
        );
      } else {
        migrated += 1;
        const opened = LinkedMemoryManager.init(left);
        expect(memories.map(({ id }) => [id, opened.pagesOf(id), opened.bucketsOf(id)])).toEqual(
          memories.map(({ id, pages, buckets }) => [id, pages, buckets]),
        );
      }
      migrate(left);
    });
    expect(migrated).toBe(1);
    expect(changes).toBeGreaterThan(1);
  });
});

law.prop([fc.integer({ min: 1, max: 2 }), fc.array(fc.tuple(STEP, fc.nat({ max: 12 })), { maxLength: 30 })], { numRuns: 30 })(
  'every step of a long run is interrupted somewhere, and the manager continues as if nothing had happened',
  (bucketPages, steps) => {
    const memory = new OverlayMemory();
    LinkedMemoryManager.init(memory, bucketPages).grow(100, 7_155 * bucketPages);
    let model = new Model();
    const done: (typeof steps)[number][0][] = [];
    for (const [step, changes] of steps) {
      if (step.do !== 'grow' && step.do !== 'free') {
        apply(LinkedMemoryManager.init(memory), step);
        model.apply(step);
        done.push(step);
        continue;
      }
      const pages = LinkedMemoryManager.init(memory).pagesOf(step.id);
      try {
        apply(LinkedMemoryManager.init(new FailingMemory(memory, changes)), step);
      } catch (error) {
        if (!(error instanceof Cut)) throw error;
      }
      if (LinkedMemoryManager.init(memory).pagesOf(step.id) !== pages) {
        model.apply(step);
        done.push(step);
      }
    }
    expectLike(LinkedMemoryManager.init(memory), model);
    model = new Model();
    for (const step of done) model.apply(step);
    expectLike(LinkedMemoryManager.init(memory), model);
  },
);
