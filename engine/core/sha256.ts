import { sha256 } from '@noble/hashes/sha2.js';
import type { Budget } from './budget.ts';
import { type Address, at, byteLength, PAGE_SIZE, type ReadableMemory } from './memory/memory.ts';

/** Takes bytes piece by piece and returns their SHA-256 (FIPS 180-4). Node has a faster one. */
export interface Hasher {
  update(bytes: Uint8Array): void;
  /** Returns the checksum of all bytes so far and ends the hasher's life. */
  digest(): Uint8Array;
}

/** The SHA-256 of a whole memory; undefined where the budget is spent before its end. A memory of 500 GiB takes minutes, however empty it is. */
export function hashMemory(memory: ReadableMemory, budget: Budget, hasher: Hasher = sha256.create()): Uint8Array | undefined {
  const page = new Uint8Array(PAGE_SIZE);
  for (let address: Address = at(0, 0); address < byteLength(memory); address = at(address, PAGE_SIZE)) {
    if (!budget.spend(PAGE_SIZE)) return undefined;
    memory.read(address, page);
    hasher.update(page);
  }
  return hasher.digest();
}
