/** The cost of allocating and freeing under each policy, by the number of free blocks. */
import { at } from '../../../engine/core/memory/memory.ts';
import type { Allocator } from '../../../engine/motoko/memory-region/allocator.ts';
import { createAllocator, POLICY_NAMES, type PolicyName } from '../../../engine/motoko/memory-region/policies.ts';
import { duration, figuresOf, printHead, printRow } from '../table.ts';

const FREE_BLOCKS = [10_000, 100_000, 1_000_000];
/** Requests per measurement, which are few compared with the free blocks, and number of measurements. */
const REQUESTS = 2000;
const ROUNDS = 9;

export async function benchFreeStores(): Promise<void> {
  console.log(`
Time of one allocate and one deallocate, by the number of free blocks. The free blocks have random sizes up to 64 KiB and were freed in random order;
every other block is still in use. Each measurement makes ${REQUESTS.toLocaleString('en')} requests of 1 to 100 bytes. Times are the minimum of ${ROUNDS} measurements, because other
work on the machine costs more than the requests.
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
  const blocks = new Blocks(2 * freeBlocks);
  blocks.allocate(allocator, () => (next() % 65_536) + 1);
  blocks.deallocate(allocator, shuffled(freeBlocks, next), 2);
  const requests = new Blocks(REQUESTS);
  const allocates: number[] = [];
  const deallocates: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const start = performance.now();
    requests.allocate(allocator, () => (next() % 100) + 1);
    allocates.push(performance.now() - start);
    const order = shuffled(REQUESTS, next);
    const middle = performance.now();
    requests.deallocate(allocator, order, 1);
    deallocates.push(performance.now() - middle);
  }
  const each = (milliseconds: readonly number[]) => (figuresOf(milliseconds.slice(1)).least * 1e6) / REQUESTS;
  return { allocate: each(allocates), deallocate: each(deallocates) };
}

/** Allocated memory blocks. They are not objects, because millions of them would dominate the measurement. */
class Blocks {
  readonly #addresses: Float64Array;
  readonly #sizes: Float64Array;

  constructor(count: number) {
    this.#addresses = new Float64Array(count);
    this.#sizes = new Float64Array(count);
  }

  allocate(allocator: Allocator, nextSize: () => number): void {
    for (let index = 0; index < this.#sizes.length; index++) {
      const size = nextSize();
      const outcome = allocator.allocate(size);
      if (!outcome.ok) throw new Error(outcome.fault.message);
      this.#addresses[index] = outcome.value;
      this.#sizes[index] = size;
    }
  }

  /** Frees blocks in this order, one of every few. */
  deallocate(allocator: Allocator, order: Uint32Array, every: number): void {
    for (const place of order) {
      allocator.deallocate(at(0, this.#addresses[place * every] ?? 0), this.#sizes[place * every] ?? 0);
    }
  }
}

function shuffled(count: number, next: () => number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, index) => index);
  for (let index = count - 1; index > 0; index--) {
    const other = next() % (index + 1);
    const last = order[index] ?? 0;
    order[index] = order[other] ?? 0;
    order[other] = last;
  }
  return order;
}

/** Returns numbers of 30 bits, the same in every run. */
function random(): () => number {
  let state = 12_345;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const high = state >>> 17;
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return high * 32_768 + (state >>> 17);
  };
}
