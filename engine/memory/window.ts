import { type Address, assertHolds, at, PAGE_SIZE, type ReadableMemory } from './memory.ts';

/** A run of whole pages of another memory, with addresses of its own: what `RestrictedMemory` leaves behind. Reading only. */
export class MemoryWindow implements ReadableMemory {
  readonly pages: number;
  readonly #base: ReadableMemory;
  readonly #start: Address;

  constructor(base: ReadableMemory, start: Address, pages: number) {
    assertHolds(base, start, pages * PAGE_SIZE);
    this.#base = base;
    this.#start = start;
    this.pages = pages;
  }

  read(from: Address, into: Uint8Array): void {
    assertHolds(this, from, into.length);
    this.#base.read(at(this.#start, from), into);
  }
}
