import { describe, expect, test } from 'vitest';
import { Budget } from '../../../../engine/core/budget.ts';
import { at } from '../../../../engine/core/memory/memory.ts';
import { readStored } from '../../../../engine/core/structure.ts';
import { memoryOf, type Patch } from '../patched.ts';
import { findingsIn, long, onlyTree, type Region, type Role, scanned, sizeOf } from './trees.ts';

const ascii = (text: string): readonly number[] => [...text].map((letter) => letter.charCodeAt(0));
const utf8 = new TextDecoder();

/** Returns the bytes of an entry: no references, the key's size, the value's address, the key. */
const entry = (key: string, value: number, size: number): readonly number[] => [
  0,
  key.length,
  0,
  ...long(value),
  size,
  0,
  0,
  0,
  ...ascii(key),
];
/** Returns the bytes of a separator or prefix of version 1. */
const blob = (text: string): readonly number[] => [text.length, 0, ...ascii(text)];
const leaf = (index: number, entries: readonly number[], links: readonly [previous: number, next: number], prefix = 0) => [
  ...ascii('LND'),
  1,
  index,
  0,
  entries.length,
  0,
  ...long(64),
  ...links.flatMap(long),
  ...long(prefix),
  ...Array<number>(24).fill(0),
  ...entries.flatMap(long),
];

/** Nodes have room for four entries, so leaves have 96 bytes. */
const [FIRST, SECOND, THIRD] = [64, 160, 256];

/** Three leaves below one branch, whose separators are at 400 and 410. */
function tree(version: number, data: Patch, leaves: Patch, values: Patch, separators: readonly [number, number]) {
  const region = (id: number, patch: Patch): Region => Object.assign(memoryOf(1, patch), { id });
  return {
    data: region(18, {
      0: [...ascii('BTR'), version, 17, 0, 0, 0, 16, 0, 0, 0, 0, 0, ...long(64), ...long(6), 2],
      ...data,
    }),
    values: region(19, { 0: [...ascii('VLS'), 0, 18], ...values }),
    leaves: region(16, { 0: [...ascii('LVS'), 0, 18, 0, 0, 0, 3], ...leaves }),
    branches: region(17, {
      0: [...ascii('BRS'), 0, 18, 0, 0, 0, 1],
      64: [...ascii('BND'), 2, 0, 0, 3, 0, ...long(6)],
      128: [...separators.flatMap(long), ...long(0), ...[FIRST, SECOND, THIRD].flatMap(long)],
    }),
  };
}

const ENTRIES = [100, 140, 180, 220, 260, 300] as const;
const KEYS = ['fig', 'kiwi a', 'kiwi b', 'kiwi c', 'lime', 'plum'] as const;

/** Returns entries, each at ENTRIES[i]. Those of the second leaf lack the prefix, if it has one. */
function entries(cut: number): Patch {
  return Object.fromEntries(
    ENTRIES.map((address, index) => {
      const key = KEYS[index] ?? '';
      return [address, entry(index === 2 || index === 3 ? key.slice(cut) : key, 64 + 10 * index, index)];
    }),
  );
}

const leavesOf = (prefix: number): Patch => ({
  [FIRST]: leaf(0, ENTRIES.slice(0, 2), [0, SECOND]),
  [SECOND]: leaf(1, ENTRIES.slice(2, 4), [FIRST, THIRD], prefix),
  [THIRD]: leaf(2, ENTRIES.slice(4), [SECOND, 0]),
});
const VALUES: Patch = { 74: ascii('A'), 84: ascii('BB'), 94: ascii('CCC'), 104: ascii('DDDD'), 114: ascii('EEEEE') };
const TEXTS = ['', 'A', 'BB', 'CCC', 'DDDD', 'EEEEE'];

const version1 = (damage: Patch = {}) =>
  tree(
    1,
    { ...entries(5), 400: blob('kiwi b'), 410: blob('l'), 420: blob('kiwi '), ...damage },
    leavesOf(420),
    VALUES,
    [400, 410],
  );

function contentsOf(regions: Record<Role, Region>) {
  return onlyTree(regions)
    .elements(0, 100, new Budget())
    .map(({ key, value }) => [key && utf8.decode(readStored(key)), value && utf8.decode(readStored(value))]);
}

