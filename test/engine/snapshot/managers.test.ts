/** Managers that do not begin at page 0 are read and checked like those that do. */

import { describe, expect, test } from 'vitest';
import { Budget } from '../../../engine/core/budget.ts';
import { offsetAt, PAGE_SIZE } from '../../../engine/core/memory/memory.ts';
import { OWNERS_AT } from '../../../engine/rust/memory-manager/layout.ts';
import { findSpace, findStructure } from '../../../engine/snapshot/find-part.ts';
import { scanImage } from '../../../engine/snapshot/full-scan.ts';
import { explainReport } from '../../../engine/snapshot/owners.ts';
import type { PlacedFinding } from '../../../engine/snapshot/placed.ts';
import { inspectReport } from '../../../engine/views/inspect.ts';
import { mapCells } from '../../../engine/views/map/cells.ts';
import { describeLayout } from '../../../engine/views/names.ts';
import { treeRows } from '../../../engine/views/tree/tree.ts';
import { fixtureNames, imageBytes } from '../../fixtures.ts';
import { openedBytes } from './opened.ts';

/** Puts pages before an image, the first with a header of the canister's own, as Internet Identity has one. */
function behindHeader(image: Uint8Array, pages: number): Uint8Array {
  const bytes = new Uint8Array(pages * PAGE_SIZE + image.length);
  bytes.set(new TextEncoder().encode('IIC\x09'));
  bytes.set([0x40, 0x42, 0x0f, 0, 0, 0, 0, 0, 0x80, 0x84, 0x1e], 4);
  bytes.set(image, pages * PAGE_SIZE);
  return bytes;
}

const findingsIn = (bytes: Uint8Array): readonly PlacedFinding[] => scanImage(openedBytes(bytes)).findings;

/** Returns a finding as it is reported at page 0. */
const moved = (pages: number, { code, part, at, causedBy, more }: PlacedFinding) => ({
  code,
  part: part.replace(`image@${pages}/`, ''),
  start: at.start - pages * PAGE_SIZE,
  length: at.length,
  causedBy,
  more,
});

const MANAGED = [
  ...fixtureNames('stable-structures').filter((name) => /^(corrupt-(mm|base|two)|mm-(?!v2draft|empty|default))/.test(name)),
  ...fixtureNames('damage').filter((name) => /^(mm|page|log)-/.test(name)),
];

test.each(MANAGED)('%s after a header has the same findings', (name) => {
  const image = imageBytes(name);
  const expected = findingsIn(image).map((finding) => moved(0, finding));
  expect(findingsIn(behindHeader(image, 3)).map((finding) => moved(3, finding))).toEqual(expected);
});

describe('every byte of a manager’s page', () => {
  const image = imageBytes('corrupt-base');
  const bytes = behindHeader(image, 1);
  // The magic, version, count, bucket size, reserved bytes, sizes, and owners.
  const places = [
    0,
    1,
    2,
    3,
    4,
    5,
    6,
    7,
    8,
    40,
    41,
    48,
    88,
    90,
    100,
    ...Array.from({ length: 12 }, (_, bucket) => OWNERS_AT + bucket),
  ];
  test.each(places)('damage of byte %i is found as at page 0', (place) => {
    for (const value of [0, 9, 255]) {
      if (image[place] === value) continue;
      const damaged = (whole: Uint8Array, at: number) =>
        findingsIn(Uint8Array.from(whole, (byte, index) => (index === at ? value : byte)));
      const expected = damaged(image, place).map((finding) => moved(0, finding));
      expect(damaged(bytes, PAGE_SIZE + place).map((finding) => moved(1, finding))).toEqual(expected);
    }
  });
});

test('is named, and its memories have full ids', () => {
  const snapshot = openedBytes(behindHeader(imageBytes('corrupt-base'), 1));
  const report = inspectReport(snapshot, scanImage(snapshot));
  expect(describeLayout(snapshot)).toBe('MemoryManager 1 at page 1 · 8 memories · 11 buckets of 64 KiB');
  expect(report).toMatchObject({
    layout: 'memory-manager',
    manager: {
      kind: 'memory-manager',
      part: 'image@1/manager',
      page: 1,
      offset: PAGE_SIZE,
      version: 1,
      bucketPages: 1,
      allocatedBuckets: 11,
    },
  });
  expect(report).not.toHaveProperty('managers');
  expect(report.memories?.[0]).toEqual({ part: 'image@1/memory/0', id: 0, pages: 3, buckets: [0, 9, 10] });
  expect(report.structures[0]).toMatchObject({ part: 'image@1/memory/0/btreemap', length: '450' });
  expect(Object.values(report.usage).reduce((sum, part) => sum + part, 0)).toBe(snapshot.bytes);
});

