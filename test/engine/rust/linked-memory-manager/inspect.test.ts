import { fc, test as law } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { Budget } from '../../../../engine/core/budget.ts';
import type { Finding } from '../../../../engine/core/findings.ts';
import { FINDINGS } from '../../../../engine/core/findings.ts';
import { BytesMemory } from '../../../../engine/core/memory/bytes-memory.ts';
import { at, byteLength, offsetAt, PAGE_SIZE, type ReadableMemory, readBytes } from '../../../../engine/core/memory/memory.ts';
import { OverlayMemory } from '../../../../engine/core/memory/overlay.ts';
import { Unreadable } from '../../../../engine/core/unreadable.ts';
import { Cell } from '../../../../engine/rust/cell/operate.ts';
import { inspectLinkedManager } from '../../../../engine/rust/linked-memory-manager/inspect.ts';
import { decodeLinked, linkAt } from '../../../../engine/rust/linked-memory-manager/layout.ts';
import { LinkedMemoryManager } from '../../../../engine/rust/linked-memory-manager/operate.ts';
import { scanImage } from '../../../../engine/snapshot/full-scan.ts';
import { openSnapshot } from '../../../../engine/snapshot/open-snapshot.ts';
import { ownersOf } from '../../../../engine/snapshot/owners.ts';
import type { Snapshot } from '../../../../engine/snapshot/snapshot.ts';
import { explainForPeople } from '../../../../engine/views/explanation.ts';
import { inspectReport } from '../../../../engine/views/inspect.ts';
import { mapCells } from '../../../../engine/views/map/cells.ts';
import { treeRows } from '../../../../engine/views/tree/tree.ts';
import { apply, STEP } from './model.ts';

function codesOf(memory: ReadableMemory): readonly Finding['code'][] {
  const codes: Finding['code'][] = [];
  inspectLinkedManager(memory, ({ code }) => codes.push(code));
  return codes;
}

function errorsOf(memory: ReadableMemory): readonly Finding['code'][] {
  return codesOf(memory).filter((code) => FINDINGS[code].severity === 'error');
}

function snapshotOf(memory: ReadableMemory): Snapshot {
  return openSnapshot({ title: 'image', memory, bytes: byteLength(memory), missing: [], remarks: [] });
}

function sumOf(numbers: Iterable<number>): number {
  let sum = 0;
  for (const number of numbers) sum += number;
  return sum;
}

/** Memory 5 in buckets 4, 5, 0, 1, 6; memory 9, with a cell, in buckets 8 and 9; buckets 7, 2, 3 are free. */
function made(filler = 0): OverlayMemory {
  const memory = new OverlayMemory();
  const manager = LinkedMemoryManager.init(memory, filler > 0 ? 1 : 2);
  if (filler > 0) manager.grow(100, filler);
  const { bucketPages } = manager;
  for (const [id, buckets] of [
    [1, 2],
    [2, 2],
    [5, 2],
  ] as const)
    manager.grow(id, buckets * bucketPages);
  manager.reclaim(1);
  manager.grow(5, 3 * bucketPages - 1);
  manager.grow(3, bucketPages);
  manager.reclaim(2);
  manager.reclaim(3);
  manager.grow(9, 5 * bucketPages);
  Cell.init(manager.get(9), new TextEncoder().encode('in a linked memory'));
  manager.grow(4, 3 * bucketPages);
  manager.reclaim(4);
  return memory;
}

