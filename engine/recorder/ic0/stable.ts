import { at, PAGE_SIZE } from '../../core/memory/memory.ts';
import { Trap } from '../trap.ts';
import type { Word } from '../web-assembly.ts';
import { IN } from './contexts.ts';
import { type System, type SystemFunction, unsigned, unsigned64 } from './system.ts';

/** Maximum pages for the functions with 32-bit addresses: 4 GiB. */
const MAX_PAGES_32 = 65_536;

/** Stable memory: by addresses of 32 bits, and of 64 bits. */
export const STABLE: Readonly<Record<string, SystemFunction>> = {
  stable_size: { contexts: IN.anything, run: (system) => pages32(system, 'stable_size') },
  stable_grow: {
    contexts: IN.anything,
    run: (system, by) => {
      const added = unsigned(by);
      return pages32(system, 'stable_grow') + added > MAX_PAGES_32
        ? system.stable.grow(Number.POSITIVE_INFINITY)
        : system.stable.grow(added);
    },
  },
  stable_write: {
    contexts: IN.anything,
    run: (system, to, from = 0, length = 0) => {
      pages32(system, 'stable_write');
      system.stable.write(at(0, unsigned(to)), system.bytes(from, length));
      return undefined;
    },
  },
  stable_read: {
    contexts: IN.anything,
    run: (system, to = 0, from, length = 0) => {
      pages32(system, 'stable_read');
      system.stable.read(at(0, unsigned(from)), system.room(to, length));
      return undefined;
    },
  },
  stable64_size: { contexts: IN.anything, run: (system) => BigInt(system.stable.pages) },
  stable64_grow: { contexts: IN.anything, run: (system, by) => BigInt(system.stable.grow(unsigned(by))) },
  stable64_write: {
    contexts: IN.anything,
    run: (system, to, from = 0, length = 0) => {
      system.stable.write(at(0, unsigned(to)), system.bytes(from, length), farIn(to));
      return undefined;
    },
  },
  stable64_read: {
    contexts: IN.anything,
    run: (system, to = 0, from, length = 0) => {
      system.stable.read(at(0, unsigned(from)), system.room(to, length), farIn(from));
      return undefined;
    },
  },
};

/** Returns the exact address if a number cannot hold it. It is beyond any memory. */
function farIn(address: Word | undefined): bigint | undefined {
  const exact = unsigned64(address);
  return exact > BigInt(Number.MAX_SAFE_INTEGER) ? exact : undefined;
}

/** Returns the size in pages. @throws Trap if addresses of 32 bits do not reach all of it */
function pages32({ stable }: System, name: string): number {
  if (stable.pages > MAX_PAGES_32)
    throw new Trap(
      `ic0.${name} was called, but stable memory has more than ${(MAX_PAGES_32 * PAGE_SIZE) / 2 ** 30} GiB. Only the stable64 functions work then.`,
    );
  return stable.pages;
}
