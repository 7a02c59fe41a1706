import { fc, test as law } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { HeapBTree } from '../../../../../engine/motoko/memory-region/releases/heap-b-tree.ts';
import { InsertionOrder } from '../../../../../engine/motoko/memory-region/releases/insertion-order.ts';

const step = fc.tuple(fc.nat({ max: 4000 }), fc.nat({ max: 9 }));

law.prop([fc.array(step, { minLength: 3000, maxLength: 9000, size: 'max' }), fc.integer({ min: 2, max: 6 })], { numRuns: 10 })(
  'a tree on the heap behaves like a map',
  (steps, odds) => {
    const tree = new HeapBTree<number>();
    const map = new Map<number, number>();
    for (const [key, value] of steps) {
      if (map.has(key) && (key + value) % odds > 0) {
        expect(tree.delete(key)).toBe(map.get(key));
        map.delete(key);
      } else {
        expect(tree.set(key, value)).toBe(map.get(key));
        map.set(key, value);
      }
    }
    const sorted = [...map].sort(([a], [b]) => a - b).map(([key, value]) => ({ key, value }));
    expect([...tree.entries()]).toEqual(sorted);
    for (let key = 0; key < 4000; key += 53) {
      expect(tree.get(key)).toBe(map.get(key));
      expect(tree.floor(key)).toEqual(sorted.findLast((entry) => entry.key <= key));
      expect(tree.above(key)).toEqual(sorted.find((entry) => entry.key > key));
    }
    expect([tree.delete(-1), tree.delete(5000)]).toEqual([undefined, undefined]);
  },
);

test('the two searches are right in one node, but miss results in several', () => {
  const tree = new HeapBTree<string>();
  for (let key = 0; key < 31; key++) tree.set(10 * key, 'x');
  expect([tree.nearAbove(95)?.key, tree.nearBelow(95)?.key, tree.nearBelow(90)?.key]).toEqual([100, 90, 80]);
  expect([tree.nearAbove(301), tree.nearBelow(0)]).toEqual([undefined, undefined]);
  tree.set(310, 'x');
  // Now 160 is the only key above two leaves.
  expect([tree.nearAbove(95)?.key, tree.nearBelow(195)?.key]).toEqual([160, 160]);
  expect([tree.nearAbove(165)?.key, tree.nearBelow(155)?.key]).toEqual([170, 150]);
});

law.prop([fc.array(fc.tuple(fc.nat({ max: 2 }), fc.nat({ max: 40 })), { maxLength: 400, size: 'max' })])(
  'a set in the order of insertion behaves like a list',
  (steps) => {
    const set = new InsertionOrder({});
    const list: number[] = [];
    for (const [kind, number] of steps) {
      if (kind === 0 && !list.includes(number)) list.push(number);
      if (kind === 0) set.add(number);
      else if (kind === 1) {
        set.delete(number);
        if (list.includes(number)) list.splice(list.indexOf(number), 1);
      } else expect(set.pop()).toBe(list.pop());
      expect(set.size).toBe(list.length);
    }
    while (list.length > 0) expect(set.pop()).toBe(list.pop());
    expect(set.pop()).toBeUndefined();
  },
);
