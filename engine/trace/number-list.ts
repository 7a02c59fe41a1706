type Numbers = Uint8Array | Uint32Array | Float64Array;

const FIRST_CAPACITY = 1024;

/** A list of plain numbers that grows at its end, packed: a million events must not cost a million objects. */
export class NumberList {
  readonly #make: (capacity: number) => Numbers;
  #values: Numbers;
  #length = 0;

  private constructor(make: (capacity: number) => Numbers) {
    this.#make = make;
    this.#values = make(FIRST_CAPACITY);
  }

  /** Of numbers 0 to 255. */
  static bytes(): NumberList {
    return new NumberList((capacity) => new Uint8Array(capacity));
  }

  /** Of numbers 0 to 2^32 - 1. */
  static counts(): NumberList {
    return new NumberList((capacity) => new Uint32Array(capacity));
  }

  /** Of numbers up to 2^53. */
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

  /** The number at `index`, which lies inside of the list. */
  at(index: number): number {
    return this.#values[index] ?? 0;
  }

  set(index: number, value: number): void {
    this.#values[index] = value;
  }

  /** In an ascending list: how many numbers are not above `value`. */
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
