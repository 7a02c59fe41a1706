/** Tests that the tooltips of rows have the decoded value, with its length and its address. */
import { expect, test } from 'vitest';
import { Budget } from '../../../engine/core/budget.ts';
import { findStructure } from '../../../engine/snapshot/find-part.ts';
import type { Snapshot } from '../../../engine/snapshot/snapshot.ts';
import { lookupResult } from '../../../engine/views/find/lookup-rows.ts';
import type { LookupRow, TreeRow, ViewName } from '../../../engine/views/protocol.ts';
import { treeRows } from '../../../engine/views/tree/tree.ts';
import { opened } from '../snapshot/opened.ts';

/** Returns the row at a path of labels. */
function rowAt(snapshot: Snapshot, view: ViewName, ...labels: readonly string[]): TreeRow | undefined {
  let row: TreeRow | undefined;
  for (const wanted of labels) row = treeRows(snapshot, view, row?.id, new Budget()).find(({ label }) => label === wanted);
  return row;
}

const MESSAGES = 'memory 3 · BTreeMap';

test('an entry of a map: its key and its value', () => {
  const row = rowAt(opened('openchat-like-b128'), 'elements', MESSAGES, '0 … 199', '0200000004');
  expect(row?.tooltip).toMatch(
    /^`0200000004` {2}\nkey: bytes, 5 bytes at 0xab of its memory\n\n`\{"c": \{"text": "épsilon delta/,
  );
  expect(row?.tooltip).toMatch(/` {2}\nvalue: cbor \(guessed\), 174 bytes at 0x2c7 of its memory$/);
});

test('a value in a tooltip may be longer than in the row', () => {
  const row = rowAt(opened('openchat-like-b128'), 'elements', MESSAGES, '0 … 199', '0200000004');
  expect(row?.description).toMatch(/…$/);
  expect(row?.tooltip).toContain('"s": "7qjjs-m42tu-knkds-5fslo-equcm-eejys-blo2h-bsfp7-bqa3i-7m5on-bqe"}');
});

test('an element of a MemoryBuffer', () => {
  const row = rowAt(opened('memory-buffer-text'), 'elements', 'region 16, region 17 · MemoryBuffer', '0 … 199', '[1]');
  expect(row?.tooltip).toBe('`pointer memory stable`  \nvalue: text (guessed), 21 bytes at 0x46 of its memory');
});

test('a stable variable: its value and its bytes', () => {
  const snapshot = opened('stablevars-classical-preupgrade');
  const rows = treeRows(snapshot, 'elements', 'variables:', new Budget());
  const tooltips = rows.map(({ tooltip }) => tooltip.split('  \n').slice(0, -1));
  expect(tooltips.slice(0, 1)).toEqual([['`10003`', '4 bytes at 0xe7']]);
  expect(tooltips).toContainEqual(['`{ _97_ = var 5; _98_ = { _99_ = var "inner" } }`', '25 bytes at 0x11a']);
});

test('a step of a lookup: what is there, and where', () => {
  const snapshot = opened('openchat-like-b128');
  const placed = findStructure(snapshot, 'memory/3/btreemap');
  const result = placed && lookupResult(snapshot, placed, '0200000713', new Budget());
  const all = (rows: readonly LookupRow[]): readonly TreeRow[] => rows.flatMap(({ row, rows: inner }) => [row, ...all(inner)]);
  const rows = typeof result === 'object' ? all(result.rows) : [];
  const compared = rows.find(({ label }) => label.includes('0200000713 >'));
  expect(compared?.tooltip).toMatch(/^`0200000713 > 020000055f` {2}\n.*\d+ bytes at 0x[0-9a-f]+ of its memory$/s);
});
