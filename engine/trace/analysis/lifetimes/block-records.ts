/** The end of the life of a block that is never freed, as a step. */
export const NEVER = 0xffff_ffff;

/** A size that does not fit in 32 bits is in a map of its own. */
const LARGE = 0xffff_ffff;
const FIRST_CAPACITY = 1024;

/** Where and from when a block is live. */
export interface NewRecord {
  readonly address: number;
  /** Bytes, at least 1. */
  readonly size: number;
  /** The first step after which it is live. */
  readonly begin: number;
  /** The step that allocated it: earlier than `begin` for a part of a split block, and for one that came back. */
  readonly born: number;
  /** The call path of its allocation, as a number of `CallPaths`. */
  readonly path: number;
}

/**
 * The blocks of one allocator over all steps, in packed arrays, because ten million must fit: 24 bytes a block. A block that is split
 * or comes back because its message was undone has a record for each part of its life. Records are in the order of their begins.
 */
export class BlockRecords {
  #count = 0;
  #addresses = new Float64Array(FIRST_CAPACITY);
  #sizes = new Uint32Array(FIRST_CAPACITY);
  #begins = new Uint32Array(FIRST_CAPACITY);
  #ends = new Uint32Array(FIRST_CAPACITY);
  #paths = new Uint32Array(FIRST_CAPACITY);
  /** Undefined while every block was born at its begin, as in most traces. */
  #borns: Uint32Array<ArrayBuffer> | undefined;
  readonly #large = new Map<number, number>();

  get count(): number {
    return this.#count;
  }

  addressOf(record: number): number {
    return this.#addresses[record] ?? 0;
  }

  sizeOf(record: number): number {
    const size = this.#sizes[record] ?? 0;
    return size === LARGE ? (this.#large.get(record) ?? LARGE) : size;
  }

  /** Returns the first step after which the block is live. */
  beginOf(record: number): number {
    return this.#begins[record] ?? 0;
  }

  /** Returns the first step after which it is not live any more, or `NEVER`. */
  endOf(record: number): number {
    return this.#ends[record] ?? NEVER;
  }

  /** Returns the step that allocated the block. */
  bornOf(record: number): number {
    return (this.#borns ?? this.#begins)[record] ?? 0;
  }

  pathOf(record: number): number {
    return this.#paths[record] ?? 0;
  }

  /** Returns true if the block is live after a step. */
  isLive(record: number, step: number): boolean {
    return this.beginOf(record) <= step && step < this.endOf(record);
  }

  /** Returns the number of records that begin at or before a step. */
  begunBy(step: number): number {
    let low = 0;
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.beginOf(middle) <= step) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Returns the records that are live after a step, in the order of their begins. */
  *liveAt(step: number): Generator<number, void, undefined> {
    const count = this.begunBy(step);
    for (let record = 0; record < count; record++) if (step < this.endOf(record)) yield record;
  }

  /** Adds a record and returns its number. Begins must not decrease. */
  add({ address, size, begin, born, path }: NewRecord): number {
    const record = this.#count++;
    if (record === this.#addresses.length) this.#resize(2 * record);
    if (born !== begin) this.#borns ??= this.#begins.slice();
    this.#addresses[record] = address;
    this.#sizes[record] = Math.min(size, LARGE);
    if (size >= LARGE) this.#large.set(record, size);
    this.#begins[record] = begin;
    this.#ends[record] = NEVER;
    this.#paths[record] = path;
    if (this.#borns) this.#borns[record] = born;
    return record;
  }

  /** Ends the life of a block at a step. */
  end(record: number, step: number): void {
    this.#ends[record] = step;
  }

  /** Frees the memory that is left for further records. */
  trim(): void {
    this.#resize(this.#count);
  }

  #resize(capacity: number): void {
    this.#addresses = resized(this.#addresses, new Float64Array(capacity));
    this.#sizes = resized(this.#sizes, new Uint32Array(capacity));
    this.#begins = resized(this.#begins, new Uint32Array(capacity));
    this.#ends = resized(this.#ends, new Uint32Array(capacity));
    this.#paths = resized(this.#paths, new Uint32Array(capacity));
    if (this.#borns) this.#borns = resized(this.#borns, new Uint32Array(capacity));
  }
}

function resized<T extends Float64Array | Uint32Array>(from: T, to: T): T {
  to.set(from.length > to.length ? from.subarray(0, to.length) : from);
  return to;
}