describe.each([
  ['a few buckets', made()],
  ['links in a table', made(7_157)],
])('%s', (_, memory) => {
  const snapshot = snapshotOf(memory);
  test('has no findings', () => expect(scanImage(snapshot).findings).toEqual([]));

  test('each byte has one owner, and the sizes add up', () => {
    let end = 0;
    for (const { extent } of snapshot.areas) {
      expect(extent.start).toBe(end);
      end += extent.length;
    }
    expect(end).toBe(snapshot.bytes);
    const { usage } = scanImage(snapshot);
    expect(sumOf(Object.values(usage))).toBe(snapshot.bytes);
    const manager = LinkedMemoryManager.init(memory);
    const bucketBytes = manager.bucketPages * PAGE_SIZE;
    const freed = snapshot.areas.filter(({ kind }) => kind === 'freed');
    expect(sumOf(freed.map(({ extent }) => extent.length))).toBe(manager.freedBuckets().length * bucketBytes);
    const tables = manager.allocatedBuckets > 7_160 ? 1 : 0;
    expect(usage.metadata).toBe(PAGE_SIZE + tables * bucketBytes);
    expect(usage.unmanaged).toBe(0);
  });

  test('the inspector has the same state as the manager', () => {
    const manager = LinkedMemoryManager.init(memory);
    const { memories, manager: facts, structures } = inspectReport(snapshot, scanImage(snapshot));
    for (const { id, pages, buckets } of memories ?? []) {
      expect([pages, buckets]).toEqual([manager.pagesOf(id), manager.bucketsOf(id)]);
    }
    expect(facts).toEqual({
      kind: 'memory-manager',
      version: 0xe1,
      bucketPages: manager.bucketPages,
      allocatedBuckets: manager.allocatedBuckets,
      freedBuckets: manager.freedBuckets(),
    });
    expect(structures.map(({ part }) => part)).toEqual(['memory/9/cell']);
    for (const space of snapshot.spaces) {
      expect(readBytes(space.memory, at(0, 0), 100)).toEqual(readBytes(manager.get(space.id), at(0, 0), 100));
    }
  });

  test('the trees show memories, buckets and the free list in its order', () => {
    const rows = (view: 'memories' | 'buckets' | 'freeLists') => treeRows(snapshot, view, undefined, new Budget());
    expect(rows('memories').map(({ label }) => label)).toEqual(snapshot.spaces.map(({ id }) => `memory ${id}`));
    const free = treeRows(snapshot, 'freeLists', 'freed:', new Budget());
    expect(free.map(({ label }) => label)).toEqual(
      LinkedMemoryManager.init(memory)
        .freedBuckets()
        .map((bucket) => `bucket ${bucket}`),
    );
    expect(rows('buckets').length).toBeGreaterThan(0);
  });

  test('any byte can be explained, and the map covers every byte', () => {
    for (const area of [...snapshot.areas.slice(0, 4), ...snapshot.areas.slice(-14)]) {
      for (const offset of [area.extent.start, offsetAt(area.extent.start, area.extent.length - 1)]) {
        const owners = ownersOf(snapshot, offset, new Budget());
        expect(owners.length).toBeGreaterThan(1);
      }
    }
    expect(explainForPeople(snapshot, offsetAt(0, 0), new Budget()).sections.map(({ title }) => title)).toContain(
      'Linked memory manager (experimental)',
    );
    const { firstPart } = mapCells(snapshot, 0, 2 ** 20, 4096, undefined);
    expect(firstPart.length - 1).toBe(Math.ceil(snapshot.bytes / 2 ** 20));
  });
});

describe('fields of the manager', () => {
  const snapshot = snapshotOf(made(7_157));
  const header = decodeLinked(snapshot.memory) ?? { bucketPages: 1, migratedBuckets: 0 };
  test.each([
    [0, 'magic'],
    [3, 'layout version'],
    [5, 'buckets that came from version 1'],
    [7, 'bucket size in pages'],
    [8, 'tables of version 1, not read'],
    [34_847, 'tables of version 1, not read'],
    [34_848, 'first free bucket, plus 1'],
    [34_855, 'allocated buckets'],
    [34_856, 'first bucket of memory 0, plus 1'],
    [36_895, 'size of memory 254 in pages'],
    [36_896, 'link of bucket 0, plus 1'],
    [65_535, 'link of bucket 7159, plus 1'],
    [linkAt(header, 7_160), 'link of bucket 7160, plus 1'],
    [linkAt(header, 7_165) + 3, 'link of bucket 7165, plus 1'],
  ])('offset %i: %s', (offset, name) => {
    const owners = ownersOf(snapshot, offsetAt(0, offset), new Budget());
    expect(owners.map(({ part, name: field }) => part ?? field)).toEqual(['manager', name]);
  });
});

/** Creates an intact manager with changed bytes. */
function damaged(changes: readonly (readonly [offset: number, bytes: readonly number[]])[], filler = 0): OverlayMemory {
  const memory = made(filler);
  for (const [offset, bytes] of changes) memory.write(at(0, offset), Uint8Array.from(bytes));
  return memory;
}

