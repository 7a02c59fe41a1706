import { describe, expect, test } from 'vitest';
import { Budget } from '../../../../engine/core/budget.ts';
import { BytesMemory } from '../../../../engine/core/memory/bytes-memory.ts';
import { at, byteLength, offsetAt, readBytes } from '../../../../engine/core/memory/memory.ts';
import { finish } from '../../../../engine/core/slices.ts';
import type { Element } from '../../../../engine/core/structure.ts';
import { BTreeMap } from '../../../../engine/rust/btree/operate.ts';
import type { PlacedStructure } from '../../../../engine/snapshot/placed.ts';
import type { Snapshot } from '../../../../engine/snapshot/snapshot.ts';
import type { PrefixGroups } from '../../../../engine/views/shape/prefix-groups.ts';
import { hasShape, type ShapeOptions, type ShapeReport, shapeOf } from '../../../../engine/views/shape/shape.ts';
import { shapeText } from '../../../../engine/views/shape/shape-text.ts';
import { fixtureNames, imageBytes } from '../../../fixtures.ts';
import { opened, openedBytes } from '../../snapshot/opened.ts';

const FAMILIES = ['stable-structures', 'field-rust', 'motoko', 'field-motoko', 'damage'] as const;

function shape(snapshot: Snapshot, placed: PlacedStructure, options: ShapeOptions = {}, budget = new Budget()): ShapeReport {
  const report = finish(shapeOf(snapshot, placed, options, budget));
  if (report === undefined) throw new Error(`${placed.part} has no shape.`);
  return report;
}

/** Returns all elements, read in another way than by the walk of the shape. */
function elementsOf({ structure }: PlacedStructure): readonly Element[] {
  const elements: Element[] = [];
  for (let batch = structure.elements(0, 500, new Budget()); batch.length > 0; ) {
    elements.push(...batch);
    batch = structure.elements(elements.length, 500, new Budget());
  }
  return elements;
}

const sizeOf = ({ key, value }: Element): number => (key?.size ?? 0) + (value?.size ?? 0);
const sum = (numbers: readonly number[]): number => numbers.reduce((all, number) => all + number, 0);

function expectSums({ groups, others }: PrefixGroups, keys: number, bytes: number): void {
  expect(sum(groups.map((group) => group.keys)) + (others?.keys ?? 0)).toBe(keys);
  expect(sum(groups.map((group) => group.bytes)) + (others?.bytes ?? 0)).toBe(bytes);
  for (const group of groups) if (group.groups.length > 0) expectSums(group, group.keys, group.bytes);
}

const trees = FAMILIES.flatMap((family) =>
  fixtureNames(family).flatMap((name) => {
    const snapshot = opened(name);
    return snapshot.structures.filter(hasShape).map((placed) => ({ name, part: placed.part, snapshot, placed }));
  }),
);

test('there are trees of all kinds to compare', () => {
  const kinds = new Set(trees.map(({ placed }) => placed.structure.kind));
  expect([...kinds].sort()).toEqual(['btreemap', 'btreeset', 'memory-btree']);
  expect(trees.some(({ placed }) => placed.structure.facts['writtenBy'] === 'StableBTree for Motoko')).toBe(true);
});

describe.each(trees)('the shape of $part in $name', ({ snapshot, placed }) => {
  const report = shape(snapshot, placed);
  const elements = elementsOf(placed);
  const scan = placed.structure.scan(() => undefined, new Budget());

  test('has the entries that the structure lists, level by level', () => {
    expect(report.entries).toBe(elements.length);
    if (report.complete) expect(sum(report.levels.map((level) => level.entries))).toBe(elements.length);
  });

  test('has the nodes and the depth that the full scan counts', () => {
    expect(sum(report.levels.map((level) => level.nodes))).toBe(scan.facts['nodes']);
    if (elements.length > 0) expect(report.levels.length).toBe(scan.facts['depth']);
    expect(report.overflow.pages).toBe(scan.facts['overflowPages'] ?? 0);
    expect(sum(report.overflow.chains.map(({ pages, nodes }) => pages * nodes))).toBe(report.overflow.pages);
  });

  test('has bytes of keys and values that add up, and uses no more than there is', () => {
    expect(report.keyBytes + report.valueBytes).toBe(sum(elements.map(sizeOf)));
    expectSums(report.prefixes, elements.length, report.keyBytes + report.valueBytes);
    for (const { used, bytes, filled, room } of report.levels) {
      expect(used).toBeLessThanOrEqual(bytes);
      expect(filled).toBeLessThanOrEqual(room);
    }
  });

  test('lists the largest entries', () => {
    const largest = elements.map((element) => [-sizeOf(element), element.index] as const);
    const expected = largest.sort(([a, first], [b, second]) => a - b || first - second).slice(0, 10);
    expect(report.largest.map((entry) => entry.index)).toEqual(expected.map(([, index]) => index));
  });

  test('is readable', () => {
    const lines = shapeText(report);
    expect(lines[0]).toContain(placed.part);
    expect(lines.join('\n')).not.toMatch(/NaN|undefined|Infinity/);
  });
});

test('the nodes of a sound Rust map take the bytes of all its allocated chunks, as far as it leaks none', () => {
  const sound = trees.filter(({ placed }) => placed.structure.kind !== 'memory-btree');
  let compared = 0;
  for (const { snapshot, placed } of sound) {
    const { facts } = placed.structure.scan(() => undefined, new Budget());
    const report = shape(snapshot, placed);
    if (!report.complete || facts['leakedChunks'] !== 0 || Number(facts['allocatedChunks']) === 0) continue;
    const chunks = sum(report.levels.map(({ nodes }) => nodes)) + report.overflow.pages;
    if (chunks !== facts['allocatedChunks']) continue;
    expect(sum(report.levels.map(({ bytes }) => bytes))).toBe(chunks * (Number(placed.structure.facts['pageSize']) + 16));
    compared += 1;
  }
  expect(compared).toBeGreaterThan(20);
});

