import { fc, test as law } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { BTree } from '../../../../../engine/motoko/memory-region/stores/b-tree.ts';

type Pair = readonly [number, number];

const small = fc.integer({ min: 0, max: 400 });
const step = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(fc.constant('insert' as const), small, small) },
  { weight: 2, arbitrary: fc.tuple(fc.constant('delete' as const), small, small) },
  { weight: 2, arbitrary: fc.tuple(fc.constant('replace' as const), small, small) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('probe' as const), small, small) },
);

const compare = (a: Pair, b: Pair) => a[0] - b[0] || a[1] - b[1];
const pairs = (tree: BTree) => [...tree.pairs()].map(({ key, value }): Pair => [key, value]);
const found = (pair: { key: number; value: number } | undefined): Pair | undefined => pair && [pair.key, pair.value];

law.prop([fc.array(step, { minLength: 200, maxLength: 2000, size: 'max' })], { numRuns: 30 })(
  'a tree of pairs behaves like a sorted list',
  (steps) => {
    const tree = new BTree(true);
    let list: Pair[] = [];
    for (const [kind, key, value] of steps) {
      const there = list.some((pair) => compare(pair, [key, value]) === 0);
      if (kind === 'insert' && !there) {
        tree.insert(key, value);
        list = [...list, [key, value] as const].sort(compare);
      } else if (kind === 'delete') {
        // Mostly an existing pair.
        const [victim, its] = list[(key * 7 + value) % (list.length + 1)] ?? [key, value];
        expect(tree.delete(victim, its)).toBe(list.some((pair) => compare(pair, [victim, its]) === 0));
        list = list.filter((pair) => compare(pair, [victim, its]) !== 0);
      } else if (kind === 'replace') {
        const [old, its] = list[(key * 7 + value) % (list.length + 1)] ?? [key, value];
        // Half of them keep their value.
        const by: Pair = [key, value % 2 === 0 ? its : value];
        const isTaken = list.some((pair) => compare(pair, by) === 0);
        if (isTaken) continue;
        expect(tree.replace(old, its, ...by)).toBe(list.some((pair) => compare(pair, [old, its]) === 0));
        list = list.map((pair) => (compare(pair, [old, its]) === 0 ? by : pair)).sort(compare);
      } else {
        expect(found(tree.floor(key, value))).toEqual(list.findLast((pair) => compare(pair, [key, value]) <= 0));
        expect(found(tree.above(key, value))).toEqual(list.find((pair) => compare(pair, [key, value]) > 0));
        const { before, after } = tree.around(key);
        expect(found(before)).toEqual(list.findLast((pair) => pair[0] <= key));
        expect(found(after)).toEqual(list.find((pair) => pair[0] > key));
        expect(found(tree.ceiling(key))).toEqual(list.find((pair) => pair[0] >= key));
        expect(found(tree.firstOfValue(value))).toEqual(list.find((pair) => pair[1] >= value));
        expect(tree.greatestValue).toBe(list.length > 0 ? Math.max(...list.map((pair) => pair[1])) : undefined);
      }
    }
    expect(tree.check()).toEqual([]);
    expect(pairs(tree)).toEqual(list);
    expect(found(tree.last())).toEqual(list.at(-1));
  },
);

const replacements = fc.array(fc.tuple(fc.integer({ min: 0, max: 120 }), small), {
  minLength: 300,
  maxLength: 3000,
  size: 'max',
});
law.prop([replacements, fc.boolean()], { numRuns: 40 })(
  'a tree with one pair per key behaves like a map',
  (steps, ranksValues) => {
    const tree = new BTree(ranksValues);
    const map = new Map<number, number>();
    for (const [key, value] of steps) {
      const old = map.get(key);
      if (old === undefined) tree.insert(key, value);
      else if (value % 4 === 0) expect(tree.delete(key, old)).toBe(true);
      else expect(tree.replace(key, old, key, value)).toBe(true);
      if (old !== undefined && value % 4 === 0) map.delete(key);
      else map.set(key, value);
    }
    expect(tree.check()).toEqual([]);
    expect(pairs(tree)).toEqual([...map].sort(compare));
  },
);

test('missing pairs are not deleted or replaced', () => {
  const tree = new BTree();
  tree.insert(1, 2);
  expect(tree.delete(1, 3)).toBe(false);
  expect(tree.replace(2, 2, 2, 5)).toBe(false);
  expect(pairs(tree)).toEqual([[1, 2]]);
});

test.each(['rising', 'falling', 'scattered'])('a hundred thousand pairs in %s order are added and removed', (order) => {
  const tree = new BTree();
  const count = 100_000;
  const keyOf = (index: number) => (order === 'rising' ? index : order === 'falling' ? count - index : (index * 7919) % 100_003);
  for (let index = 0; index < count; index++) tree.insert(keyOf(index), index);
  expect(tree.check()).toEqual([]);
  for (let index = 0; index < count; index++) if (index % 100 !== 0) tree.delete(keyOf(index), index);
  expect(tree.check()).toEqual([]);
  expect(tree.size).toBe(1000);
  for (let index = 0; index < count; index += 100) tree.delete(keyOf(index), index);
  expect(tree.size).toBe(0);
  expect(tree.check()).toEqual([]);
  for (let index = 0; index < 10_000; index++) tree.insert(keyOf(index), index);
  expect(tree.check()).toEqual([]);
  expect(tree.size).toBe(10_000);
});
