import { fc, test as law } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { RULES_0_7 } from '../../../../../engine/motoko/memory-region/stores/max-rules.ts';
import { MaxTree } from '../../../../../engine/motoko/memory-region/stores/max-tree.ts';

const compare = (a: readonly number[], b: readonly number[]) => (a[0] ?? 0) - (b[0] ?? 0);
const pairs = (tree: MaxTree) => [...tree.pairs()].map(({ key, value }) => [key, value]);

/** Few sizes, so that many are equal, and many addresses, so that there are three levels of nodes. */
const step = fc.tuple(fc.nat({ max: 3000 }), fc.integer({ min: 1, max: 5 }));

law.prop([fc.array(step, { minLength: 2000, maxLength: 6000, size: 'max' }), fc.integer({ min: 2, max: 9 })], { numRuns: 12 })(
  'a max-value tree behaves like a map',
  (steps, odds) => {
    const tree = new MaxTree();
    const map = new Map<number, number>();
    for (const [index, [address, size]] of steps.entries()) {
      const old = map.get(address);
      if (old === undefined) {
        tree.insert(address, size);
        map.set(address, size);
      } else if ((address + size) % odds === 0) {
        expect(tree.replace(address, old, address, size)).toBe(true);
        map.set(address, size);
      } else {
        expect(tree.delete(address, old)).toBe(true);
        map.delete(address);
      }
      if (index % 500 === 0) expect(tree.check()).toEqual([]);
    }
    expect(tree.check()).toEqual([]);
    const sorted = [...map].sort(compare);
    expect(pairs(tree)).toEqual(sorted);
    expect(tree.largest?.value).toBe(map.size === 0 ? undefined : Math.max(...map.values()));
    expect(tree.leafOfLargest().size).toBe(tree.largest?.value ?? -1);
    for (let address = 0; address < 3000; address += 97) {
      const floor = tree.floor(address);
      expect(floor && [floor.key, floor.value]).toEqual(sorted.findLast(([key]) => key <= address));
      const after = tree.around(address).after;
      expect(after && [after.key, after.value]).toEqual(sorted.find(([key]) => key > address));
      const ceiling = tree.ceiling(address);
      expect(ceiling && [ceiling.key, ceiling.value]).toEqual(sorted.find(([key]) => key >= address));
    }
  },
);

test('among equal blocks of one leaf the lowest address is the largest', () => {
  const tree = new MaxTree();
  for (const address of [300, 100, 200]) tree.insert(address, 8);
  expect(tree.largest).toEqual({ key: 100, value: 8 });
  tree.delete(100, 8);
  expect(tree.largest).toEqual({ key: 200, value: 8 });
});

test.each(['rising', 'falling'])('a hundred thousand blocks in %s order are added and removed', (order) => {
  const tree = new MaxTree();
  const count = 100_000;
  const addressOf = (index: number) => (order === 'rising' ? index : count - index) * 8;
  for (let index = 0; index < count; index++) tree.insert(addressOf(index), 1 + (index % 7));
  expect(tree.check()).toEqual([]);
  for (let index = 0; index < count; index++) if (index % 50 !== 0) tree.delete(addressOf(index), 1 + (index % 7));
  expect(tree.check()).toEqual([]);
  expect(tree.size).toBe(2000);
});

law.prop([fc.array(step, { minLength: 1500, maxLength: 3000, size: 'max' })], { numRuns: 8 })(
  'a copy continues like the original tree, and does not change it',
  (steps) => {
    const change = (tree: MaxTree, changes: typeof steps) => {
      for (const [address, size] of changes) if (!tree.delete(address)) tree.insert(address, size);
    };
    const tree = new MaxTree(RULES_0_7);
    change(tree, steps.slice(0, 1200));
    const copy = tree.copy();
    const before = pairs(tree);
    change(copy, steps.slice(1200));
    expect(pairs(tree)).toEqual(before);
    change(tree, steps.slice(1200));
    expect(pairs(copy)).toEqual(pairs(tree));
    expect([copy.size, copy.largest]).toEqual([tree.size, tree.largest]);
  },
);