describe('layout version 1', () => {
  const regions = version1();
  const view = onlyTree(regions);

  test('keys are put together from prefix and entry', () => {
    expect(view.facts).toEqual({ version: 1, nodeCapacity: 4 });
    expect(contentsOf(regions)).toEqual(KEYS.map((key, index) => [key, TEXTS[index]]));
    expect(view.elements(2, 1, new Budget())[0]?.key?.spans.length).toBe(2);
  });

  test('it is sound, and separators and prefixes are live', () => {
    const { scan, findings } = scanned(view);
    expect(findings).toEqual([]);
    const keys = KEYS.join('').length - 10 + 6 * 15;
    const blobs = 8 + 3 + 7;
    expect(scan.usage.live).toBe(keys + blobs + TEXTS.join('').length + 3 * 96 + 127);
    expect(Object.values(scan.usage).reduce((sum, bytes) => sum + bytes, 0)).toBe(sizeOf(view));
  });

  test('a byte of a separator or prefix has its owners', () => {
    const ownersAt = (memory: Region, address: number) =>
      view.owners(memory, at(0, address), new Budget()).map(({ kind, name, address: start }) => [name ?? kind, start]);
    expect(ownersAt(regions.data, 401)).toEqual([
      ['separator', 400],
      ['size', 400],
    ]);
    expect(ownersAt(regions.data, 425)).toEqual([
      ['prefix', 420],
      ['bytes', 422],
    ]);
    expect(ownersAt(regions.leaves, SECOND + 33).at(-1)).toEqual(['prefix', SECOND + 32]);
    expect(ownersAt(regions.data, 36).at(-1)).toEqual(['tail compression', 36]);
  });

  test('a separator that does not separate, and an impossible one', () => {
    expect(findingsIn(version1({ 410: blob('z') }))).toEqual(['branches memory-btree.order @136+8']);
    expect(findingsIn(version1({ 410: [255, 255] }))).toEqual(['branches memory-btree.node @136+8']);
  });

  test('an impossible prefix', () => {
    expect(findingsIn(version1({ 420: [255, 255] }))).toContain(`leaves memory-btree.node @${SECOND + 32}+8`);
  });
});

describe('release 0.0.1', () => {
  // Its separators are entries.
  const old = tree(0, { ...entries(0), ...shifted(400) }, leavesOf(0), {}, [ENTRIES[2], ENTRIES[4]]);

  test('values are in the data region', () => {
    const { data, leaves, branches } = old;
    const regions = { data: moved(data), leaves, branches };
    const view = onlyTree({ ...regions, values: Object.assign(memoryOf(1, {}), { id: 25 }) });
    expect(view.roles).toEqual(['data', 'leaves', 'branches']);
    expect(view.elements(0, 10, new Budget()).map(({ value }) => value && utf8.decode(readStored(value)))).toEqual(TEXTS);
    expect(findingsIn(regions)).toEqual([]);
    expect(findingsIn({ ...regions, values: Object.assign(memoryOf(1, {}), { id: 19 }) })).toEqual([]);
    const names = view.owners(regions.data, at(0, 400 + 20), new Budget()).map(({ kind, name }) => name ?? kind);
    expect(names).toEqual(['2', 'value']);
    const { scan } = scanned(view);
    expect(Object.values(scan.usage).reduce((sum, bytes) => sum + bytes, 0)).toBe(sizeOf(view));
  });

  test('a migrated tree has values in a region without a header', () => {
    const { data, leaves, branches } = tree(0, { ...entries(0), 32: [40] }, leavesOf(0), {}, [ENTRIES[2], ENTRIES[4]]);
    const values: Region = Object.assign(memoryOf(1, { ...VALUES }), { id: 40 });
    const regions = { data, values, leaves, branches };
    expect(contentsOf(regions).map(([, value]) => value)).toEqual(TEXTS);
    expect(findingsIn(regions)).toEqual([]);
    expect(onlyTree(regions).owners(values, at(0, 5), new Budget())).toMatchObject([{ kind: 'free-block', length: 74 }]);
  });
});

/** Returns the values from `base` on. */
function shifted(base: number): Patch {
  return Object.fromEntries(Object.entries(VALUES).map(([address, bytes]) => [base + Number(address) - 64, bytes]));
}

/** Points the entries to the values that `shifted(400)` has moved. */
function moved(data: Region): Region {
  ENTRIES.forEach((address, index) => {
    data.write(at(0, address + 3), Uint8Array.from(long(400 + 10 * index)));
  });
  return data;
}
