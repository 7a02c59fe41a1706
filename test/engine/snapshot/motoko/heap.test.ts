import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Budget } from '../../../../engine/core/budget.ts';
import { at } from '../../../../engine/core/memory/memory.ts';
import { BytesSource, SourceMemory } from '../../../../engine/core/memory/source.ts';
import { readStored } from '../../../../engine/core/structure.ts';
import { type OpenImage, openImage } from '../../../../engine/node/open-image.ts';
import { findSpace } from '../../../../engine/snapshot/find-part.ts';
import { scanImage } from '../../../../engine/snapshot/full-scan.ts';
import { openSnapshot } from '../../../../engine/snapshot/open-snapshot.ts';
import { explainReport } from '../../../../engine/snapshot/owners.ts';
import type { Snapshot } from '../../../../engine/snapshot/snapshot.ts';
import { explainForPeople } from '../../../../engine/views/explanation.ts';
import { inspectReport } from '../../../../engine/views/inspect.ts';
import { treeRows } from '../../../../engine/views/tree/tree.ts';
import { imageBytes, sidecar } from '../../../fixtures.ts';

const FIXTURE = join(import.meta.dirname, '../../../fixtures/motoko/snapshot-eop');
const { freeBlobs } = sidecar<{ readonly freeBlobs: readonly (readonly [number, number])[] }>('snapshot-eop/expect');

let folder = '';
let image: OpenImage | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'heap-'));
  for (const file of ['metadata.json', 'stable_memory.bin.gz', 'wasm_memory.bin.gz']) {
    copyFileSync(join(FIXTURE, file), join(folder, file));
  }
});
afterEach(() => {
  image?.close();
  image = undefined;
  rmSync(folder, { recursive: true, force: true });
});

async function opened(): Promise<Snapshot> {
  const found = await openImage(folder);
  if ('problem' in found) throw new Error(found.problem);
  image = found;
  return openSnapshot(found);
}

test("a snapshot folder's free lists come from the heap, and say so", async () => {
  const snapshot = await opened();
  const scan = scanImage(snapshot);
  expect(snapshot.remarks).toEqual([]);
  expect(scan.findings).toEqual([]);
  expect(inspectReport(snapshot, scan).memoryRegions).toEqual([
    expect.objectContaining({ region: '16', size: 4864, free: [], source: 'heap', from: 'heap in wasm_memory.bin' }),
    expect.objectContaining({ region: '17', size: 2064, free: freeBlobs, source: 'heap', from: 'heap in wasm_memory.bin' }),
  ]);
  const rows = treeRows(snapshot, 'freeLists', undefined, new Budget());
  expect(rows.map(({ label, description }) => [label, description])).toContainEqual([
    'region 17 · MemoryRegion',
    '95 free blocks · 750 B · from the heap in wasm_memory.bin',
  ]);
});

test('a heap of another state is not used', () => {
  const bytes = imageBytes('regions-basic-eop');
  const memory = new SourceMemory(new BytesSource(bytes));
  const wasmMemory = new SourceMemory(new BytesSource(imageBytes('snapshot-eop/wasm_memory')));
  const snapshot = openSnapshot({ title: 'mixed', memory, bytes: bytes.length, missing: [], remarks: [], wasmMemory });
  expect(snapshot.motoko.allocators).toEqual([]);
  expect(scanImage(snapshot).findings).toMatchObject([
    { code: 'heap.unread', message: expect.stringContaining('another state than this stable memory') },
  ]);
});

test('a heap that is not completely downloaded is not read', async () => {
  writeFileSync(
    join(folder, 'wasm_memory.bin'),
    gunzipSync(gzipSync(imageBytes('snapshot-eop/wasm_memory'))).subarray(0, 6 * 2 ** 20),
  );
  const snapshot = await opened();
  expect(snapshot.remarks).toEqual([expect.stringContaining('Only 6 MiB of')]);
  expect(snapshot.motoko.allocators).toEqual([]);
});

test('a heap that ends too early is not read, even if its size is not known', async () => {
  rmSync(join(folder, 'metadata.json'));
  rmSync(join(folder, 'wasm_memory.bin.gz'));
  writeFileSync(join(folder, 'wasm_memory.bin'), imageBytes('snapshot-eop/wasm_memory').subarray(0, 6_000_000));
  const snapshot = await opened();
  expect(snapshot.motoko.allocators).toEqual([]);
  expect(scanImage(snapshot).findings.map(({ code, message }) => [code, message])).toEqual([
    ['heap.unread', expect.stringContaining('the file is truncated')],
  ]);
});

test.each([
  [7_077_888, 2],
  [6_000_000, 0],
])('the heap of an interrupted download is read if it is complete: %d bytes', async (frontier, allocator) => {
  const progress = { wasm_memory: { frontier, ahead: [] }, stable_memory: { frontier: 17_825_792, ahead: [] } };
  writeFileSync(join(folder, '.download_progress.json'), JSON.stringify(progress));
  const snapshot = await opened();
  expect(snapshot.motoko.allocators).toHaveLength(allocator);
  expect(snapshot.remarks).toHaveLength(allocator === 0 ? 1 : 0);
});

