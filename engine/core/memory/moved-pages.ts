import { type Address, assertHolds, at, PAGE_SIZE, type ReadableMemory } from './memory.ts';

/**
 * A memory as it was before pages were inserted into it or removed from it at `page`. `by` pages are skipped, or, when `by` is
 * negative, `-by` pages of zeros are read there.
 */
export class MovedPages implements ReadableMemory {
  readonly pages: number;
  readonly #base: ReadableMemory;
  readonly #page: number;
  readonly #by: number;

  constructor(base: ReadableMemory, page: number, by: number) {
    this.#base = base;
    this.#page = page;
    this.#by = by;
    this.pages = base.pages - by;
  }

  read(from: Address, into: Uint8Array): void {
    assertHolds(this, from, into.length);
    for (let done = 0; done < into.length; ) {
      const position = from + done;
      const page = Math.floor(position / PAGE_SIZE);
      const length = Math.min(PAGE_SIZE - (position % PAGE_SIZE), into.length - done);
      const part = into.subarray(done, done + length);
      if (page < this.#page) this.#base.read(at(0, position), part);
      else if (page < this.#page - this.#by) part.fill(0);
      else this.#base.read(at(0, position + this.#by * PAGE_SIZE), part);
      done += length;
    }
  }
}