describe('damage is found, and a damaged manager does not open', () => {
  test.each<[string, OverlayMemory, Finding['code']]>([
    ['a bucket size of zero', damaged([[6, [0, 0]]]), 'mm.bucket-size-zero'],
    ['a size that is too high', damaged([[34_860 + 8 * 5, [99]]]), 'mm.chain'],
    ['a size that is too low', damaged([[34_860 + 8 * 5, [1]]]), 'mm.free-list'],
    ['a chain without a first bucket', damaged([[34_856 + 8 * 5, [0]]]), 'mm.chain'],
    ['a chain that starts in another memory', damaged([[34_856 + 8 * 5, [1]]]), 'mm.chain'],
    ['a cycle', damaged([[36_896 + 4 * 5, [5]]]), 'mm.chain'],
    ['a link out of every memory', damaged([[36_896 + 4 * 4, [0xff, 0xff, 0xff, 0xff]]]), 'mm.chain'],
    ['a link to a bucket of links', damaged([[36_896 + 4 * 7, [7_161 & 0xff, 7_161 >> 8]]], 7_157), 'mm.chain'],
    ['a free list that is lost', damaged([[34_848, [0, 0, 0, 0]]]), 'mm.free-list'],
    ['a mark that is too high', damaged([[34_852, [99]]]), 'mm.free-list'],
    ['a mark beyond every memory', damaged([[34_852, [0, 0, 0, 0xff]]]), 'mm.count-outside'],
    ['more migrated than there are', damaged([[4, [0xff, 0x7f]]]), 'mm.count-outside'],
  ])('%s', (_, memory, code) => {
    expect(errorsOf(memory)).toContain(code);
    expect(() => LinkedMemoryManager.init(memory)).toThrow(Unreadable);
  });

  test('a truncated image', () => {
    const whole = made();
    const memory = BytesMemory.of(readBytes(whole, at(0, 0), byteLength(whole) - PAGE_SIZE));
    expect(codesOf(memory)).toEqual(['mm.bucket-outside-image']);
    expect(() => LinkedMemoryManager.init(memory)).toThrow(Unreadable);
  });

  const change = fc.tuple(
    fc.oneof(fc.integer({ min: 4, max: 7 }), fc.integer({ min: 34_848, max: 34_950 }), fc.integer({ min: 36_896, max: 36_960 })),
    fc.array(fc.oneof(fc.constant(0), fc.nat({ max: 20 }), fc.nat({ max: 255 })), { minLength: 1, maxLength: 8 }),
  );
  law.prop([fc.array(change, { minLength: 1, maxLength: 5 })], { numRuns: 150 })(
    'any damage can be inspected, and a manager opens exactly when nothing is wrong',
    (changes) => {
      const memory = damaged(changes);
      const snapshot = snapshotOf(memory);
      expect(sumOf(Object.values(scanImage(snapshot).usage))).toBe(snapshot.bytes);
      for (const { memory: space } of snapshot.spaces) readBytes(space, at(0, 0), Math.min(200_000, byteLength(space)));
      if (errorsOf(memory).length > 0) expect(() => LinkedMemoryManager.init(memory)).toThrow(Unreadable);
      else LinkedMemoryManager.init(memory);
    },
  );

  law.prop([fc.array(STEP, { minLength: 5, maxLength: 40 }), fc.nat(), fc.nat({ max: 60 })], { numRuns: 100 })(
    'a wrong link within a chain is always found',
    (steps, which, reference) => {
      const memory = new OverlayMemory();
      const manager = LinkedMemoryManager.init(memory, 1);
      for (const step of steps) if (step.do !== 'write') apply(manager, step);
      const linked = [0, 1, 2, 254]
        .flatMap((id) => manager.bucketsOf(id).slice(0, -1))
        .concat(manager.freedBuckets().slice(0, -1));
      const bucket = linked[which % linked.length];
      if (bucket === undefined) return;
      const place = linkAt(decodeLinked(memory) ?? { bucketPages: 1, migratedBuckets: 0 }, bucket);
      if (readBytes(memory, place, 1)[0] === reference) return;
      memory.write(place, Uint8Array.of(reference));
      expect(errorsOf(memory)).not.toEqual([]);
    },
  );
});