test('a packed heap that is cut is not read', async () => {
  const packed = gzipSync(imageBytes('snapshot-eop/wasm_memory'));
  writeFileSync(join(folder, 'wasm_memory.bin.gz'), packed.subarray(0, packed.length / 2));
  const snapshot = await opened();
  expect(snapshot.remarks).toEqual([expect.stringContaining('The compressed file is cut or damaged')]);
  expect(snapshot.motoko.allocators).toEqual([]);
});

test('the heap is among the files that nothing may be written over', async () => {
  await opened();
  expect(image?.files).toContain(join(folder, 'wasm_memory.bin.gz'));
});

const HEAP_START = 5 * 2 ** 20;
const TUPLE = 7n;
const natural = (value: number): bigint => BigInt(value) * 4n + 2n;

/** Returns the fixture's memories, with other lengths of free blocks on the heap. */
function withLengths(changes: readonly { readonly start: number; readonly from: number; readonly to: number }[]): Snapshot {
  const heap = new Uint8Array(imageBytes('snapshot-eop/wasm_memory'));
  const words = new BigUint64Array(heap.buffer);
  for (const { start, from, to } of changes) {
    const pair = [TUPLE, undefined, 2n, natural(start), natural(from)];
    for (let word = HEAP_START / 8; word < words.length - pair.length; word++) {
      if (pair.every((value, index) => value === undefined || words[word + index] === value)) words[word + 4] = natural(to);
    }
  }
  const bytes = imageBytes('snapshot-eop/stable_memory');
  const [memory, wasmMemory] = [bytes, heap].map((each) => new SourceMemory(new BytesSource(each)));
  if (!memory) throw new Error('There is no memory.');
  return openSnapshot({ title: 'changed', memory, bytes: bytes.length, missing: [], remarks: [], wasmMemory });
}

/** Returns the innermost owner of a byte of the blobs region. */
function ownerOf(snapshot: Snapshot, address: number) {
  const [extent] = findSpace(snapshot, 'region/17')?.memory.toImage(at(0, address), 1) ?? [];
  if (!extent) throw new Error('The region does not have the byte.');
  return explainReport(snapshot, extent.start, new Budget()).chain.at(-1);
}

test('the bytes of a free block are free', () => {
  const snapshot = withLengths([]);
  expect([63, 64, 78, 79, 2064].map((address) => ownerOf(snapshot, address))).toEqual([
    { kind: 'field', name: 'unused', address: 8 },
    { kind: 'free-block', address: 64 },
    { kind: 'free-block', address: 64 },
    { kind: 'entry', name: '0', address: 79 },
    { kind: 'unused', address: 2064 },
  ]);
});

test('bytes that are allocated according to the heap, and that no pointer leads to, are leaked', () => {
  const snapshot = withLengths([
    { start: 64, from: 15, to: 5 },
    { start: 89, from: 10, to: 9 },
  ]);
  const { findings, usage } = scanImage(snapshot);
  expect(findings).toMatchObject([
    {
      code: 'memory-region.free-list',
      severity: 'error',
      part: 'region/16/memory-buffer',
      message:
        'The free list of variable 20.blobs adds up to 739 bytes, but 750 bytes are counted as free: something was freed twice or with a wrong size.',
    },
    {
      code: 'memory-region.leaked',
      part: 'region/16/memory-buffer',
      message:
        '11 B in 2 ranges, the first at 0x45, are allocated according to the heap in wasm_memory.bin, but nothing leads to them. Cost: 41,030 cycles a year for 11 B.',
    },
  ]);
  expect(usage.leaked).toBe(11);
  expect(Object.values(usage).reduce((sum, bytes) => sum + bytes, 0)).toBe(snapshot.bytes);
  expect(ownerOf(snapshot, 70)).toEqual({ kind: 'leaked', address: 69 });
});

test('a value in bytes that are free according to the heap will be overwritten', () => {
  const { findings } = scanImage(withLengths([{ start: 64, from: 15, to: 18 }]));
  expect(findings).toMatchObject([
    { code: 'memory-region.free-list' },
    {
      code: 'memory-region.freed-in-use',
      severity: 'error',
      message:
        '3 bytes at 0x4f are in use, but free according to the heap in wasm_memory.bin: the allocator will allocate them again.',
    },
  ]);
});

test('a free block that overlaps another, or is after all allocated bytes, is reported', () => {
  const messagesOf = (start: number, from: number, to: number) =>
    scanImage(withLengths([{ start, from, to }])).findings.flatMap(({ code, message }) =>
      code === 'memory-region.free-list' ? [message] : [],
    );
  expect(messagesOf(64, 15, 26)).toEqual([
    'The free list of variable 20.blobs has 10 bytes at 0x59, inside an earlier free block: something was freed twice.',
  ]);
  expect(messagesOf(2049, 5, 16)).toEqual([
    'The free list of variable 20.blobs has 16 bytes at 0x801, which end after the 2,064 bytes that were ever allocated.',
  ]);
});

