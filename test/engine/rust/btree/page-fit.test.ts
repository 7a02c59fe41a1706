import { fc, test as law } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { Budget } from '../../../../engine/core/budget.ts';
import type { Finding } from '../../../../engine/core/findings.ts';
import { BytesMemory } from '../../../../engine/core/memory/bytes-memory.ts';
import { at, type Memory, type ReadableMemory, writeGrowing } from '../../../../engine/core/memory/memory.ts';
import { openBTree } from '../../../../engine/rust/btree/inspect.ts';
import { ChunkGrid, decodeAllocator, decodeHeader, fullNodeSize, pageSizeFor } from '../../../../engine/rust/btree/layout.ts';
import { Marks } from '../../../../engine/rust/btree/marks.ts';
import { BTreeMap, type StoredType } from '../../../../engine/rust/btree/operate.ts';
import type { NodeLengths } from '../../../../engine/rust/btree/scan/page-fit.ts';
import { TreeWalk } from '../../../../engine/rust/btree/scan/walk.ts';
import { findingsOf } from '../structures.ts';

const U64: StoredType = { bound: { max: 8, fixed: true } };
const UNBOUNDED: StoredType = {};
const bounded = (max: number): StoredType => ({ bound: { max, fixed: false } });

function keyOf(number: number): Uint8Array {
  const key = new Uint8Array(8);
  new DataView(key.buffer).setBigUint64(0, BigInt(number));
  return key;
}

/** Inserts values under keys that are not in ascending order. */
function filled(value: StoredType, sizes: readonly number[], pageSize?: number): Memory {
  const memory = new BytesMemory();
  const map = BTreeMap.new(memory, { key: U64, value, ...(pageSize !== undefined && { pageSize }) });
  for (const [index, size] of sizes.entries()) map.insert(keyOf((index * 7_919) % 100_003), new Uint8Array(size).fill(7));
  return memory;
}

function fitOf(memory: ReadableMemory): Finding | undefined {
  const findings = findingsOf((report) => openBTree(memory, report)?.scan(report, new Budget()));
  expect(findings.filter(({ code }) => code !== 'btree.page-size-unfit')).toEqual([]);
  return findings[0];
}

function lengthsOf(memory: ReadableMemory): NodeLengths {
  const { root, pageSize, bounds } = decodeHeader(memory);
  const shape = { memory, grid: new ChunkGrid(memory, pageSize), bounds };
  const walk = new TreeWalk(shape, root, 8, { marks: new Marks(), refused: new Set() });
  const budget = new Budget();
  while (walk.next(budget)) {}
  return walk.counts.lengths;
}

/** Returns the bytes of the chunks that the map's allocator has allocated. */
function chunkBytes(memory: ReadableMemory): number {
  const { allocatedChunks, pageSize } = decodeAllocator(memory);
  return allocatedChunks * (pageSize + 16);
}

law.prop([fc.array(fc.integer({ min: 0, max: 900 }), { minLength: 1, maxLength: 300 }), fc.integer({ min: 128, max: 3_000 })], {
  numRuns: 60,
})('the nodes of a map take in other pages what the library makes of the same entries', (sizes, pageSize) => {
  const lengths = lengthsOf(filled(UNBOUNDED, sizes));
  expect(lengths.pages(pageSize)).toBe(decodeAllocator(filled(UNBOUNDED, sizes, pageSize)).allocatedChunks);
  expect([lengths.longestKey, lengths.longestValue]).toEqual([8, Math.max(...sizes)]);
});

test('short entries in a map whose types have no bounds: the finding names what a bounded map takes', () => {
  const sizes = Array.from({ length: 6_000 }, (_, index) => 10 + (index % 11));
  const memory = filled(UNBOUNDED, sizes);
  const moved = filled(bounded(20), sizes);
  expect(decodeHeader(moved).pageSize).toBe(374);
  const finding = fitOf(memory);
  expect(finding?.wasted).toBe(chunkBytes(memory) - chunkBytes(moved));
  expect(finding?.at).toEqual({ start: 4, length: 4 });
  expect(finding?.message).toMatchInlineSnapshot(
    `"748 nodes fill 23 % of 759.7 KiB in pages of 1,024 bytes. In pages of 374 bytes, which a new map has for types with bounds as long as its longest key (8 bytes) and value (20 bytes), they take 288.7 KiB in 758 pages, 471 KiB less."`,
  );
  expect(fitOf(moved)).toBeUndefined();
});

test('entries of which five just do not fit a page, under ascending keys: each node needs an overflow page', () => {
  const memory = new BytesMemory();
  const map = BTreeMap.new(memory, { key: U64, value: UNBOUNDED });
  for (let key = 0; key < 6_000; key += 1) map.insert(keyOf(key), new Uint8Array(200).fill(7));
  expect(fitOf(memory)?.message).toMatchInlineSnapshot(
    `"1,198 nodes fill 52 % of 2.4 MiB in pages of 1,024 bytes, and 1,197 of them need overflow pages. In pages of 1,859 bytes, which a new map has for types with bounds as long as its longest key (8 bytes) and value (200 bytes), they take 2.1 MiB in 1,200 pages, 235.2 KiB less."`,
  );
});

