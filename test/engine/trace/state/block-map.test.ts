import { fc, test as law } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { at } from '../../../../engine/core/memory/memory.ts';
import { BlockMap, type LiveBlock } from '../../../../engine/trace/state/block-map.ts';

const order = (left: LiveBlock, right: LiveBlock) => left.address - right.address || left.step - right.step;
const requests = fc.array(fc.record({ place: fc.nat(400), size: fc.integer({ min: 1, max: 30 }), remove: fc.boolean() }), {
  minLength: 1,
  maxLength: 400,
});

/** Returns all states of a map and of a plain list after the same requests. */
function states(steps: readonly { place: number; size: number; remove: boolean }[]) {
  let map = BlockMap.EMPTY;
  let list: readonly LiveBlock[] = [];
  const all = [{ map, list }];
  steps.forEach(({ place, size, remove }, step) => {
    const victim = list[place % Math.max(1, list.length)];
    if (remove && victim) {
      map = map.without(victim);
      list = list.filter((block) => block !== victim);
    } else {
      const block = { address: at(0, place), size, step };
      map = map.with(block);
      list = [...list, block].sort(order);
    }
    all.push({ map, list });
  });
  return all;
}

law.prop([requests, fc.nat(400), fc.nat(40)])('it is equal to a sorted list at every state', (steps, place, size) => {
  for (const { map, list } of states(steps).filter((_, index, all) => index % 37 === 0 || index === all.length - 1)) {
    expect([...map.from(0)]).toEqual(list);
    expect([...map.from(place)]).toEqual(list.filter((block) => block.address >= place));
    expect([...map.fromIndex(size)]).toEqual(list.slice(size));
    expect(map.count).toBe(list.length);
    expect(map.bytes).toBe(list.reduce((sum, block) => sum + block.size, 0));
    expect(map.end).toBe(Math.max(0, ...list.map((block) => block.address + block.size)));
    expect(map.before(place)).toEqual(list.findLast((block) => block.address < place));
    const touched = list.filter((block) => block.address < place + size && block.address + block.size > place);
    expect([...map.overlapping(place, size)]).toEqual(touched);
    const there = list.filter((block) => block.address === place);
    expect(map.startingAt(at(0, place), size)).toEqual(there.findLast((block) => block.size === size) ?? there.at(-1));
  }
});

law.prop([requests, fc.nat(), fc.nat()])(
  'the changes between two states are the blocks that only one has',
  (steps, first, second) => {
    const all = states(steps);
    const before = all[first % all.length] ?? { map: BlockMap.EMPTY, list: [] };
    const after = all[second % all.length] ?? before;
    const changes = BlockMap.changes(before.map, after.map, Number.POSITIVE_INFINITY);
    expect(changes.removed).toEqual(before.list.filter((block) => !after.list.includes(block)));
    expect(changes.added).toEqual(after.list.filter((block) => !before.list.includes(block)));
  },
);

test('a hundred thousand blocks come and go', () => {
  let map = BlockMap.EMPTY;
  for (let step = 0; step < 100_000; step++) map = map.with({ address: at(0, (step * 7919) % 100_000), size: 1, step });
  expect(map.count).toBe(100_000);
  for (let step = 0; step < 100_000; step++) map = map.without({ address: at(0, (step * 7919) % 100_000), size: 1, step });
  expect(map.count).toBe(0);
});
