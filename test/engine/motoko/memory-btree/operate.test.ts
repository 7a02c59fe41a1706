import { fc, test as law } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { BytesMemory } from '../../../../engine/core/memory/bytes-memory.ts';
import { byteLength } from '../../../../engine/core/memory/memory.ts';
import { MemoryBTree, type TreeOptions, type TreeTypes } from '../../../../engine/motoko/memory-btree/operate.ts';
import type { TreeRegions } from '../../../../engine/motoko/memory-btree/write/live-tree.ts';
import { type Blobify, blobifyTexts, NAT, TEXT } from '../../../../engine/motoko/memory-buffer/blobify.ts';
import { MemoryRegion } from '../../../../engine/motoko/memory-region/operate.ts';
import { MaxValue } from '../../../../engine/motoko/memory-region/stores/max-value.ts';
import { type Codec, compareBytes } from '../../../../engine/values/codec.ts';
import { codecOf } from '../../../../engine/values/codecs.ts';
import { sidecar } from '../../../fixtures.ts';
import { bytesInUse, findingsIn, type RecordedLibrary, regionsUnder, repeat } from './calls.ts';
import { ROLES } from './trees.ts';

const natBe = codecOf('blobify.nat-be');
const u64Be = codecOf('u64-be');
if (!natBe || !u64Be) throw new Error('There is no codec for big-endian numbers.');

function nats(codec: Codec): Blobify<bigint> {
  const digits = blobifyTexts(codec);
  return { toBlob: (value) => digits.toBlob(String(value)), fromBlob: (blob) => BigInt(digits.fromBlob(blob) ?? -1) };
}

const compareNats = (a = -1n, b = -1n) => (a < b ? -1 : a > b ? 1 : 0);
const TYPES: Readonly<Record<string, TreeTypes<bigint, string>>> = {
  nat: { key: NAT, value: TEXT, order: { values: compareNats } },
  'nat-be': { key: nats(natBe), value: TEXT, order: { blobs: (a, b) => a.length - b.length || compareBytes(a, b) } },
  'u64-be': { key: nats(u64Be), value: TEXT, order: { blobs: compareBytes } },
};

function typesOf(name: string): TreeTypes<bigint, string> {
  const types = TYPES[name];
  if (!types) throw new Error(`There are no keys named ${name}.`);
  return types;
}

interface StoredBytes {
  readonly capacity: number;
  readonly key: string;
  readonly calls: readonly string[];
}

describe('the real library', () => {
  const { libraries } = sidecar<{ readonly libraries: readonly RecordedLibrary<StoredBytes>[] }>('memory-btree-calls');
  const cases = libraries.flatMap(({ libs, policy, runs }) => runs.map((run, index) => ({ libs, policy, index, ...run })));

  test.each(cases)('$policy, run $index: the same bytes after the same calls', ({ policy, capacity, key, calls, index }) => {
    // All trees of a recording are in one canister, so region numbers continue.
    repeat(new MemoryBTree(regionsUnder(policy, 16 + 4 * index), typesOf(key), { capacity }), calls, BigInt);
  });
});

/** Compares the results of all queries of a tree with those of a sorted list. */
function expectSame(tree: MemoryBTree<bigint, string>, model: ReadonlyMap<bigint, string>, probes: readonly bigint[]): void {
  const sorted = [...model].sort(([a], [b]) => compareNats(a, b));
  expect(tree.length).toBe(sorted.length);
  expect([...tree.entries()]).toEqual(sorted);
  expect([...tree.entries({ backwards: true })]).toEqual(sorted.toReversed());
  expect(tree.min()).toEqual(sorted[0]);
  expect(tree.max()).toEqual(sorted.at(-1));
  sorted.forEach((pair, index) => {
    expect(tree.at(index)).toEqual(pair);
  });
  for (const key of probes) {
    const index = sorted.filter(([other]) => other < key).length;
    const found = model.has(key);
    expect(tree.get(key)).toBe(model.get(key));
    expect(tree.has(key)).toBe(found);
    expect(tree.indexOf(key)).toEqual({ index, found });
    expect(tree.ceiling(key)).toEqual(sorted[index]);
    expect(tree.floor(key)).toEqual(sorted[found ? index : index - 1]);
    const to = key + 7n;
    const between = sorted.filter(([other]) => other >= key && other <= to);
    expect([...tree.scan({ from: key, to })]).toEqual(between);
    expect([...tree.scan({ from: key, to, backwards: true })]).toEqual(between.toReversed());
    expect([...tree.scan({ from: to, to: key })]).toEqual([]);
    expect([...tree.scan({ from: key })]).toEqual(sorted.slice(index));
    expect([...tree.scan({ to: key, backwards: true })]).toEqual(sorted.slice(0, found ? index + 1 : index).toReversed());
    expect([...tree.range(index, index + 5)]).toEqual(sorted.slice(index, index + 5));
    expect([...tree.range(index, index + 5, { backwards: true })]).toEqual(sorted.slice(index, index + 5).toReversed());
  }
}