test('one long entry among short ones: no bounds are better than wide ones', () => {
  const sizes = Array.from({ length: 2_000 }, (_, index) => (index === 1_000 ? 4_000 : 40));
  const memory = filled(bounded(4_000), sizes);
  expect(fitOf(memory)?.message).toMatchInlineSnapshot(
    `"269 nodes fill 1 % of 8.5 MiB in pages of 33,209 bytes. In pages of 1,024 bytes, which a new map has for types without bounds, they take 277.3 KiB in 273 pages, 8.3 MiB less."`,
  );
  expect(fitOf(filled(UNBOUNDED, sizes))).toBeUndefined();
});

test.each<[string, StoredType, readonly number[]]>([
  ['no entries', UNBOUNDED, []],
  ['a nearly empty map', bounded(60_000), [1, 2, 3]],
  ['few short entries', UNBOUNDED, Array.from({ length: 300 }, () => 4)],
  ['entries of many lengths', UNBOUNDED, Array.from({ length: 6_000 }, (_, index) => (index * 37) % 300)],
  ['long values in overflow pages, which are full', UNBOUNDED, Array.from({ length: 500 }, () => 5_000)],
  ['the tightest bounds', bounded(24), Array.from({ length: 20_000 }, () => 24)],
])('nothing is said of %s', (_, value, sizes) => {
  expect(fitOf(filled(value, sizes))).toBeUndefined();
});

test('a map of version 1 with bounds far above its values', () => {
  const finding = fitOf(firstVersionMap(8, 4_000, 10));
  expect(finding?.at).toEqual({ start: 4, length: 8 });
  expect(finding?.message).toMatchInlineSnapshot(
    `"13 nodes fill 1 % of 562.3 KiB in pages of 44,279 bytes. In pages of 291 bytes, which a new map has for types with bounds as long as its longest key (8 bytes) and value (10 bytes), they take 4.2 KiB in 14 pages, 558.1 KiB less."`,
  );
  expect(fitOf(firstVersionMap(8, 100, 10))).toBeUndefined();
});

/** Writes a map of version 1 with a root of 11 entries and 12 full leaves, as releases up to 0.5.6 do. */
function firstVersionMap(keyBound: number, valueBound: number, valueSize: number): Memory {
  const pageSize = fullNodeSize(keyBound, valueBound);
  const addressOf = (index: number): number => 100 + index * (pageSize + 16) + 16;
  const memory = new BytesMemory();
  const node = (index: number, first: number, step: number, children: readonly number[]): void => {
    const bytes = new Uint8Array(16 + pageSize);
    const view = new DataView(bytes.buffer);
    bytes.set([0x43, 0x48, 0x4b, 1, 1]);
    bytes.set([0x42, 0x54, 0x4e, 1, children.length === 0 ? 0 : 1, 11], 16);
    for (let entry = 0; entry < 11; entry += 1) {
      const record = 16 + 7 + entry * (8 + keyBound + valueBound);
      view.setUint32(record, 8, true);
      bytes.set(keyOf(first + entry * step), record + 4);
      view.setUint32(record + 4 + keyBound, valueSize, true);
    }
    const pointers = 16 + 7 + 11 * (8 + keyBound + valueBound);
    for (const [place, child] of children.entries()) view.setBigUint64(pointers + 8 * place, BigInt(child), true);
    writeGrowing(memory, at(0, addressOf(index) - 16), bytes);
  };
  const leaves = Array.from({ length: 12 }, (_, index) => index + 1);
  node(0, 11, 12, leaves.map(addressOf));
  for (const leaf of leaves) node(leaf, (leaf - 1) * 12, 1, []);
  const tail = new Uint8Array(16 + pageSize);
  tail.set([0x43, 0x48, 0x4b, 1, 0]);
  writeGrowing(memory, at(0, addressOf(13) - 16), tail);
  const header = new Uint8Array(100);
  const view = new DataView(header.buffer);
  header.set([0x42, 0x54, 0x52, 1]);
  view.setUint32(4, keyBound, true);
  view.setUint32(8, valueBound, true);
  view.setBigUint64(12, BigInt(addressOf(0)), true);
  view.setBigUint64(20, 143n, true);
  header.set([0x42, 0x54, 0x41, 1], 52);
  view.setBigUint64(60, BigInt(pageSize), true);
  view.setBigUint64(68, 13n, true);
  view.setBigUint64(76, BigInt(addressOf(13) - 16), true);
  writeGrowing(memory, at(0, 0), header);
  return memory;
}

test('a map of its own types has the page size of the library', () => {
  expect(decodeHeader(filled(bounded(20), [1])).pageSize).toBe(pageSizeFor(8, 20));
});
