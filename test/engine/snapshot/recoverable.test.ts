import { expect, test } from 'vitest';
import { Budget } from '../../../engine/core/budget.ts';
import { BytesMemory } from '../../../engine/core/memory/bytes-memory.ts';
import { at, byteLength, offsetAt, readBytes } from '../../../engine/core/memory/memory.ts';
import { BTreeMap } from '../../../engine/rust/btree/operate.ts';
import { MemoryManager } from '../../../engine/rust/memory-manager/operate.ts';
import { findStructure } from '../../../engine/snapshot/find-part.ts';
import { scanImage } from '../../../engine/snapshot/full-scan.ts';
import { explainReport } from '../../../engine/snapshot/owners.ts';
import type { Snapshot } from '../../../engine/snapshot/snapshot.ts';
import { type EntryLine, entryLines } from '../../../engine/views/entries.ts';
import { treeRows } from '../../../engine/views/tree/tree.ts';
import { openedBytes } from './opened.ts';

/** Returns a manager with a map in memory 4 that had 500 names, and was opened with `new` by mistake. */
function wiped(): Snapshot {
  const image = new BytesMemory();
  const memory = MemoryManager.init(image, 1).get(4);
  const map = BTreeMap.init(memory, { key: {}, value: {} });
  for (let index = 0; index < 500; index += 1) map.insert(Buffer.from(`key ${1_000 + index}`), Buffer.from(`name ${index}`));
  BTreeMap.new(memory, { key: {}, value: {} });
  return openedBytes(readBytes(image, at(0, 0), byteLength(image)));
}

const snapshot = wiped();

function lines(): readonly EntryLine[] {
  const placed = findStructure(snapshot, 'memory/4');
  if (placed === undefined) throw new Error('The map is missing.');
  const range = { from: 0, limit: Number.POSITIVE_INFINITY, stale: true };
  return [...entryLines(snapshot, placed, range, new Budget())].flatMap((line) => ('incomplete' in line ? [] : [line]));
}

test('all entries of a cleared map can be listed, decoded with guessed codecs', () => {
  const found = new Map(lines().map(({ keyText, valueText }) => [keyText, valueText]));
  for (let index = 0; index < 500; index += 1) expect(found.get(`key ${1_000 + index}`)).toBe(`name ${index}`);
});

test('a line has the chunk, and the offset in the image', () => {
  const line = lines().find(({ origin }) => origin === 'stale');
  expect(line).toMatchObject({ nodeVersion: 2, keyCodec: 'text', guessed: true });
  const kinds = explainReport(snapshot, offsetAt(0, line?.offset ?? 0), new Budget()).chain.map(({ kind }) => kind);
  expect(kinds).toEqual(['bucket', 'virtual-memory', 'btreemap', 'unused', 'stale-chunk', 'node', 'entry', 'field']);
  expect(new Set(lines().map(({ chunk }) => ((chunk ?? 0) - 100) % 1_040))).toEqual(new Set([0]));
});

test('a finding says that they are there', () => {
  const finding = scanImage(snapshot).findings.find(({ code }) => code === 'btree.stale-chunks');
  expect(finding).toMatchObject({ severity: 'information', part: 'memory/4/btreemap' });
});

test('the tree lists them beneath the map', () => {
  const root = treeRows(snapshot, 'memories', 'facts:memory/4/btreemap', new Budget()).at(-1);
  expect(root).toMatchObject({ label: 'Recoverable entries', expandable: true });
  const [first] = treeRows(snapshot, 'memories', root?.id, new Budget());
  const rows = treeRows(snapshot, 'memories', first?.id, new Budget());
  expect(rows[0]).toMatchObject({
    label: expect.stringMatching(/^key 1\d{3}$/),
    description: expect.stringMatching(/^name \d+ · (stale|freed)$/),
    tooltip: expect.stringContaining('it may be an older copy'),
    element: undefined,
  });
  expect(rows[0]?.at?.length).toBeGreaterThan(0);
});