test('a memory and its structure are found by an id without the manager, where only one manager has them', () => {
  const image = imageBytes('corrupt-base');
  const one = openedBytes(behindHeader(image, 2));
  expect(findSpace(one, 'memory/3')?.part).toBe('image@2/memory/3');
  expect(findStructure(one, 'memory/3')?.part).toBe('image@2/memory/3/log');
  expect(findStructure(one, 'memory/0/btreemap')?.part).toBe('image@2/memory/0/btreemap');
  expect(findStructure(one, 'image@2/memory/0/btreemap')?.part).toBe('image@2/memory/0/btreemap');
  const two = openedBytes(behindHeader(Uint8Array.from([...image, ...image]), 1));
  expect(findSpace(two, 'memory/3')).toBeUndefined();
  expect(findSpace(two, 'image@13/memory/3')?.memory.toImage).toBeTypeOf('function');
});

test('bytes are explained, and rows and cells drawn, as at page 0', () => {
  const snapshot = openedBytes(behindHeader(imageBytes('corrupt-base'), 1));
  const chain = (offset: number) => explainReport(snapshot, offsetAt(0, offset), new Budget()).chain;
  expect(chain(PAGE_SIZE + 4)).toEqual([
    { part: 'image@1/manager', kind: 'manager' },
    { kind: 'field', name: 'allocated buckets', address: PAGE_SIZE + 4 },
  ]);
  expect(chain(2 * PAGE_SIZE).slice(0, 3)).toEqual([
    { part: 'image@1/bucket/0', kind: 'bucket' },
    { part: 'image@1/memory/0', kind: 'virtual-memory', address: 0 },
    { part: 'image@1/memory/0/btreemap', kind: 'btreemap' },
  ]);
  const rows = treeRows(snapshot, 'buckets', undefined, new Budget());
  expect(rows.map(({ label }) => label).slice(0, 3)).toEqual(['image', 'manager (image@1)', 'bucket 0 (image@1)']);
  const { owners, ownerOf } = mapCells(snapshot, 0, PAGE_SIZE, 13, undefined);
  expect([...ownerOf].map((owner) => owners[owner]?.part).slice(0, 4)).toEqual([
    'image',
    'manager',
    'image@1/memory/0',
    'image@1/memory/1',
  ]);
});

describe('two managers in one image', () => {
  const image = imageBytes('corrupt-base');
  const [basic, pages] = [imageBytes('mm-basic'), image.length / PAGE_SIZE];
  const both = Uint8Array.from([...image, ...new Uint8Array(2 * PAGE_SIZE), ...basic]);
  test('are both listed', () => {
    const snapshot = openedBytes(both);
    const report = inspectReport(snapshot, scanImage(snapshot));
    expect(describeLayout(snapshot)).toMatch(/^MemoryManager 1 · 8 memories · .*; MemoryManager 1 at page 14 · /);
    expect(report.managers).toMatchObject([{ allocatedBuckets: 11 }, { part: 'image@14/manager', page: pages + 2 }]);
    expect(report.memories?.map(({ part, id }) => part ?? `memory/${id}`)).toContain('image@14/memory/0');
    expect(scanImage(snapshot).findings).toEqual([]);
  });
  test('are both checked', () => {
    const damaged = Uint8Array.from(both);
    damaged[(pages + 2) * PAGE_SIZE + 4] = 1;
    damaged[4] = 1;
    const found = findingsIn(damaged).filter(({ code }) => code === 'mm.owned-bucket-above-count');
    expect(found.map(({ part }) => part)).toEqual(['manager', 'image@14/manager']);
  });
});

test('text that begins with the magic is not a manager', () => {
  const text = new TextEncoder().encode('MGR\x01 is not a manager. '.repeat(9_000));
  const bytes = new Uint8Array(5 * PAGE_SIZE);
  bytes.set(text.subarray(0, 3 * PAGE_SIZE), PAGE_SIZE);
  expect(openedBytes(bytes).layout.kind).toBe('unknown');
});
