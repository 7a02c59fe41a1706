export type Numbers = Uint8Array | Uint32Array | Float64Array;

/** Numbers of a chunk: 2^14. */
const BITS = 14;
const CHUNK = 1 << BITS;
const MASK = CHUNK - 1;
const FIRST_CAPACITY = 256;
const MAX_COUNT = 2 ** 32 - 1;

/**
 * A growing packed list of whole numbers, because a million events must not cost a million objects. It grows by chunks, so that a long
 * list is never copied.
 */
export class NumberList {
  readonly #chunks: Numbers[] = [];
  readonly #make: (capacity: number) => Numbers;
  #last: Numbers;
  /** True if the last chunk has numbers above 2^32 - 1. */
  #isWide = false;
  #length = 0;

  private constructor(make: (capacity: number) => Numbers) {
    this.#make = make;
    this.#last = make(FIRST_CAPACITY);
    this.#chunks.push(this.#last);
  }

  /** Creates a list of numbers from 0 to 255. */
  static bytes(): NumberList {
    return new NumberList((capacity) => new Uint8Array(capacity));
  }

  /** Creates a list of numbers up to 2^53. Those up to 2^32 - 1 take 4 bytes each. */
  static counts(): NumberList {
    return new NumberList((capacity) => new Uint32Array(capacity));
  }

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    const place = this.#length & MASK;
    if (place === 0 && this.#length > 0) this.#addChunk();
    else if (place === this.#last.length) this.#replaceLast(2 * place, this.#isWide);
    if (value > MAX_COUNT && !this.#isWide) this.#replaceLast(this.#last.length, true);
    this.#last[place] = value;
    this.#length += 1;
  }

  /** Returns the number at `index`, which must be in the list. */
  at(index: number): number {
    return this.#chunks[index >>> BITS]?.[index & MASK] ?? 0;
  }

  /** Changes the number at `index`, which must be in the list, to another one that takes as much room. */
  set(index: number, value: number): void {
    const chunk = this.#chunks[index >>> BITS];
    if (chunk) chunk[index & MASK] = value;
  }

  /** Returns the numbers as an array of their own. */
  toArray(): Numbers {
    const isWide = this.#chunks.some((chunk) => chunk instanceof Float64Array);
    const all = isWide ? new Float64Array(this.#length) : this.#make(this.#length);
    for (const [index, chunk] of this.#chunks.entries()) {
      const start = index * CHUNK;
      all.set(chunk.subarray(0, Math.min(chunk.length, this.#length - start)), start);
    }
    return all;
  }

  /** Returns the count of numbers not above `value` in an ascending list. */
  rank(value: number): number {
    let low = 0;
    let high = this.#length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.at(middle) <= value) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #addChunk(): void {
    this.#isWide = false;
    this.#last = this.#make(CHUNK);
    this.#chunks.push(this.#last);
  }

  /** Makes the last chunk larger, or its numbers wider. */
  #replaceLast(capacity: number, isWide: boolean): void {
    const chunk = isWide ? new Float64Array(capacity) : this.#make(capacity);
    chunk.set(this.#last);
    this.#isWide = isWide;
    this.#last = chunk;
    this.#chunks[this.#chunks.length - 1] = chunk;
  }
}
