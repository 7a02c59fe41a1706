import { fc, test as law } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { BytesMemory } from '../../../../engine/core/memory/bytes-memory.ts';
import { at, byteLength, PAGE_SIZE, type ReadableMemory, readBytes } from '../../../../engine/core/memory/memory.ts';
import { OverlayMemory } from '../../../../engine/core/memory/overlay.ts';
import { Unreadable } from '../../../../engine/core/unreadable.ts';
import { migrate } from '../../../../engine/rust/linked-memory-manager/migrate.ts';
import { LinkedMemoryManager } from '../../../../engine/rust/linked-memory-manager/operate.ts';
import { inspectManager } from '../../../../engine/rust/memory-manager/inspect.ts';
import { MemoryManager } from '../../../../engine/rust/memory-manager/operate.ts';
import { scanImage } from '../../../../engine/snapshot/full-scan.ts';
import { openSnapshot } from '../../../../engine/snapshot/open-snapshot.ts';
import { imageBytes } from '../../../fixtures.ts';
import { sha256 } from '../sidecar.ts';
import { FailingMemory } from './memories.ts';
import { apply, expectLike, Model, STEP } from './model.ts';

function scanOf(memory: ReadableMemory) {
  const snapshot = openSnapshot({ title: 'image', memory, bytes: byteLength(memory), missing: [], remarks: [] });
  const { structures, usage, findings } = scanImage(snapshot);
  return {
    structures: structures.map(({ placed, scan }) => [placed.part, placed.structure.length, scan.facts]),
    usage,
    codes: findings.filter(({ severity }) => severity !== 'information').map(({ code }) => code),
  };
}

describe('images of the library', () => {
  test.each([
    'mm-basic',
    'mm-default-bucket',
    'mm-empty',
    'mm-reclaimed-v071',
    'mm-reclaimed-conservative',
    'mm-reclaimed-v071-misordered',
    'openchat-like-b128',
    'btreemap-v2-overflow-churn',
    'leak-v063-overflow',
    'log-10k',
    'corrupt-btree-len',
  ])('%s: every memory keeps its bytes, and freed buckets are used', (name) => {
    const bytes = imageBytes(name);
    const before = inspectManager(BytesMemory.of(bytes), () => {});
    const memory = BytesMemory.of(bytes);
    const manager = migrate(memory);
    for (const { id, pages, buckets } of before?.memories ?? []) {
      expect([manager.pagesOf(id), manager.bucketsOf(id)]).toEqual([pages, buckets]);
    }
    for (const view of before?.memories ?? []) expect(sha256(manager.get(view.id))).toBe(sha256(view));
    expect(manager.freedBuckets()).toEqual(before?.freedBuckets);
    expect(memory.pages).toBe(Math.ceil(bytes.length / PAGE_SIZE));
    // All buckets are in the same place, with the same bytes.
    const after = readBytes(memory, at(0, PAGE_SIZE), bytes.length - PAGE_SIZE);
    expect(Buffer.compare(after, bytes.subarray(PAGE_SIZE))).toBe(0);
    expect(scanOf(memory)).toEqual(scanOf(BytesMemory.of(bytes)));

    const free = manager.freedBuckets();
    if (free.length > 0) {
      manager.grow(200, free.length * manager.bucketPages);
      expect(manager.bucketsOf(200)).toEqual(free);
      expect(memory.pages).toBe(Math.ceil(bytes.length / PAGE_SIZE));
    }
  });

  test('a manager that already has this layout is only opened', () => {
    const memory = BytesMemory.of(imageBytes('mm-basic'));
    migrate(memory);
    const again = new FailingMemory(memory);
    migrate(again);
    expect(again.changes).toBe(0);
  });

  test('it changes only the version byte and bytes that version 1 never reads', () => {
    const bytes = imageBytes('mm-basic');
    const memory = BytesMemory.of(bytes);
    migrate(memory);
    const page = readBytes(memory, at(0, 0), 34_848);
    expect(page[3]).toBe(0xe1);
    page[3] = 1;
    expect(page).toEqual(Uint8Array.from(bytes.subarray(0, 34_848)));
    expect(() => MemoryManager.init(memory)).toThrow(Unreadable);
  });
});

describe('a damaged manager is rejected, and stays as it is', () => {
  test.each([
    'corrupt-mm-bad-magic',
    'corrupt-mm-bad-version',
    'corrupt-mm-bucket-lost',
    'corrupt-mm-bucket-size-zero',
    'corrupt-mm-count-low',
    'corrupt-mm-size-high',
    'corrupt-mm-truncated',
    'mm-v2draft-pr236',
    'restricted-memory',
  ])('%s', (name) => {
    const memory = new FailingMemory(BytesMemory.of(imageBytes(name)));
    expect(() => migrate(memory)).toThrow(Unreadable);
    expect(memory.changes).toBe(0);
  });
  test('a memory without room for the links', () => {
    const memory = new OverlayMemory(undefined, 8_001);
    MemoryManager.init(memory, 1).grow(0, 8_000);
    const before = sha256(memory);
    expect(() => migrate(memory)).toThrow(Unreadable);
    expect(sha256(memory)).toBe(before);
  });
});

test.each([
  [7_160, 0],
  [7_161, 1],
  [23_543, 1],
  [23_544, 2],
  [32_768, 2],
])('the links of %i buckets of one page go into %i tables after them', (buckets, tables) => {
  const memory = new OverlayMemory();
  const former = MemoryManager.init(memory, 1);
  former.grow(3, buckets - 2);
  former.grow(4, 2);
  former.get(3).write(at(0, (buckets - 3) * PAGE_SIZE), Uint8Array.of(3));
  const manager = migrate(memory);
  expect(manager.allocatedBuckets).toBe(buckets + tables);
  expect(manager.bucketsOf(3)).toEqual(former.bucketsOf(3));
  expect(readBytes(manager.get(3), at(0, (buckets - 3) * PAGE_SIZE), 1)).toEqual(Uint8Array.of(3));
  // Up to the next tables, and back.
  manager.grow(4, 40_000);
  manager.reclaim(3);
  const opened = LinkedMemoryManager.init(memory);
  expect(opened.bucketsOf(4)).toEqual(manager.bucketsOf(4));
  expect(opened.freedBuckets()).toEqual(manager.freedBuckets());
  const dealt = new Set([...opened.bucketsOf(4), ...opened.freedBuckets()]);
  expect(dealt.size).toBe(buckets + 40_000);
  expect(scanOf(memory).codes).toEqual([]);
});

law.prop([fc.integer({ min: 1, max: 3 }), fc.array(STEP, { maxLength: 20 }), fc.array(STEP, { maxLength: 20 })], { numRuns: 30 })(
  'a run in version 1 continues in this layout',
  (bucketPages, former, later) => {
    const memory = new OverlayMemory();
    const manager = MemoryManager.init(memory, bucketPages);
    const model = new Model();
    for (const step of former) {
      // Version 1 does not clear reused buckets, so nothing is freed here.
      if (step.do === 'free') continue;
      apply(manager, step);
      model.apply(step);
    }
    const migrated = migrate(memory);
    expectLike(migrated, model);
    for (const step of later) {
      apply(migrated, step);
      model.apply(step);
    }
    expectLike(migrated, model);
  },
);