test('a region with only a MemoryRegion has no unknown bytes where its allocator’s state is known', () => {
  const name = 'memory-region-churn-classical-preupgrade';
  const bytes = imageBytes(name);
  const memory = new SourceMemory(new BytesSource(bytes));
  const snapshot = openSnapshot({ title: name, memory, bytes: bytes.length, missing: [], remarks: [] });
  const { expect: expected } = sidecar<{
    readonly expect: { readonly info: { readonly size: number; readonly deallocated: number } };
  }>(name);
  const { usage } = scanImage(snapshot);
  expect(usage.unknown).toBe(0);
  expect(usage.live).toBeGreaterThanOrEqual(expected.info.size - expected.info.deallocated);
  expect(Object.values(usage).reduce((sum, each) => sum + each, 0)).toBe(snapshot.bytes);
  const rows = treeRows(snapshot, 'freeLists', undefined, new Budget());
  expect(rows.map(({ description }) => description).at(-1)).toMatch(/ · from the stable variables$/);
});

test('without the heap, the free list is inferred from the gaps between live values, and says so', () => {
  const bytes = imageBytes('snapshot-eop/stable_memory');
  const memory = new SourceMemory(new BytesSource(bytes));
  const snapshot = openSnapshot({ title: 'alone', memory, bytes: bytes.length, missing: [], remarks: [] });
  const rows = treeRows(snapshot, 'freeLists', undefined, new Budget());
  expect(rows.at(-1)?.description).toBe('95 free blocks · inferred from live pointers');
  expect(linesAt(snapshot, 64)).toContain('free list: inferred: a gap between blocks that live pointers lead to');
});

/** Returns the inspector's lines for a byte of the blobs region. */
function linesAt(snapshot: Snapshot, address: number): readonly string[] {
  const [extent] = findSpace(snapshot, 'region/17')?.memory.toImage(at(0, address), 1) ?? [];
  if (!extent) throw new Error('The region does not have the byte.');
  const { sections } = explainForPeople(snapshot, extent.start, new Budget());
  return sections.flatMap(({ rows }) => rows.map(({ label, value }) => `${label}: ${value}`));
}

test('the inspector shows the source of a region’s free list', () => {
  expect(linesAt(withLengths([]), 64)).toEqual(
    expect.arrayContaining(['free list: from the heap in wasm_memory.bin, variable 20.blobs', 'free blocks: 95', 'free: 750 B']),
  );
});

/** Returns a heap whose regions 16 and 17 have the given pages. */
function heapWithPages(pages: readonly [number, number]): Uint8Array {
  const heap = new Uint8Array(imageBytes('classical-copying'));
  const words = new Uint32Array(heap.buffer);
  const REGION = 39;
  for (const [index, count] of pages.entries()) {
    const at = words.findIndex((word, place) => word === REGION && words[place + 1] === 16 + index && words[place + 2] === 0);
    words[at + 3] = count;
  }
  return heap;
}

test('a buffer without headers is opened with the regions and the count in its record on the heap', () => {
  const bytes = imageBytes('memory-buffer-v002-nat');
  const memory = new SourceMemory(new BytesSource(bytes));
  const source = { title: 'old', memory, bytes: bytes.length, missing: [], remarks: [] };
  const [pointers = 0, blobs = 0] = openSnapshot(source).spaces.map((space) => space.memory.pages);
  const wasmMemory = new SourceMemory(new BytesSource(heapWithPages([pointers, blobs])));
  const { structures } = openSnapshot({ ...source, wasmMemory });
  expect(structures.map(({ part, structure }) => [part, structure.length, structure.facts])).toEqual([
    [
      'region/16/memory-buffer',
      2n,
      expect.objectContaining({
        pairedBecause: 'the heap in wasm_memory.bin says so',
        countFrom: 'heap in wasm_memory.bin',
      }),
    ],
  ]);
});

test('before an upgrade it is opened from its record in the stable variables', () => {
  const name = 'memory-buffer-v002-bool-classical-preupgrade';
  const { expect: said } = sidecar<{ readonly expect: { readonly count: number; readonly values: readonly boolean[] } }>(name);
  const bytes = imageBytes(name);
  const memory = new SourceMemory(new BytesSource(bytes));
  const snapshot = openSnapshot({ title: 'old', memory, bytes: bytes.length, missing: [], remarks: [] });
  const [buffer] = snapshot.structures;
  expect(buffer).toMatchObject({
    part: 'region/16/memory-buffer',
    structure: { length: BigInt(said.count), facts: { countFrom: 'stable variables' } },
  });
  const elements = buffer?.structure.elements(0, said.count + 1, new Budget()) ?? [];
  expect(elements.map(({ value }) => value && readStored(value)[0] === 1)).toEqual(said.values);
  expect(scanImage(snapshot).findings).toEqual([]);
});
