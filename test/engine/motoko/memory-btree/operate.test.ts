import { createHash } from 'node:crypto';
import { fc, test as law } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { Budget } from '../../../../engine/budget.ts';
import type { Finding } from '../../../../engine/findings.ts';
import { BytesMemory } from '../../../../engine/memory/bytes-memory.ts';
import { at, byteLength, readBytes } from '../../../../engine/memory/memory.ts';
import { findMemoryBTrees } from '../../../../engine/motoko/memory-btree/find.ts';
import type { TreeRegions } from '../../../../engine/motoko/memory-btree/live-tree.ts';
import { MemoryBTree, type TreeTypes } from '../../../../engine/motoko/memory-btree/operate.ts';
import { type Blobify, blobifyTexts, NAT, TEXT } from '../../../../engine/motoko/memory-buffer/blobify.ts';
import { MaxValue } from '../../../../engine/motoko/memory-region/max-value.ts';
import { MemoryRegion } from '../../../../engine/motoko/memory-region/operate.ts';
import { createAllocator, type PolicyName } from '../../../../engine/motoko/memory-region/policies.ts';
import { compareBytes } from '../../../../engine/values/codec.ts';
import { codecOf } from '../../../../engine/values/codecs.ts';
import { sidecar } from '../../../fixtures.ts';

const ROLES = ['data', 'values', 'leaves', 'branches'] as const;

function regionsUnder(policy: PolicyName, firstId = 16): TreeRegions {
  const region = (id: number) => new MemoryRegion(new BytesMemory(), createAllocator(policy), firstId + id);
  return { leaves: region(0), branches: region(1), data: region(2), values: region(3) };
}

const natBe = codecOf('blobify.nat-be');
if (!natBe) throw new Error('There is no codec for big-endian numbers.');
const digits = blobifyTexts(natBe);
const NAT_BE: Blobify<bigint> = {
  toBlob: (value) => digits.toBlob(String(value)),
  fromBlob: (blob) => BigInt(digits.fromBlob(blob) ?? -1),
};
const compareNats = (a = -1n, b = -1n) => (a < b ? -1 : a > b ? 1 : 0);
const TYPES: Readonly<Record<string, TreeTypes<bigint, string>>> = {
  nat: { key: NAT, value: TEXT, order: { values: compareNats } },
  'nat-be': { key: NAT_BE, value: TEXT, order: { blobs: (a, b) => a.length - b.length || compareBytes(a, b) } },
};

function typesOf(name: string): TreeTypes<bigint, string> {
  const types = TYPES[name];
  if (!types) throw new Error(`No keys are called ${name}.`);
  return types;
}

const shortHash = ({ memory }: MemoryRegion) =>
  createHash('sha256')
    .update(readBytes(memory, at(0, 0), byteLength(memory)))
    .digest('hex')
    .slice(0, 16);

/** What inspection finds wrong with a tree. */
function findingsIn({ regions }: { readonly regions: TreeRegions }): readonly string[] {
  const findings: Finding[] = [];
  const report = (finding: Finding) => findings.push(finding);
  const numbered = ROLES.map((role) => Object.assign(regions[role].memory, { id: regions[role].id }));
  for (const view of findMemoryBTrees(numbered, report)) view.survey(report, new Budget());
  return findings.map(({ code, message }) => `${code}: ${message}`);
}

interface Run {
  readonly capacity: number;
  readonly key: string;
  readonly calls: readonly string[];
}

/** Makes a call that the real library was recorded with; where the record has an answer, answers what it is here. */
function call(tree: MemoryBTree<bigint, string>, line: string): string | undefined {
  const [kind, first = '', size, letter] = line.split(' ');
  const { regions } = tree;
  switch (kind) {
    case 'i':
      tree.insert(BigInt(first), String.fromCharCode(97 + Number(letter)).repeat(Number(size)));
      return undefined;
    case 'r':
      tree.remove(BigInt(first));
      return undefined;
    case 'min':
      tree.removeMin();
      return undefined;
    case 'max':
      tree.removeMax();
      return undefined;
    case 'ref': {
      const id = tree.idOf(BigInt(first));
      if (id === undefined) return 'no such key';
      tree.reference(id);
      tree.reference(id);
      return undefined;
    }
    case 'next':
      return `next ${tree.nextId()}`;
    case 'clear':
      return tree.clear().ok ? undefined : 'trap';
    case '@':
      return ['@', ...ROLES.map((role) => shortHash(regions[role]))].join(' ');
    case 's': {
      const { length, root, depth, leafCount, branchCount } = tree;
      return ['s', length, root, depth, leafCount, branchCount, ...ROLES.map((role) => regions[role].size)].join(' ');
    }
    default:
      throw new Error(`${line} is no call.`);
  }
}

