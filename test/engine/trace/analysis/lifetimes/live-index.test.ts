import { fc, test as law } from '@fast-check/vitest';
import { expect } from 'vitest';
import { LiveIndex } from '../../../../../engine/trace/analysis/lifetimes/live-index.ts';

interface Block {
  readonly block: number;
  readonly address: number;
  readonly end: number;
}

const add = fc.record({
  address: fc.nat(5_000),
  size: fc.oneof(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 3_000 })),
});

/** Returns the highest number of the blocks with the same start and end. */
function latestLike({ address, end }: Block, blocks: readonly Block[]): number {
  return Math.max(...blocks.filter((one) => one.address === address && one.end === end).map(({ block }) => block));
}

law.prop([fc.array(add, { minLength: 300, maxLength: 1_200 }), fc.array(fc.nat(), { maxLength: 1_000 }), fc.nat(1)], {
  numRuns: 100,
})('an index of live blocks answers as a list of them', (added, removed, overlaps) => {
  const index = new LiveIndex();
  let blocks: Block[] = [];
  const put = (block: Block): void => {
    index.add(block.block, block.address, block.end);
    blocks.push(block);
  };
  // Half of the runs have no overlaps, which is the faster way.
  for (const [block, { address, size }] of added.entries()) {
    if (overlaps === 1) put({ block, address, end: address + size });
    else if (!blocks.some((other) => other.address === 10 * address))
      put({ block, address: 10 * address, end: 10 * address + 10 });
  }
  const check = (address: number): void => {
    const sorted = blocks.toSorted((a, b) => a.address - b.address);
    const reach = address + 50;
    const meeting = sorted.filter((one) => one.address < reach && one.end > address).map(({ block }) => block);
    expect([...index.overlapping(address, reach)].sort()).toEqual(meeting.sort());
    const below = sorted.filter((one) => one.address < address).map(({ end }) => end);
    expect(index.maxEndBelow(address)).toBe(Math.max(Number.NEGATIVE_INFINITY, ...below));
    const after: number[] = [];
    index.eachFrom(address, (_, start) => after.push(start) < 5);
    expect(after).toEqual(
      sorted
        .filter((one) => one.address >= address)
        .slice(0, 5)
        .map((one) => one.address),
    );
    expect(index.count).toBe(blocks.length);
  };
  for (const [turn, place] of removed.entries()) {
    const gone = blocks[place % Math.max(1, blocks.length)];
    if (!gone) break;
    if (turn % 2 === 0) index.remove(gone.block, gone.address);
    // Of several with the same start and end, the one with the highest number is taken.
    else expect(index.take(gone.address, gone.end, (block) => block)).toBe(latestLike(gone, blocks));
    const removedBlock = turn % 2 === 0 ? gone.block : latestLike(gone, blocks);
    blocks = blocks.filter(({ block }) => block !== removedBlock);
    if (turn % 29 === 0) check(place % 6_000);
    if (turn % 7 === 0) put({ ...gone, block: 10_000 + turn });
  }
  for (let address = 0; address < 50_000; address += 4_999) check(address);
  expect(index.overlapped || overlaps === 0).toBe(true);
});
