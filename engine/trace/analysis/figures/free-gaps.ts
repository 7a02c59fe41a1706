import { LiveIndex } from '../lifetimes/live-index.ts';
import { SizeCounts } from './size-counts.ts';

/** The free ranges between the live blocks of an allocator and below its size, merged: their number, bytes, and the largest. */
export class FreeGaps {
  readonly #live = new LiveIndex();
  readonly #base: number;
  readonly #sizes = new SizeCounts();
  #size = 0;
  #count = 0;
  #bytes = 0;

  /** `base` is the lowest address of the allocator's blocks. */
  constructor(base: number) {
    this.#base = base;
  }

  get count(): number {
    return this.#count;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get largest(): number {
    return this.#sizes.largest();
  }

  add(block: number, address: number, end: number): void {
    this.#update(address, end, -1);
    this.#live.add(block, address, end);
    this.#update(address, end, 1);
  }

  remove(block: number, address: number, end: number): void {
    this.#update(address, end, -1);
    this.#live.remove(block, address);
    this.#update(address, end, 1);
  }

  /** Sets the bytes that were ever allocated. */
  resize(size: number): void {
    const from = Math.min(size, this.#size);
    const to = Math.max(size, this.#size);
    this.#update(from, to, -1);
    this.#size = size;
    this.#update(from, to, 1);
  }

  /** Adds or removes the gaps that a range touches. A change within the range changes no others. */
  #update(start: number, end: number, by: 1 | -1): void {
    let from = Math.max(this.#base, this.#live.maxEndBelow(start));
    let isTail = true;
    this.#live.eachFrom(start, (_, address, blockEnd) => {
      // Nothing above the size is free, also if a damaged trace has blocks there.
      if (from > Math.min(end, this.#size)) {
        isTail = false;
        return false;
      }
      if (address > from) this.#change(address - from, by);
      from = Math.max(from, blockEnd);
      return true;
    });
    if (isTail && from <= end && this.#size > from) this.#change(this.#size - from, by);
  }

  #change(size: number, by: 1 | -1): void {
    this.#count += by;
    this.#bytes += by * size;
    if (by > 0) this.#sizes.add(size);
    else this.#sizes.remove(size);
  }
}
