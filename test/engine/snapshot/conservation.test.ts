import { fc, test as law } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { Budget } from '../../../engine/core/budget.ts';
import { byteLength, offsetAt } from '../../../engine/core/memory/memory.ts';
import { addedUp } from '../../../engine/core/usage-runs.ts';
import { scanImage } from '../../../engine/snapshot/full-scan.ts';
import { ImageUsage } from '../../../engine/snapshot/image-usage.ts';
import { ownersOf } from '../../../engine/snapshot/owners.ts';
import type { Snapshot } from '../../../engine/snapshot/snapshot.ts';
import { explainForPeople } from '../../../engine/views/explanation.ts';
import { mapCells } from '../../../engine/views/map/cells.ts';
import { BYTE_USES, type ByteUse, MAX_CELL_PARTS, MAX_CHILDREN, type ViewName } from '../../../engine/views/protocol.ts';
import { treeRows } from '../../../engine/views/tree/tree.ts';
import { fixtureNames, imageBytes } from '../../fixtures.ts';
import { opened, openedBytes } from './opened.ts';

const FAMILIES = ['stable-structures', 'motoko', 'field-rust', 'field-motoko', 'damage'];
const NAMES = FAMILIES.flatMap(fixtureNames);
const SPACE_KINDS: readonly string[] = ['virtual-memory', 'region', 'window', 'image'];
const VIEWS: readonly ViewName[] = ['memories', 'buckets', 'freeLists', 'elements'];

function sumOf(numbers: Iterable<number>): number {
  let sum = 0;
  for (const number of numbers) sum += number;
  return sum;
}

/** Expects every byte of the image to have one owner at the level of the manager. */
function expectTiled(snapshot: Snapshot): void {
  let end = 0;
  for (const { extent } of snapshot.areas) {
    expect(extent.start).toBe(end);
    expect(extent.length).toBeGreaterThan(0);
    end += extent.length;
  }
  expect(end).toBe(snapshot.bytes);
}

/** Opens rows from the roots down, a few at each level, and returns the number of rows it saw. */
function walkTree(snapshot: Snapshot, view: ViewName, parent: string | undefined, depth: number): number {
  const rows = treeRows(snapshot, view, parent, new Budget());
  expect(rows.length).toBeLessThanOrEqual(MAX_CHILDREN);
  expect(new Set(rows.map((row) => row.id)).size).toBe(rows.length);
  const some = [...rows.slice(0, 3), ...rows.slice(-1)].filter((row) => row.expandable);
  return rows.length + (depth === 0 ? 0 : sumOf(some.map((row) => walkTree(snapshot, view, row.id, depth - 1))));
}

