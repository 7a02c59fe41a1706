import { fc, test as law } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { at } from '../../../../engine/core/memory/memory.ts';
import { BlockMap } from '../../../../engine/trace/state/block-map.ts';
import type { LiveBlock } from '../../../../engine/trace/state/block-tree.ts';

const order = (left: LiveBlock, right: LiveBlock) => left.address - right.address || left.step - right.step;
const requests = fc.array(fc.record({ place: fc.nat(400), size: fc.integer({ min: 1, max: 30 }), remove: fc.boolean() }), {
  minLength: 1,
  maxLength: 400,
});

/** Returns all states of a map and of a plain list after the same requests. */
function states(steps: readonly { place: number; size: number; remove: boolean }[]) {
  const editor = BlockMap.EMPTY.edit();
  let map = BlockMap.EMPTY;
  let list: readonly LiveBlock[] = [];
  const all = [{ map, list }];
  steps.forEach(({ place, size, remove }, step) => {
    const victim = list[place % Math.max(1, list.length)];
    if (remove && victim) {
      editor.remove(victim);
      list = list.filter((block) => block !== victim);
    } else {
      const block = { address: at(0, place), size, step };
      editor.add(block);
      list = [...list, block].sort(order);
    }
    // Some steps are not saved, so that nodes are also changed in place.
    if (place % 3 > 0) map = editor.save();
    if (place % 3 > 0) all.push({ map, list });
  });
  return all;
}

function touchedBy(list: readonly LiveBlock[], address: number, size: number): readonly LiveBlock[] {
  return list.filter((block) => block.address < address + size && block.address + block.size > address);
}

/** Counts the gaps byte by byte. */
function gapsOf(list: readonly LiveBlock[], from: number, to: number) {
  const sizes: number[] = [];
  for (let address = from, size = 0; address <= to; address++) {
    const isFree = address < to && touchedBy(list, address, 1).length === 0;
    if (isFree) size += 1;
    else if (size > 0) sizes.push(size);
    if (!isFree) size = 0;
  }
  return { count: sizes.length, bytes: sizes.reduce((sum, size) => sum + size, 0), largest: Math.max(0, ...sizes) };
}

law.prop([requests, fc.nat(400), fc.nat(40)])('it is equal to a sorted list at every state', (steps, place, size) => {
  for (const { map, list } of states(steps).filter((_, index, all) => index % 37 === 0 || index === all.length - 1)) {
    expect([...map.from(0)]).toEqual(list);
    expect([...map.from(place)]).toEqual(list.filter((block) => block.address >= place));
    expect([...map.fromIndex(size)]).toEqual(list.slice(size));
    expect(map.count).toBe(list.length);
    expect(map.bytes).toBe(list.reduce((sum, block) => sum + block.size, 0));
    expect(map.end).toBe(Math.max(0, ...list.map((block) => block.address + block.size)));
    const below = list.filter((block) => block.address < place);
    expect(map.endBelow(place)).toBe(Math.max(0, ...below.map((block) => block.address + block.size)));
    expect(map.before(place)).toEqual(list.findLast((block) => block.address < place));
    expect([...map.overlapping(place, size)]).toEqual(touchedBy(list, place, size));
    const there = list.filter((block) => block.address === place);
    expect(map.startingAt(at(0, place), size)).toEqual(there.findLast((block) => block.size === size) ?? there.at(-1));
    expect(map.firstOverlapping(place, size + 1)).toEqual(touchedBy(list, place, size + 1)[0]);
    expect(map.gaps(place % 7, 500)).toEqual(gapsOf(list, place % 7, 500));
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
  const editor = BlockMap.EMPTY.edit();
  for (let step = 0; step < 100_000; step++) editor.add({ address: at(0, (step * 7919) % 100_000), size: 1, step });
  const all = editor.save();
  expect(all.count).toBe(100_000);
  for (let step = 0; step < 100_000; step++) editor.remove({ address: at(0, (step * 7919) % 100_000), size: 1, step });
  expect(editor.count).toBe(0);
  expect([all.count, all.bytes, all.gaps(0, 100_000).count]).toEqual([100_000, 100_000, 0]);
});