const keys = fc.bigInt({ min: 0n, max: 120n });
const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('insert'), key: keys, value: fc.string({ maxLength: 12 }) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('remove'), key: keys, value: fc.constant('') }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('min', 'max', 'clear'), key: keys, value: fc.constant('') }) },
);

/** All kinds of trees, except for their capacity. */
const kinds = fc.oneof(
  fc.record({ name: fc.constantFrom('nat', 'nat-be'), options: fc.constant<TreeOptions>({ version: 0 }) }),
  fc.record({
    name: fc.constant('u64-be'),
    options: fc.record({
      version: fc.constant(1 as const),
      tailCompression: fc.boolean(),
      mergeThreshold: fc.constantFrom(0, 0.25, 0.5, 1),
    }),
  }),
);

describe('laws', () => {
  law.prop(
    [fc.integer({ min: 4, max: 9 }), kinds, fc.array(step, { maxLength: 200, size: 'max' }), fc.array(keys, { maxLength: 6 })],
    { numRuns: 120 },
  )('a tree is a sorted map, and inspection finds nothing wrong with it', (capacity, { name, options }, steps, probes) => {
    const tree = new MemoryBTree(regionsUnder('max-value'), typesOf(name), { ...options, capacity });
    const model = new Map<bigint, string>();
    let cleared = false;
    const ends = () => [...model].sort(([a], [b]) => compareNats(a, b));
    for (const { kind, key, value } of steps) {
      if (kind === 'insert') {
        expect(tree.insert(key, value)).toBe(model.get(key));
        model.set(key, value);
      } else if (kind === 'remove') {
        expect(tree.remove(key)).toBe(model.get(key));
        model.delete(key);
      } else if (kind === 'clear') {
        if (model.size < 60) continue;
        expect(tree.clear().ok).toBe(true);
        model.clear();
        cleared = true;
      } else {
        const pair = kind === 'min' ? ends()[0] : ends().at(-1);
        expect(kind === 'min' ? tree.removeMin() : tree.removeMax()).toEqual(pair);
        if (pair) model.delete(pair[0]);
      }
    }
    expectSame(tree, model, [...probes, ...[...model.keys()].slice(0, 3)]);
    const wrong = findingsIn(tree);
    for (const role of ROLES) expect(tree.regions[role].check()).toEqual([]);
    if (options.version === 1) {
      expect(wrong).toEqual([]);
      // The length of a node does not follow from a single node.
      if (tree.depth > 1) expect(bytesInUse(tree)).toBe(ROLES.reduce((sum, role) => sum + tree.regions[role].allocated, 0));
      return;
    }
    // A root that had one child left keeps its block: the library itself leaks it.
    expect(wrong.filter((finding) => !finding.startsWith('memory-btree.branch-leaked'))).toEqual([]);
    if (cleared || model.size > 0) return;
    expect(tree.regions.values.allocated).toBe(64);
    expect(tree.bytes).toBe(64);
  });

  law.prop([fc.integer({ min: 4, max: 6 }), kinds, fc.integer({ min: 1, max: 90 })], { numRuns: 80 })(
    'a tree that cannot grow is unchanged',
    (capacity, { name, options }, most) => {
      const region = (id: number) => new MemoryRegion(new BytesMemory(), new MaxValue(), id);
      const regions: TreeRegions = { leaves: region(16), branches: region(17), data: region(18), values: region(19) };
      const tree = new MemoryBTree(regions, typesOf(name), { ...options, capacity });
      for (let key = 0; key < most; key++) tree.insert(BigInt(2 * key), 'x'.repeat(40));
      const before = [...tree.entries()];
      const counts = [tree.depth, tree.leafCount, tree.branchCount];
      const used = ROLES.map((role) => regions[role].allocated);
      for (const role of ROLES) {
        // All pages are allocated, and there are no more.
        const { memory } = regions[role];
        const block = regions[role].allocate(byteLength(memory) - regions[role].size);
        const grow = memory.grow;
        memory.grow = () => -1;
        let full = false;
        try {
          tree.insert(1n, 'y'.repeat(90));
        } catch {
          full = true;
        }
        memory.grow = grow;
        if (full) expect([...tree.entries()]).toEqual(before);
        else tree.remove(1n);
        regions[role].deallocate(block, byteLength(memory) - block);
        if (full) expect([tree.depth, tree.leafCount, tree.branchCount]).toEqual(counts);
        if (full) expect(ROLES.map((each) => regions[each].allocated)).toEqual(used);
        if (!full) break;
      }
      expect(findingsIn(tree).filter((finding) => !finding.startsWith('memory-btree.branch-leaked'))).toEqual([]);
    },
  );
});