/** Returns a function that makes something when it is first called, and returns it from then on: a scan of each fixture is enough. */
function once<Made>(make: () => Made): () => Made {
  let made: { readonly value: Made } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

describe.each(NAMES)('%s', (name) => {
  const theSnapshot = once(() => opened(name));
  const theScan = once(() => scanImage(theSnapshot()));

  test('each byte has one owner, and the sizes add up', () => {
    const snapshot = theSnapshot();
    expectTiled(snapshot);
    expect(sumOf(Object.values(theScan().usage))).toBe(snapshot.bytes);
  });

  test('any byte can be explained', () => {
    const snapshot = theSnapshot();
    for (let step = 0; step < 64; step++) {
      const offset = offsetAt(0, Math.floor(((snapshot.bytes - 1) * step) / 63));
      const owners = ownersOf(snapshot, offset, new Budget());
      expect(owners.length).toBeGreaterThan(0);
      const { crumbs, selection } = explainForPeople(snapshot, offset, new Budget());
      expect(crumbs.length).toBe(owners.length);
      // The selection contains the byte, and so do the memory's bytes around it; slack is in the memory's bucket only.
      const around = crumbs.filter(({ kind }) => kind === 'bucket' || kind === 'block' || SPACE_KINDS.includes(kind));
      const marked = crumbs.at(-1)?.kind === 'slack' ? around.slice(0, 1) : around;
      for (const { start, length } of [selection, ...marked.flatMap(({ at }) => at ?? [])])
        expect([start <= offset, offset < start + length], `${crumbs.at(-1)?.label} of ${name}`).toEqual([true, true]);
    }
  });

  test('every view opens, with few rows beneath each', () => {
    const snapshot = theSnapshot();
    for (const view of VIEWS) walkTree(snapshot, view, undefined, 4);
  });

  test('at every zoom the cells of the map add up to the usage of the whole', () => {
    const snapshot = theSnapshot();
    const { usage, where } = theScan();
    const coarsest = 2 ** Math.ceil(Math.log2(Math.max(256, snapshot.bytes)));
    for (let bytesPerCell = coarsest; bytesPerCell >= Math.max(256, coarsest / 2 ** 13); bytesPerCell /= 4)
      expect(sumsOfMap(snapshot, bytesPerCell, where)).toEqual({ ...NO_BYTES, ...usage });
  });

  test('before the full scan only the bytes of memories are not counted yet', () => {
    const snapshot = theSnapshot();
    const { usage, where } = theScan();
    const { uncounted, ...others } = sumsOfMap(snapshot, 65_536, undefined);
    expect(uncounted).toBe(snapshot.areas.reduce((sum, area) => sum + ('used' in area ? area.used : 0), 0));
    expect(others.slack).toBe(usage.slack);
    expect(sumsOfMap(snapshot, 65_536, ImageUsage.unpacked(where.packed())).uncounted).toBe(0);
  });

  test('the sums of a structure agree with its runs', () => {
    for (const { placed, scan } of theScan().structures) {
      const { runs, usage } = scan;
      const sizes = placed.structure.memories.map(byteLength);
      if (runs === undefined) expect(placed.structure.memories).toHaveLength(1);
      else expect(runs.map(({ end }) => end)).toEqual(sizes);
      if (runs !== undefined) expect(addedUp(runs)).toEqual(usage);
    }
  });
});

const NO_BYTES: Readonly<Record<ByteUse, number>> = {
  metadata: 0,
  live: 0,
  free: 0,
  slack: 0,
  leaked: 0,
  unmanaged: 0,
  unknown: 0,
  missing: 0,
  uncounted: 0,
};

/** Requests the whole map, result by result, and adds up its parts by their use. */
function sumsOfMap(snapshot: Snapshot, bytesPerCell: number, usage: ImageUsage | undefined): Record<ByteUse, number> {
  const sums = { ...NO_BYTES };
  for (let from = 0; from < snapshot.bytes; ) {
    const { firstPart, ownerOf, useOf, bytesOf, owners } = mapCells(snapshot, from, bytesPerCell, 65_536, usage);
    for (let cell = 0; cell + 1 < firstPart.length; cell++) {
      const [first, end] = [firstPart[cell] ?? 0, firstPart[cell + 1] ?? 0];
      const start = from + cell * bytesPerCell;
      expect(end - first).toBeLessThanOrEqual(MAX_CELL_PARTS);
      expect(sumOf(bytesOf.subarray(first, end))).toBe(Math.min(start + bytesPerCell, snapshot.bytes) - start);
    }
    expect(Math.max(...ownerOf)).toBeLessThan(owners.length);
    useOf.forEach((number, part) => {
      sums[BYTE_USES[number] ?? 'unknown'] += bytesOf[part] ?? 0;
    });
    expect(firstPart.length).toBeGreaterThan(1);
    from += (firstPart.length - 1) * bytesPerCell;
  }
  return sums;
}

test('bytes that are not downloaded are neither free nor slack', () => {
  const bytes = imageBytes('mm-basic');
  const half = Math.floor(bytes.length / 2);
  const cut = bytes.slice();
  cut.fill(0, half);
  const snapshot = openedBytes(cut, 'half', [{ start: offsetAt(0, half), length: bytes.length - half }]);
  const { usage, where } = scanImage(snapshot);
  expect(sumOf(Object.values(usage))).toBe(bytes.length);
  expect(usage.unknown).toBeGreaterThanOrEqual(bytes.length - half);
  expect(sumsOfMap(snapshot, 65_536, where)).toEqual({
    ...NO_BYTES,
    ...usage,
    missing: bytes.length - half,
    unknown: usage.unknown - (bytes.length - half),
  });
});

const BASE = imageBytes('corrupt-base');

law.prop([fc.array(fc.tuple(fc.nat(BASE.length - 1), fc.nat(255)), { maxLength: 24 }), fc.nat(4)], { numRuns: 40 })(
  'damage of any kind never breaks the reading, nor the sums',
  (damage, cutPages) => {
    const bytes = BASE.slice(0, BASE.length - cutPages * 40_000);
    for (const [offset, byte] of damage) if (offset < bytes.length) bytes[offset < 4096 ? offset : offset % bytes.length] = byte;
    const snapshot = openedBytes(bytes);
    expectTiled(snapshot);
    const { usage, where } = scanImage(snapshot, new Budget({ steps: 100_000 }));
    expect(sumOf(Object.values(usage))).toBe(bytes.length);
    expect(sumsOfMap(snapshot, 4096, where)).toEqual({ ...NO_BYTES, ...usage });
    for (const view of VIEWS) walkTree(snapshot, view, undefined, 2);
  },
);