const text = (key: string): Uint8Array => new TextEncoder().encode(key);

/** Returns an image of a map with these keys, each with a value of a number of bytes. */
function mapOf(entries: readonly (readonly [key: string, value: number])[]): Snapshot {
  const memory = new BytesMemory();
  const bound = { max: 200, fixed: false };
  const map = BTreeMap.init(memory, { key: { bound }, value: {} });
  for (const [key, size] of entries) map.insert(text(key), new Uint8Array(size).fill(1));
  return openedBytes(readBytes(memory, at(0, 0), byteLength(memory)));
}

function prefixesOf(entries: readonly (readonly [key: string, value: number])[], options: ShapeOptions = {}) {
  const snapshot = mapOf(entries);
  const [placed] = snapshot.structures;
  if (placed === undefined) throw new Error('The map was not recognised.');
  return shape(snapshot, placed, options).prefixes;
}

const outline = ({ groups, others }: PrefixGroups): readonly unknown[] => [
  ...groups.map((group) => [group.prefix, group.bytes, ...(group.groups.length > 0 ? [outline(group)] : [])]),
  ...(others === undefined ? [] : [['others', others.bytes]]),
];

describe('keys are grouped', () => {
  test('at the separators that they have, like the folders of files', () => {
    const users = Array.from({ length: 20 }, (_, index) => [`user:${index % 4}/photo/${index}`, 90] as const);
    const prefixes = prefixesOf([...users, ['group:1/name', 500], ['group:2/name', 30]]);
    expect(prefixes.grouping).toEqual({ by: 'separators', separators: '/:' });
    const ofUser = 20 * 90 + sum(users.map(([key]) => key.length));
    expect(outline(prefixes).slice(0, 1)).toEqual([['user:', ofUser, expect.anything()]]);
    expect(outline(prefixes)[1]).toEqual([
      'group:',
      530 + 24,
      [
        ['group:1/name', 512],
        ['group:2/name', 42],
      ],
    ]);
    expect(prefixes.groups[0]?.groups.map(({ prefix }) => prefix).sort()).toEqual(
      ['0', '1', '2', '3'].map((user) => `user:${user}/photo/`),
    );
  });

  test('by leading characters, where splitting would leave each key alone', () => {
    const keys = Array.from({ length: 64 }, (_, index) => [`${(index * 40503) % 65536}a-${index}`, 1] as const);
    expect(prefixesOf(keys).grouping).toEqual({ by: 'characters' });
  });

  test('at other characters, if these are named', () => {
    const keys = ['a+x', 'a+y', 'b+x'].map((key) => [key, 10] as const);
    const prefixes = prefixesOf(keys, { separators: '+' });
    expect(outline(prefixes)).toEqual([
      [
        'a+',
        26,
        [
          ['a+x', 13],
          ['a+y', 13],
        ],
      ],
      ['b+x', 13],
    ]);
  });

  test('to no more than the depth', () => {
    const keys = ['a/b/c/1', 'a/b/c/2', 'a/b/d', 'a/e', 'f'].map((key) => [key, 10] as const);
    const depthOf = ({ groups }: PrefixGroups): number => (groups.length === 0 ? 0 : 1 + Math.max(...groups.map(depthOf)));
    for (const depth of [1, 2, 3, 4]) expect(depthOf(prefixesOf(keys, { depth, separators: '/' }))).toBe(depth);
  });

  test('numbers, by decimal ranges', () => {
    const { snapshot, placed } = trees.find(({ name }) => name === 'btreemap-v2-u64-text') ?? expect.fail();
    const { prefixes } = shape(snapshot, placed);
    expect([prefixes.codec, prefixes.grouping]).toEqual(['u64-be', { by: 'digits' }]);
    expect(prefixes.groups.map(({ prefix }) => prefix)).toEqual([
      '0 to 999,999,999,999',
      '1,000,000,000,000 to 1,099,999,999,999',
    ]);
  });
});

test('what is not downloaded is not called damage', () => {
  const name = 'openchat-like-b128';
  const bytes = imageBytes(name);
  const [placed] = opened(name).structures.filter(hasShape);
  const [extent] = placed?.space.memory.toImage(at(0, 0), 65_536) ?? [];
  if (placed === undefined || extent === undefined) throw new Error('There is no map.');
  const missing = [{ start: offsetAt(extent.start, 2_000), length: 20_000 }];
  bytes.fill(0, extent.start + 2_000, extent.start + 22_000);
  const partial = openedBytes(bytes, name, missing);
  const report = shape(partial, partial.structures.find(({ part }) => part === placed.part) ?? expect.fail());
  expect(report.reason).toBe('The snapshot lacks a part of the tree: it is not downloaded completely, or its file was cut.');
});

test('a walk that is cut short says so, and its figures still add up', () => {
  const { snapshot, placed } = trees.find(({ name }) => name === 'btreemap-v2-u64-text') ?? expect.fail();
  shape(snapshot, placed);
  const report = shape(snapshot, placed, {}, new Budget({ steps: 40 }));
  expect([report.complete, report.reason]).toEqual([false, 'The limit of steps was reached.']);
  expect(report.entries).toBeLessThan(1_724);
  expectSums(report.prefixes, report.entries, report.keyBytes + report.valueBytes);
  expect(shapeText(report).join('\n')).toContain('These figures are not complete. The limit of steps was reached.');
});