describe('other operations of the library', () => {
  const filled = (count: number, capacity = 4) => {
    const tree = new MemoryBTree(regionsUnder('max-value'), typesOf('nat-be'), { capacity });
    for (let key = 1; key <= count; key++) tree.insert(BigInt(key), `value ${key}`);
    return tree;
  };

  test('the values of a set are empty', () => {
    const types = typesOf('nat-be');
    const set = MemoryBTree.set(regionsUnder('max-value'), { key: types.key, order: types.order }, { capacity: 4 });
    expect([set.insert(3n, true), set.insert(1n, true), set.insert(3n, true)].map(Boolean)).toEqual([false, false, true]);
    expect([...set.entries()].map(([key]) => key)).toEqual([1n, 3n]);
    expect([set.remove(3n), set.remove(3n)].map(Boolean)).toEqual([true, false]);
    expect(set.regions.values.size).toBe(64);
    expect(findingsIn(set)).toEqual([]);
  });

  test('an entry stays as long as there are references to it', () => {
    const tree = filled(3);
    const id = tree.idOf(2n);
    if (id === undefined) throw new Error('The key is missing.');
    tree.reference(id);
    tree.reference(id);
    expect(tree.references(id)).toBe(2);
    expect(tree.remove(2n)).toBe('value 2');
    expect(tree.get(2n)).toBe('value 2');
    expect(tree.lookup(id)).toEqual([2n, 'value 2']);
    expect(tree.remove(2n)).toBe('value 2');
    expect(tree.has(2n)).toBe(false);
    expect(tree.lookup(id)).toBeUndefined();
    expect(tree.references(id)).toBeUndefined();
  });

  test('intervals are ranges of positions', () => {
    const tree = filled(20);
    expect(tree.interval(3n, 7n)).toEqual([2, 7]);
    expect(tree.interval(undefined, undefined)).toEqual([0, 20]);
    expect(() => tree.interval(0n, 7n)).toThrow(RangeError);
    expect(() => tree.at(20)).toThrow('There is no entry 20: the tree has 20.');
  });

  test('of a replaced value of 64 KiB or more only as many bytes as the low half of its size are freed', () => {
    const tree = filled(1);
    const before = tree.regions.values.allocated;
    tree.insert(9n, 'x'.repeat(65_546));
    expect(tree.insert(9n, 'y')).toBe('x'.repeat(10));
    expect(tree.regions.values.allocated).toBe(before + 65_536 + 1);
  });

  test.each([3, 65_536, 4.5])('no node has room for %d entries', (capacity) => {
    expect(() => filled(0, capacity)).toThrow(RangeError);
  });

  test('a key has at most 65,535 bytes', () => {
    const types: TreeTypes<string, string> = { key: TEXT, value: TEXT, order: { blobs: compareBytes } };
    const tree = new MemoryBTree(regionsUnder('max-value'), types);
    expect(() => tree.insert('k'.repeat(65_536), '')).toThrow('A key has at most 65,535 bytes, not 65,536.');
    tree.insert('k'.repeat(65_535), '');
    expect(tree.length).toBe(1);
  });
});
