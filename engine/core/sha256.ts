import { sha256 } from '@noble/hashes/sha2.js';
import type { Budget } from './budget.ts';
import { type Address, at, byteLength, PAGE_SIZE, type ReadableMemory } from './memory/memory.ts';

/** Computes the SHA-256 (FIPS 180-4) of bytes that arrive in pieces. Node has a faster implementation. */
export interface Hasher {
  update(bytes: Uint8Array): void;
  /** Returns the checksum of all bytes so far. The hasher cannot be used afterwards. */
  digest(): Uint8Array;
}

/**
 * Returns the SHA-256 of a whole memory; undefined when the budget ends first. A memory of 500 GiB takes minutes, even if it is
 * empty.
 */
export function hashMemory(memory: ReadableMemory, budget: Budget, hasher: Hasher = sha256.create()): Uint8Array | undefined {
  const page = new Uint8Array(PAGE_SIZE);
  for (let address: Address = at(0, 0); address < byteLength(memory); address = at(address, PAGE_SIZE)) {
    if (!budget.spend(PAGE_SIZE)) return undefined;
    memory.read(address, page);
    hasher.update(page);
  }
  return hasher.digest();
}
