export type Numbers = Uint8Array | Uint32Array | Float64Array;

/** Capacity of a new list. It doubles up to that of a chunk. After that, whole chunks follow. */
const FIRST_CAPACITY = 1024;
const CHUNK_BITS = 16;
const CHUNK = 2 ** CHUNK_BITS;

/** A growable packed list of numbers, because a million events must not cost a million objects. A long one is never copied to grow. */
export class NumberList {
  readonly #make: (capacity: number) => Numbers;
  readonly #chunks: Numbers[];
  #last: Numbers;
  #length = 0;

  private constructor(make: (capacity: number) => Numbers) {
    this.#make = make;
    this.#last = make(FIRST_CAPACITY);
    this.#chunks = [this.#last];
  }

  /** Creates a list of numbers from 0 to 255. */
  static bytes(): NumberList {
    return new NumberList((capacity) => new Uint8Array(capacity));
  }

  /** Creates a list of numbers from 0 to 2^32 - 1. */
  static counts(): NumberList {
    return new NumberList((capacity) => new Uint32Array(capacity));
  }

  /** Creates a list of numbers up to 2^53. */
  static offsets(): NumberList {
    return new NumberList((capacity) => new Float64Array(capacity));
  }

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    const place = this.#length % CHUNK;
    if (place === this.#last.length || (place === 0 && this.#length > 0)) this.#grow();
    this.#last[place] = value;
    this.#length += 1;
  }

  /** Returns the number at `index`, which must be in the list. */
  at(index: number): number {
    return this.#chunks[index >>> CHUNK_BITS]?.[index % CHUNK] ?? 0;
  }

  set(index: number, value: number): void {
    const chunk = this.#chunks[index >>> CHUNK_BITS];
    if (chunk) chunk[index % CHUNK] = value;
  }

  /** Returns the numbers as an array of their own. */
  toArray(): Numbers {
    const all = this.#make(this.#length);
    for (const [chunk, values] of this.#chunks.entries())
      all.set(values.subarray(0, this.#length - chunk * CHUNK), chunk * CHUNK);
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

  #grow(): void {
    const isFull = this.#last.length === CHUNK;
    const grown = this.#make(isFull ? CHUNK : 2 * this.#last.length);
    if (isFull) this.#chunks.push(grown);
    else {
      grown.set(this.#last);
      this.#chunks[0] = grown;
    }
    this.#last = grown;
  }
}
