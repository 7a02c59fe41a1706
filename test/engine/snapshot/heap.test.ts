import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Budget } from '../../../engine/budget.ts';
import { BytesSource, SourceMemory } from '../../../engine/memory/source.ts';
import { type OpenImage, openImage } from '../../../engine/node/open-image.ts';
import { inspectReport } from '../../../engine/snapshot/inspect.ts';
import { Snapshot } from '../../../engine/snapshot/snapshot.ts';
import { treeRows } from '../../../engine/snapshot/tree.ts';
import { surveyImage } from '../../../engine/snapshot/usage.ts';
import { imageBytes, sidecar } from '../../fixtures.ts';

const FIXTURE = join(import.meta.dirname, '../../fixtures/motoko/snapshot-eop');
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
  return new Snapshot(found);
}

test("a snapshot folder's free lists come from the heap beside the stable memory, and say so", async () => {
  const snapshot = await opened();
  const survey = surveyImage(snapshot);
  expect(snapshot.remarks).toEqual([]);
  expect(survey.findings).toEqual([]);
  expect(inspectReport(snapshot, survey).memoryRegions).toEqual([
    expect.objectContaining({ region: '16', size: 4864, free: [], source: 'heap', from: 'heap in wasm_memory.bin' }),
    expect.objectContaining({ region: '17', size: 2064, free: freeBlobs, source: 'heap', from: 'heap in wasm_memory.bin' }),
  ]);
  const rows = treeRows(snapshot, 'freeLists', undefined, new Budget());
  expect(rows.map(({ label, description }) => [label, description])).toContainEqual([
    'region 17 · MemoryRegion',
    '95 free blocks · 750 B · from the heap in wasm_memory.bin',
  ]);
});

test('a heap of another moment is not used', () => {
  const bytes = imageBytes('regions-basic-eop');
  const memory = new SourceMemory(new BytesSource(bytes));
  const wasmMemory = new SourceMemory(new BytesSource(imageBytes('snapshot-eop/wasm_memory')));
  const snapshot = new Snapshot({ title: 'mixed', memory, bytes: bytes.length, missing: [], remarks: [], wasmMemory });
  expect(snapshot.books).toEqual([]);
  expect(surveyImage(snapshot).findings).toMatchObject([
    { code: 'heap.unread', message: expect.stringContaining('another moment than this stable memory') },
  ]);
});

test('a heap that is not wholly downloaded is not read', async () => {
  writeFileSync(
    join(folder, 'wasm_memory.bin'),
    gunzipSync(gzipSync(imageBytes('snapshot-eop/wasm_memory'))).subarray(0, 6 * 2 ** 20),
  );
  const snapshot = await opened();
  expect(snapshot.remarks).toEqual([expect.stringContaining('only a part is there, 6 MiB')]);
  expect(snapshot.books).toEqual([]);
});

test('a packed heap that is cut is not read', async () => {
  const packed = gzipSync(imageBytes('snapshot-eop/wasm_memory'));
  writeFileSync(join(folder, 'wasm_memory.bin.gz'), packed.subarray(0, packed.length / 2));
  const snapshot = await opened();
  expect(snapshot.remarks).toEqual([expect.stringContaining('The packed file is cut or damaged')]);
  expect(snapshot.books).toEqual([]);
});

test('the heap is among the files that nothing may be written over', async () => {
  await opened();
  expect(image?.files).toContain(join(folder, 'wasm_memory.bin.gz'));
});
