/** What handing out and giving back cost under each policy when so many blocks are free: it grows with the logarithm of their number. */
import type { Address } from '../../../engine/memory/memory.ts';
import type { Allocator } from '../../../engine/motoko/memory-region/allocator.ts';
import { createAllocator, POLICY_NAMES, type PolicyName } from '../../../engine/motoko/memory-region/policies.ts';
import { duration, figuresOf, printHead, printRow } from '../table.ts';

const FREE_BLOCKS = [10_000, 100_000, 1_000_000];
/** Requests that are measured at a time, few beside the free blocks, and how often. */
const REQUESTS = 2000;
const ROUNDS = 9;

interface Block {
  readonly address: Address;
  readonly size: number;
}

export function benchFreeStores(): void {
  console.log(`
Nanoseconds of one allocate and of one deallocate, with so many blocks free: random sizes up to 64 KiB, given back in random order, every
other block still in use. ${REQUESTS.toLocaleString('en')} requests of 1 to 100 bytes at a time, ${ROUNDS} times: the median.
`);
  const counts = FREE_BLOCKS.map((count) => count.toLocaleString('en'));
  printHead('policy', ...counts.map((count) => `allocate, ${count}`), ...counts.map((count) => `deallocate, ${count}`));
  for (const policy of POLICY_NAMES) {
    const times = FREE_BLOCKS.map((count) => timesOf(policy, count));
    printRow(policy, ...times.map(({ allocate }) => duration(allocate)), ...times.map(({ deallocate }) => duration(deallocate)));
  }
}

interface Times {
  readonly allocate: number;
  readonly deallocate: number;
}

function timesOf(policy: PolicyName, freeBlocks: number): Times {
  const next = random();
  const allocator = createAllocator(policy);
  const blocks = Array.from({ length: 2 * freeBlocks }, () => allocated(allocator, (next() % 65_536) + 1));
  const others = blocks.filter((_, index) => index % 2 === 0);
  shuffle(others, next);
  for (const { address, size } of others) allocator.deallocate(address, size);
  const allocates: number[] = [];
  const deallocates: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const sizes = Array.from({ length: REQUESTS }, () => (next() % 100) + 1);
    const taken: Block[] = [];
    const start = performance.now();
    for (const size of sizes) taken.push(allocated(allocator, size));
    allocates.push(performance.now() - start);
    shuffle(taken, next);
    const middle = performance.now();
    for (const { address, size } of taken) allocator.deallocate(address, size);
    deallocates.push(performance.now() - middle);
  }
  const each = (milliseconds: readonly number[]) => (figuresOf(milliseconds.slice(1)).median * 1e6) / REQUESTS;
  return { allocate: each(allocates), deallocate: each(deallocates) };
}

function allocated(allocator: Allocator, size: number): Block {
  const outcome = allocator.allocate(size);
  if (!outcome.ok) throw new Error(outcome.fault.message);
  return { address: outcome.value, size };
}

function shuffle(blocks: Block[], next: () => number): void {
  for (let index = blocks.length - 1; index > 0; index--) {
    const other = next() % (index + 1);
    const [a, b] = [blocks[index], blocks[other]];
    if (!a || !b) return;
    blocks[index] = b;
    blocks[other] = a;
  }
}

/** Numbers of 30 bits, the same in every run. */
function random(): () => number {
  let state = 12_345;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const high = state >>> 17;
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return high * 32_768 + (state >>> 17);
  };
}
