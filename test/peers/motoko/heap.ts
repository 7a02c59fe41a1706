import { expect } from 'vitest';
import { OverlayMemory } from '../../../engine/core/memory/overlay.ts';
import { BytesSource, SourceMemory } from '../../../engine/core/memory/source.ts';
import { findInHeap } from '../../../engine/motoko/heap/find.ts';
import { message, nat64 } from './candid.ts';
import { Canister } from './canister.ts';
import { compile, type Persistence } from './compile.ts';

/** Returns the free list that `keep` makes from a seed. */
function blocksOf(seed: number, count: number): readonly (readonly [start: number, length: number])[] {
  let next = BigInt(seed);
  let address = 0n;
  return Array.from({ length: count }, () => {
    next = BigInt.asUintN(64, next * 6364136223846793005n + 1442695040888963407n);
    const size = ((next / 65536n) % 1000n) + 1n;
    const start = address + (next % 100n) + 1n;
    address = start + size;
    return [Number(start), Number(size)] as const;
  });
}

function found({ main }: Canister) {
  const { allocators, problem } = findInHeap(new SourceMemory(new BytesSource(main)));
  expect(problem).toBeUndefined();
  return allocators.map(({ path, regionId, regionPages, size, deallocated, pages, free }) => {
    return { path, regionId, regionPages, size, deallocated, pages, free: free.map(({ start, length }) => [start, length]) };
  });
}

/** Lets the actor of `heap.mo` keep free lists and make garbage, and reads them from its heap after each message. */
export function followHeap(persistence: Persistence, rounds: number): void {
  const canister = new Canister(compile('heap.mo', persistence), new OverlayMemory());
  let pages = 0;
  const check = (seed: number, count: number, size?: number): void => {
    const free = blocksOf(seed, count);
    const [start = 0, length = 0] = free.at(-1) ?? [];
    expect(found(canister)).toMatchObject([
      { path: expect.stringMatching(/\.pointers$/), regionId: 16n, regionPages: 0, size: 0, pages: 0, free: [] },
      {
        path: expect.stringMatching(/\.blobs$/),
        regionId: 17n,
        regionPages: pages,
        pages,
        size: size ?? start + length,
        deallocated: free.reduce((sum, [, each]) => sum + each, 0),
        free,
      },
    ]);
  };
  check(0, 0);
  for (let round = 1; round <= rounds; round++) {
    const count = round * 37;
    canister.call('keep', message(nat64(round), nat64(round), nat64(count)));
    pages += round;
    check(round, count);
    canister.call('churn', message(nat64(40_000)));
    check(round, count);
  }
  const huge = 2 ** 50 + 12_345;
  canister.call('huge', message(nat64(huge)));
  check(rounds, rounds * 37, huge);
  canister.preUpgrade();
  if (persistence === 'enhancedOP') check(rounds, rounds * 37, huge);
  canister.postUpgrade();
  check(rounds, rounds * 37, huge);
}
