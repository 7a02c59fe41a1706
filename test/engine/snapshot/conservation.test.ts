import { fc, test as law } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { Budget } from '../../../engine/budget.ts';
import { offsetAt } from '../../../engine/memory/memory.ts';
import { CELL_FATES, MOST_CHILDREN, type ViewName } from '../../../engine/protocol.ts';
import { ownersOf } from '../../../engine/snapshot/explain.ts';
import { explainForPeople } from '../../../engine/snapshot/explanation.ts';
import { mapCells } from '../../../engine/snapshot/map.ts';
import type { Snapshot } from '../../../engine/snapshot/snapshot.ts';
import { treeRows } from '../../../engine/snapshot/tree.ts';
import { surveyImage } from '../../../engine/snapshot/usage.ts';
import { fixtureNames, imageBytes } from '../../fixtures.ts';
import { opened, openedBytes } from './opened.ts';

const FAMILIES = ['stable-structures', 'motoko', 'field-rust', 'field-motoko', 'damage'];
const NAMES = FAMILIES.flatMap(fixtureNames);
const VIEWS: readonly ViewName[] = ['memories', 'buckets', 'freeLists', 'elements'];

function sumOf(numbers: Iterable<number>): number {
  let sum = 0;
  for (const number of numbers) sum += number;
  return sum;
}

/** Every byte of the image has one owner at the level of the manager. */
function expectTiled(snapshot: Snapshot): void {
  let end = 0;
  for (const { extent } of snapshot.areas) {
    expect(extent.start).toBe(end);
    expect(extent.length).toBeGreaterThan(0);
    end += extent.length;
  }
  expect(end).toBe(snapshot.bytes);
}

/** Opens rows from the roots down, a few at each level, and answers how many it saw. */
function walkTree(snapshot: Snapshot, view: ViewName, parent: string | undefined, depth: number): number {
  const rows = treeRows(snapshot, view, parent, new Budget());
  expect(rows.length).toBeLessThanOrEqual(MOST_CHILDREN);
  expect(new Set(rows.map((row) => row.id)).size).toBe(rows.length);
  const some = [...rows.slice(0, 3), ...rows.slice(-1)].filter((row) => row.expandable);
  return rows.length + (depth === 0 ? 0 : sumOf(some.map((row) => walkTree(snapshot, view, row.id, depth - 1))));
}

describe.each(NAMES)('%s', (name) => {
  test('each byte has one owner, and the sizes add up', () => {
    const snapshot = opened(name);
    expectTiled(snapshot);
    expect(sumOf(Object.values(surveyImage(snapshot).usage))).toBe(snapshot.bytes);
  });

  test('any byte can be explained', () => {
    const snapshot = opened(name);
    for (let step = 0; step < 64; step++) {
      const offset = offsetAt(0, Math.floor(((snapshot.bytes - 1) * step) / 63));
      const owners = ownersOf(snapshot, offset, new Budget());
      expect(owners.length).toBeGreaterThan(0);
      expect(explainForPeople(snapshot, offset, new Budget()).crumbs.length).toBe(owners.length);
    }
  });

  test('every view opens, with few rows beneath each', () => {
    const snapshot = opened(name);
    for (const view of VIEWS) walkTree(snapshot, view, undefined, 4);
  });

  test('the map has every byte', () => {
    const snapshot = opened(name);
    const bytesPerCell = 2 ** Math.ceil(Math.log2(Math.max(1, snapshot.bytes / 4096)));
    const { ownerOf, fates, owners } = mapCells(snapshot, 0, bytesPerCell, 4096);
    expect(ownerOf.length).toBe(Math.ceil(snapshot.bytes / bytesPerCell));
    expect(Math.max(...ownerOf)).toBeLessThan(owners.length);
    expect(Math.max(...fates)).toBeLessThan(CELL_FATES.length);
  });
});

test('what is not downloaded is neither free nor slack', () => {
  const bytes = imageBytes('mm-basic');
  const half = Math.floor(bytes.length / 2);
  const cut = bytes.slice();
  cut.fill(0, half);
  const snapshot = openedBytes(cut, 'half', [{ start: offsetAt(0, half), length: bytes.length - half }]);
  const { usage } = surveyImage(snapshot);
  expect(sumOf(Object.values(usage))).toBe(bytes.length);
  expect(usage.unknown).toBeGreaterThanOrEqual(bytes.length - half);
  const { fates } = mapCells(snapshot, 0, 65_536, 4096);
  expect(new Set([...fates.subarray(Math.ceil(half / 65_536))].map((fate) => CELL_FATES[fate]))).toEqual(new Set(['missing']));
});

const BASE = imageBytes('corrupt-base');

law.prop([fc.array(fc.tuple(fc.nat(BASE.length - 1), fc.nat(255)), { maxLength: 24 }), fc.nat(4)], { numRuns: 40 })(
  'damage of any kind never breaks the reading, nor the sums',
  (damage, cutPages) => {
    const bytes = BASE.slice(0, BASE.length - cutPages * 40_000);
    for (const [offset, byte] of damage) if (offset < bytes.length) bytes[offset < 4096 ? offset : offset % bytes.length] = byte;
    const snapshot = openedBytes(bytes);
    expectTiled(snapshot);
    expect(sumOf(Object.values(surveyImage(snapshot, new Budget({ steps: 100_000 })).usage))).toBe(bytes.length);
    for (const view of VIEWS) walkTree(snapshot, view, undefined, 2);
  },
);
