export type Numbers = Uint8Array | Uint32Array | Float64Array;

const FIRST_CAPACITY = 1024;

/** A growable packed list of numbers, because a million events must not cost a million objects. */
export class NumberList {
  readonly #make: (capacity: number) => Numbers;
  #values: Numbers;
  #length = 0;

  private constructor(make: (capacity: number) => Numbers) {
    this.#make = make;
    this.#values = make(FIRST_CAPACITY);
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
    if (this.#length === this.#values.length) {
      const grown = this.#make(2 * this.#length);
      grown.set(this.#values);
      this.#values = grown;
    }
    this.#values[this.#length++] = value;
  }

  /** Returns the number at `index`, which must be in the list. */
  at(index: number): number {
    return this.#values[index] ?? 0;
  }

  set(index: number, value: number): void {
    this.#values[index] = value;
  }

  /** Returns the numbers as an array of their own. */
  toArray(): Numbers {
    return this.#values.slice(0, this.#length);
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
}
