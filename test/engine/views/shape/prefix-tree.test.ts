import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { stepsOf } from '../../../../engine/views/shape/key-text.ts';
import { type PrefixGroups, prefixGroups } from '../../../../engine/views/shape/prefix-groups.ts';
import { bytesOf, type KeySteps, type PrefixNode, PrefixTree } from '../../../../engine/views/shape/prefix-tree.ts';

const CHARACTERS = stepsOf({ by: 'characters' });
const SLASHES = stepsOf({ by: 'separators', separators: '/' });

function treeOf(keys: readonly string[], steps: KeySteps, depth: number): PrefixTree {
  const tree = new PrefixTree(steps, depth);
  for (const [index, key] of keys.entries()) tree.add(key, key.length, index % 7);
  return tree;
}

/** Returns the steps of a key. */
function divided(key: string, steps: KeySteps): readonly string[] {
  const found: string[] = [];
  for (let from = 0; from < key.length; ) {
    const end = steps.end(key, from);
    found.push(key.slice(from, end));
    from = end;
  }
  return found;
}

/** Groups keys again, slowly: by the first step in which they differ. */
function grouped(keys: readonly (readonly [key: string, value: number])[], steps: KeySteps, depth: number): unknown {
  const split = keys.map(([key]) => divided(key, steps));
  const [first = []] = split;
  let common = 0;
  while (common < first.length && split.every((each) => each[common] === first[common])) common += 1;
  const byStep = new Map<string, (readonly [string, number])[]>();
  for (const [index, each] of split.entries()) {
    const step = each[common] ?? '';
    byStep.set(step, [...(byStep.get(step) ?? []), keys[index] ?? ['', 0]]);
  }
  const isLeaf = depth === 0 || byStep.size < 2;
  return {
    prefix: first.slice(0, common).join(''),
    keys: keys.length,
    keyBytes: keys.reduce((sum, [key]) => sum + key.length, 0),
    valueBytes: keys.reduce((sum, [, value]) => sum + value, 0),
    children: isLeaf ? [] : [...byStep].sort(byFirst).map(([, group]) => grouped(group, steps, depth - 1)),
  };
}

function shown(node: PrefixNode): unknown {
  const { prefix, keys, keyBytes, valueBytes, children } = node;
  const entries = children === undefined ? [] : [...children].sort(byFirst);
  return { prefix, keys, keyBytes, valueBytes, children: entries.map(([, child]) => shown(child)) };
}

function byFirst([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

const key = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '/'), maxLength: 8 });
const inAnyOrder = fc.array(key, { minLength: 1, maxLength: 40 });

describe('a tree of prefixes', () => {
  test.prop([inAnyOrder, fc.constantFrom(CHARACTERS, SLASHES), fc.integer({ min: 1, max: 4 })])(
    'is what grouping all keys by the first step in which they differ gives, in whatever order they come',
    (keys, steps, depth) => {
      const withValues = keys.map((each, index) => [each, index % 7] as const);
      expect(shown(treeOf(keys, steps, depth).root)).toEqual(grouped(withValues, steps, depth));
    },
  );

  test.prop([inAnyOrder, fc.integer({ min: 1, max: 4 })])('has groups whose sums add up, level by level', (keys, depth) => {
    const { root } = treeOf(keys, CHARACTERS, depth);
    expectSums(
      prefixGroups(root, (prefix) => prefix),
      root.keys,
      bytesOf(root),
    );
  });

  test('keeps the largest of a million beginnings, and the sums of all, with little memory', () => {
    const tree = new PrefixTree(SLASHES, 2);
    let bytes = 0;
    for (let index = 0; index < 300_000; index += 1) {
      const value = index % 100_000 === 7 ? 1_000_000 : 1;
      tree.add(`${String(index).padStart(7, '0')}/a`, 9, value);
      tree.add(`${String(index).padStart(7, '0')}/b`, 9, 1);
      bytes += 19 + value;
    }
    expect(tree.root.children?.size).toBeLessThan(200_000);
    expect(bytesOf(tree.root)).toBe(bytes);
    const { groups, others } = prefixGroups(tree.root, (prefix) => prefix);
    expect(groups.slice(0, 3).map(({ prefix, keys }) => [prefix, keys])).toEqual([
      ['0000007/', 2],
      ['0100007/', 2],
      ['0200007/', 2],
    ]);
    expect([groups.reduce((sum, group) => sum + group.bytes, 0) + (others?.bytes ?? 0), tree.isRough]).toEqual([bytes, false]);
    expect((others?.count ?? 0) + groups.length).toBe(300_000);
  });

  test('says so if it left out parts of a group that went on later', () => {
    const tree = new PrefixTree(SLASHES, 1);
    for (let round = 0; round < 2; round += 1)
      for (let index = 0; index < 150_000 + round; index += 1) tree.add(`${index * (2 - round)}/${round}`, 1, 0);
    expect([tree.root.keys, tree.isRough]).toEqual([300_001, true]);
    expectSums(
      prefixGroups(tree.root, (prefix) => prefix),
      300_001,
      300_001,
    );
  });
});

/** Expects that groups and the others add up to the group above, down to the last level. */
function expectSums({ groups, others }: PrefixGroups, keys: number, bytes: number): void {
  expect(groups.reduce((sum, group) => sum + group.keys, others?.keys ?? 0)).toBe(keys);
  expect(groups.reduce((sum, group) => sum + group.bytes, others?.bytes ?? 0)).toBe(bytes);
  for (const group of groups) {
    expect(group.keyBytes + group.valueBytes).toBe(group.bytes);
    if (group.groups.length > 0) expectSums(group, group.keys, group.bytes);
  }
}