describe('the real library', () => {
  const { libraries } = sidecar<{
    readonly libraries: readonly { readonly libs: string; readonly policy: PolicyName; readonly runs: readonly Run[] }[];
  }>('memory-btree-calls');
  const cases = libraries.flatMap(({ libs, policy, runs }) => runs.map((run, index) => ({ libs, policy, index, ...run })));

  test.each(cases)('$policy, run $index: the same bytes after the same calls', ({ policy, capacity, key, calls, index }) => {
    // All trees of a recording are in one canister, whose regions are numbered on.
    const tree = new MemoryBTree(regionsUnder(policy, 16 + 4 * index), typesOf(key), capacity);
    for (const [number, line] of calls.entries()) {
      // Its own check stops the library here; nothing is recorded behind it.
      if (line === 'trap') break;
      const answer = call(tree, line);
      if (answer !== undefined) expect(`${number} ${answer}`).toBe(`${number} ${line}`);
    }
  });
});

/** What a tree says, in all ways of asking, against what a sorted list has. */
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

describe('laws', () => {
  law.prop(
    [
      fc.integer({ min: 4, max: 9 }),
      fc.constantFrom('nat', 'nat-be'),
      fc.array(step, { maxLength: 200, size: 'max' }),
      fc.array(keys, { maxLength: 6 }),
    ],
    { numRuns: 60 },
  )('a tree is a sorted map, and inspection finds nothing wrong with it', (capacity, name, steps, probes) => {
    const tree = new MemoryBTree(regionsUnder('max-value'), typesOf(name), capacity);
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
    // A root that had one child left keeps its block, which is the library's own leak.
    const wrong = findingsIn(tree).filter((finding) => !finding.startsWith('memory-btree.branch-leaked'));
    expect(wrong).toEqual([]);
    for (const role of ROLES) expect(tree.regions[role].check()).toEqual([]);
    if (cleared || model.size > 0) return;
    expect(tree.regions.values.allocated).toBe(64);
    expect(tree.bytes).toBe(64);
  });

  law.prop([fc.integer({ min: 4, max: 6 }), fc.integer({ min: 1, max: 90 })], { numRuns: 40 })(
    'a tree that cannot grow is as before',
    (capacity, most) => {
      const region = (id: number) => new MemoryRegion(new BytesMemory(), new MaxValue(), id);
      const regions: TreeRegions = { leaves: region(16), branches: region(17), data: region(18), values: region(19) };
      const tree = new MemoryBTree(regions, typesOf('nat'), capacity);
      for (let key = 0; key < most; key++) tree.insert(BigInt(2 * key), 'x'.repeat(40));
      const before = [...tree.entries()];
      const counts = [tree.depth, tree.leafCount, tree.branchCount];
      const used = ROLES.map((role) => regions[role].allocated);
      for (const role of ROLES) {
        // All pages are handed out, and no more are to be had.
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

describe('what the library does beside', () => {
  const filled = (count: number, capacity = 4) => {
    const tree = new MemoryBTree(regionsUnder('max-value'), typesOf('nat-be'), capacity);
    for (let key = 1; key <= count; key++) tree.insert(BigInt(key), `value ${key}`);
    return tree;
  };

  test('a set has values of no bytes', () => {
    const types = typesOf('nat-be');
    const set = MemoryBTree.set(regionsUnder('max-value'), { key: types.key, order: types.order }, 4);
    expect([set.insert(3n, true), set.insert(1n, true), set.insert(3n, true)].map(Boolean)).toEqual([false, false, true]);
    expect([...set.entries()].map(([key]) => key)).toEqual([1n, 3n]);
    expect([set.remove(3n), set.remove(3n)].map(Boolean)).toEqual([true, false]);
    expect(set.regions.values.size).toBe(64);
    expect(findingsIn(set)).toEqual([]);
  });

  test('an entry stays as long as it is referred to', () => {
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

  test('intervals are of positions', () => {
    const tree = filled(20);
    expect(tree.interval(3n, 7n)).toEqual([2, 7]);
    expect(tree.interval(undefined, undefined)).toEqual([0, 20]);
    expect(() => tree.interval(0n, 7n)).toThrow(RangeError);
    expect(() => tree.at(20)).toThrow('There is no entry 20: the tree has 20.');
  });

  test('of a replaced value of 64 KiB or more only the low half of its size is given back', () => {
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
