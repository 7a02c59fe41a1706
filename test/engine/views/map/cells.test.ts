import { expect, test } from 'vitest';
import { PAGE_SIZE } from '../../../../engine/core/memory/memory.ts';
import { mapCells } from '../../../../engine/views/map/cells.ts';
import { opened } from '../../snapshot/opened.ts';

/** Returns the kinds of the owners in an image's map, each with its colour. */
function kindsOf(fixture: string): Readonly<Record<string, number>> {
  const snapshot = opened(fixture);
  const { owners } = mapCells(snapshot, 0, PAGE_SIZE, 4096, undefined);
  return Object.fromEntries(owners.map(({ kind }) => [kind.name, kind.colour]));
}

test('structures of the same kind have the same colour, and what belongs to no space has none', () => {
  const kinds = kindsOf('corrupt-base');
  expect(Object.keys(kinds)).toEqual(expect.arrayContaining(['manager', 'BTreeMap', 'Vec', 'Cell', 'Log', 'MinHeap']));
  expect(kinds['manager']).toBe(-1);
  const colours = Object.values(kinds).filter((colour) => colour >= 0);
  expect(new Set(colours).size).toBe(colours.length);
  expect(Math.min(...colours)).toBe(0);
});

test.each([
  ['mm-reclaimed-v071', 'free'],
  ['memory-region-churn-classical-preupgrade', 'MemoryRegion'],
  ['memory-buffer-nat', 'MemoryBuffer'],
  ['k9-sqlite-in-a-memory', 'sqlite'],
  ['mm-basic', 'no structure'],
])('%s has bytes of the kind %s', (fixture, kind) => expect(Object.keys(kindsOf(fixture))).toContain(kind));

test('without a search the map has no last writes', () => {
  const snapshot = opened('corrupt-base');
  expect(mapCells(snapshot, 0, PAGE_SIZE, 4, undefined).lastWrites).toBeUndefined();
  const found = { steps: Uint32Array.of(1, 2, 3, 4), since: 1 };
  expect(mapCells(snapshot, 0, PAGE_SIZE, 4, undefined, () => found).lastWrites).toBe(found);
});
