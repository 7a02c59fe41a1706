import { fc, test as law } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { at } from '../../../../engine/core/memory/memory.ts';
import { BlockEditor } from '../../../../engine/trace/state/block-editor.ts';
import { BlockMap } from '../../../../engine/trace/state/block-map.ts';
import type { LiveBlock } from '../../../../engine/trace/state/block-tree.ts';

const order = (left: LiveBlock, right: LiveBlock) => left.address - right.address || left.step - right.step;

/** Requests: to allocate; to free a block as it was allocated; to free any range. `saves` says after which the map is looked at. */
const requests = fc
  .record({
    steps: fc.array(
      fc.record({
        place: fc.nat(400),
        size: fc.integer({ min: 1, max: 30 }),
        does: fc.oneof(
          { arbitrary: fc.constant('allocate'), weight: 6 },
          { arbitrary: fc.constant('free'), weight: 4 },
          { arbitrary: fc.constant('cut'), weight: 1 },
        ),
      }),
      { minLength: 1, maxLength: 400, size: 'max' },
    ),
    cuts: fc.boolean(),
    every: fc.constantFrom(1, 3, 60),
  })
  .map(({ steps, cuts, every }) => ({ steps: steps.filter(({ does }) => cuts || does !== 'cut'), every }));

/** Returns all states of a map and of a plain list after the same requests. */
function states({ steps, every }: { steps: readonly { place: number; size: number; does: string }[]; every: number }) {
  const editor = new BlockEditor(BlockMap.EMPTY);
  let list: readonly LiveBlock[] = [];
  const all = [{ map: BlockMap.EMPTY, list }];
  steps.forEach(({ place, size, does }, step) => {
    const victim = list[place % Math.max(1, list.length)];
    if (does === 'allocate') {
      editor.add({ address: at(0, place), size, step });
      list = [...list, { address: at(0, place), size, step }].sort(order);
    } else {
      const freed = does === 'free' && victim ? victim : { address: at(0, place), size };
      editor.free(freed.address, freed.size);
      list = without(list, freed.address, freed.size);
    }
    // Not all are saved, so that changes wait together, and nodes are also changed in place.
    if (step % every === 0 || step === steps.length - 1) all.push({ map: editor.save(), list });
  });
  return all;
}

/** Frees a range in a plain list: the last whole block, or else the range is cut out of all blocks. */
function without(list: readonly LiveBlock[], address: number, size: number): readonly LiveBlock[] {
  const whole = list.findLast((block) => block.address === address && block.size === size);
  if (whole) return list.filter((block) => block !== whole);
  const end = address + size;
  return list
    .flatMap((block) => {
      const blockEnd = block.address + block.size;
      if (blockEnd <= address || block.address >= end) return block;
      const head = block.address < address ? [{ ...block, size: address - block.address }] : [];
      return blockEnd > end ? [...head, { ...block, address: at(0, end), size: blockEnd - end }] : head;
    })
    .sort(order);
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

law.prop([requests, fc.nat(400), fc.nat(40)])('it is equal to a sorted list at every state', (requested, place, size) => {
  for (const { map, list } of states(requested).filter((_, index, all) => index % 37 === 0 || index === all.length - 1)) {
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
  (requested, first, second) => {
    const all = states(requested);
    const before = all[first % all.length] ?? { map: BlockMap.EMPTY, list: [] };
    const after = all[second % all.length] ?? before;
    const changes = BlockMap.changes(before.map, after.map, Number.POSITIVE_INFINITY);
    expect(changes.removed).toEqual(before.list.filter((block) => !after.list.includes(block)));
    expect(changes.added).toEqual(after.list.filter((block) => !before.list.includes(block)));
  },
);

test('a hundred thousand blocks come and go', () => {
  const editor = new BlockEditor(BlockMap.EMPTY);
  for (let step = 0; step < 100_000; step++) editor.add({ address: at(0, (step * 7919) % 100_000), size: 1, step });
  const all = editor.save();
  expect(all.count).toBe(100_000);
  for (let step = 0; step < 100_000; step++) editor.free(at(0, (step * 7919) % 100_000), 1);
  expect(editor.count).toBe(0);
  expect([all.count, all.bytes, all.gaps(0, 100_000).count]).toEqual([100_000, 100_000, 0]);
});
