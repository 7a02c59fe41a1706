import { formatCount } from '../../core/format.ts';
import { type Address, at, viewOf } from '../../core/memory/memory.ts';
import { moveBytes } from '../../core/memory/move.ts';
import { done, type Outcome, settled } from '../memory-region/fault.ts';
import type { MemoryRegion } from '../memory-region/operate.ts';
import type { Blobify } from './blobify.ts';
import {
  BLOBS_MAGIC,
  COUNT_AT,
  encodeHeader,
  HEADER_LENGTH,
  POINTERS_MAGIC,
  putCount,
  putRecord,
  RECORD_LENGTH,
  recordAt,
  recordIn,
  type ValueRecord,
} from './layout.ts';
import { LruCache } from './lru-cache.ts';
import { reversedOrder, shuffledOrder, sortedOrder } from './order.ts';

/** Two regions without any allocations. The library makes the one for pointers first. */
export interface BufferRegions {
  readonly pointers: MemoryRegion;
  readonly blobs: MemoryRegion;
}

/**
 * The indexes of an iterator: from `from` up to, but not including, `to`. All by default. With `backwards` the last comes first.
 */
export interface Range {
  readonly from?: number;
  readonly to?: number;
  readonly backwards?: boolean;
}

/**
 * A sort order: by values, which are undefined if their bytes cannot be decoded, or by their blobs. Negative if `a` comes first.
 */
export type SortBy<A> =
  | { readonly values: (a: A | undefined, b: A | undefined) => number }
  | { readonly blobs: (a: Uint8Array, b: Uint8Array) => number };

/**
 * The operations of `MemoryBuffer`, layout version 0. Both regions have the same bytes and free blocks as the library's, if they
 * allocate like the release that the library was built with.
 */
export class MemoryBuffer<A> {
  readonly pointers: MemoryRegion;
  readonly blobs: MemoryRegion;
  readonly #blobify: Blobify<A>;
  // The library keeps the count on the heap, too.
  #count = 0;
  /** Buffer for reading and writing records: a new array for each would dominate the run time. */
  readonly #recordBytes = new Uint8Array(RECORD_LENGTH);
  readonly #recordView = viewOf(this.#recordBytes);
  readonly #countBytes = new Uint8Array(COUNT_AT.length);
  readonly #countView = viewOf(this.#countBytes);
  /** Decoded values by address. Their bytes are kept, too, so that a value is used only while the memory still has them. */
  readonly #decoded: LruCache<Address, { readonly blob: Uint8Array; readonly value: A | undefined }> | undefined;

  /** Makes a new, empty buffer. Keeps the last `cached` values that were read in decoded form. Callers must not change them. */
  constructor({ pointers, blobs }: BufferRegions, blobify: Blobify<A>, cached = 0) {
    this.pointers = pointers;
    this.blobs = blobs;
    this.#blobify = blobify;
    this.#decoded = cached > 0 ? new LruCache(cached) : undefined;
    this.#makeHeaders();
  }

  /** Does what the library's `init` does, which makes a buffer of `size - 1` values. */
  static init<A>(regions: BufferRegions, blobify: Blobify<A>, size: number, value: A): MemoryBuffer<A> {
    const buffer = new MemoryBuffer(regions, blobify);
    for (let index = 1; index < size; index++) buffer.add(value);
    return buffer;
  }

  get length(): number {
    return this.#count;
  }

  /**
   * Returns the value at an index, or undefined if its bytes cannot be decoded.
   * @throws RangeError for an index past the last value.
   */
  get(index: number): A | undefined {
    this.#assertHas(index);
    return this.#valueAt(index);
  }

  /**
   * Appends a value.
   * @throws OutOfMemory when a region cannot grow. The buffer is then unchanged.
   */
  add(value: A): void {
    const blob = this.#blobify.toBlob(value);
    const address = this.blobs.addBlob(blob);
    try {
      this.#reserveRecord();
    } catch (error) {
      this.blobs.deallocate(address, blob.length);
      throw error;
    }
    this.#storeRecord(this.#count, { address, size: blob.length });
    this.#setCount(this.#count + 1);
  }

  addAll(values: Iterable<A>): void {
    for (const value of values) this.add(value);
  }

  /**
   * Inserts a value before the one at `index`, or at the end.
   * @throws OutOfMemory when a region cannot grow. The buffer is then unchanged.
   */
  insert(index: number, value: A): void {
    if (index !== this.#count) this.#assertHas(index);
    const blob = this.#blobify.toBlob(value);
    this.#reserveRecord();
    const address = this.blobs.addBlob(blob);
    this.#moveRecords(index, index + 1);
    this.#storeRecord(index, { address, size: blob.length });
    this.#setCount(this.#count + 1);
  }

  /**
   * Replaces the value at `index`. A value of the same size stays in its place.
   * @throws OutOfMemory when a region cannot grow. The buffer is then unchanged.
   */
  put(index: number, value: A): void {
    this.#assertHas(index);
    const blob = this.#blobify.toBlob(value);
    const old = this.#record(index);
    const address = settled(this.blobs.resize(at(0, old.address), old.size, blob.length));
    if (old.size !== blob.length) this.#storeRecord(index, { address, size: blob.length });
    this.blobs.storeBlob(address, blob);
  }

  /** Removes the value at `index`, and frees its block. Does not clear the record after the new last one. */
  remove(index: number): A | undefined {
    this.#assertHas(index);
    const { address, size } = this.#record(index);
    const blob = settled(this.blobs.removeBlob(at(0, address), size));
    this.#moveRecords(index + 1, index);
    this.#setCount(this.#count - 1);
    return this.#blobify.fromBlob(blob);
  }

  /** Removes and returns the last value. Returns undefined if there is none. */
  removeLast(): A | undefined {
    return this.#count === 0 ? undefined : this.remove(this.#count - 1);
  }

  /** Exchanges two values. As in the library, an index past the last value reaches whatever is there. */
  swap(a: number, b: number): void {
    const first = this.pointers.loadBlob(recordAt(a), RECORD_LENGTH);
    const second = this.pointers.loadBlob(recordAt(b), RECORD_LENGTH);
    this.pointers.storeBlob(recordAt(a), second);
    this.pointers.storeBlob(recordAt(b), first);
  }

  /** Removes the value at `index`, and puts the last one in its place. */
  swapRemove(index: number): A | undefined {
    this.#assertHas(index);
    this.swap(index, this.#count - 1);
    return this.remove(this.#count - 1);
  }

  reverse(): void {
    this.#rearrange(reversedOrder(this.#count));
  }

  /** Sorts as the library does, also if values are equal. */
  sortUnstable(by: SortBy<A>): void {
    const order = 'values' in by ? sortedOrder([...this.values()], by.values) : sortedOrder([...this.rawBlobs()], by.blobs);
    this.#rearrange(order);
  }

  /** Puts the values into the order that the library calls random. It is always the same for one length. */
  shuffle(): void {
    this.#rearrange(shuffledOrder(this.#count));
  }

  /**
   * Forgets all values. If the blobs region starts over when it is cleared, as with memory-region 1.2, both regions do. Otherwise
   * the library traps, or no longer reserves its headers; this class keeps the headers and the room for records.
   */
  clear(): Outcome<void> {
    const cleared = this.blobs.clear();
    if (!cleared.ok) return cleared;
    if (this.blobs.size === 0) {
      settled(this.pointers.clear());
      this.#makeHeaders();
    } else {
      const size = this.blobs.size;
      this.blobs.allocate(size);
      settled(this.blobs.deallocate(at(0, HEADER_LENGTH), size - HEADER_LENGTH));
      this.#setCount(0);
    }
    return done(undefined);
  }

  /** Copies the values, one after the other, to a buffer in new regions. Unlike the library, also sets the copy's count. */
  clone(regions: BufferRegions): MemoryBuffer<A> {
    const copy = new MemoryBuffer(regions, this.#blobify);
    copy.pointers.allocate(this.#count * RECORD_LENGTH);
    for (const [index, blob] of [...this.rawBlobs()].entries()) {
      copy.#storeRecord(index, { address: copy.blobs.addBlob(blob), size: blob.length });
    }
    copy.#setCount(this.#count);
    return copy;
  }

  /** Returns the number of bytes of the values and the header. */
  get bytes(): number {
    return this.blobs.allocated;
  }

  /** Returns the number of bytes of the records and the header. */
  get metadataBytes(): number {
    return recordAt(this.#count);
  }

  *indexes({ from = 0, to = this.#count, backwards = false }: Range = {}): Generator<number, void, undefined> {
    const start = Math.max(0, from);
    const end = Math.min(to, this.#count);
    if (backwards) for (let index = end - 1; index >= start; index--) yield index;
    else for (let index = start; index < end; index++) yield index;
  }

  *values(range?: Range): Generator<A | undefined, void, undefined> {
    for (const index of this.indexes(range)) yield this.#valueAt(index);
  }

  *items(range?: Range): Generator<readonly [index: number, value: A | undefined], void, undefined> {
    for (const index of this.indexes(range)) yield [index, this.#valueAt(index)];
  }

  /** Yields the bytes of the values. */
  *rawBlobs(range?: Range): Generator<Uint8Array<ArrayBuffer>, void, undefined> {
    for (const index of this.indexes(range)) yield this.#blobOf(this.#record(index));
  }

  /** Yields the addresses and sizes of the values in the blobs region. */
  *blocks(range?: Range): Generator<ValueRecord, void, undefined> {
    for (const index of this.indexes(range)) yield this.#record(index);
  }

  /** Yields the addresses of the records in the pointers region. */
  *recordAddresses(range?: Range): Generator<Address, void, undefined> {
    for (const index of this.indexes(range)) yield recordAt(index);
  }

  /** Returns the first index of a value, or with `backwards` the last, or undefined if there is none. */
  indexOf(isIt: (value: A | undefined) => boolean, range?: Range): number | undefined {
    for (const [index, value] of this.items(range)) if (isIt(value)) return index;
    return undefined;
  }

  #makeHeaders(): void {
    this.blobs.allocate(HEADER_LENGTH);
    this.blobs.storeBlob(at(0, 0), encodeHeader(BLOBS_MAGIC, this.pointers.id));
    this.pointers.allocate(HEADER_LENGTH);
    this.pointers.storeBlob(at(0, 0), encodeHeader(POINTERS_MAGIC, this.blobs.id));
    this.#setCount(0);
  }

  /** Makes room for a record after the last one, unless a removed one has left some. */
  #reserveRecord(): void {
    if (this.pointers.size < recordAt(this.#count + 1)) this.pointers.allocate(RECORD_LENGTH);
  }

  #record(index: number): ValueRecord {
    this.pointers.memory.read(recordAt(index), this.#recordBytes);
    return recordIn(this.#recordView, 0);
  }

  #blobOf({ address, size }: ValueRecord): Uint8Array<ArrayBuffer> {
    return this.blobs.loadBlob(at(0, address), size);
  }

  #valueAt(index: number): A | undefined {
    const record = this.#record(index);
    const blob = this.#blobOf(record);
    if (!this.#decoded) return this.#blobify.fromBlob(blob);
    const known = this.#decoded.get(at(0, record.address));
    if (known && isSame(known.blob, blob)) return known.value;
    const value = this.#blobify.fromBlob(blob);
    this.#decoded.set(at(0, record.address), { blob, value });
    return value;
  }

  #storeRecord(index: number, record: ValueRecord): void {
    putRecord(this.#recordView, 0, record);
    this.pointers.storeBlob(recordAt(index), this.#recordBytes);
  }

  /** Moves the records from `from` on to `to`, all at once. */
  #moveRecords(from: number, to: number): void {
    const length = (this.#count - from) * RECORD_LENGTH;
    if (length > 0) moveBytes(this.pointers.memory, recordAt(from), recordAt(to), length);
  }

  #rearrange(order: Uint32Array): void {
    const old = this.pointers.loadBlob(recordAt(0), order.length * RECORD_LENGTH);
    const records = new Uint8Array(old.length);
    for (const [place, index] of order.entries()) {
      records.set(old.subarray(index * RECORD_LENGTH, (index + 1) * RECORD_LENGTH), place * RECORD_LENGTH);
    }
    this.pointers.storeBlob(recordAt(0), records);
  }

  #setCount(count: number): void {
    this.#count = count;
    putCount(this.#countView, count);
    this.pointers.storeBlob(COUNT_AT.start, this.#countBytes);
  }

  #assertHas(index: number): void {
    if (Number.isSafeInteger(index) && index >= 0 && index < this.#count) return;
    throw new RangeError(`There is no value ${index}: the buffer has ${formatCount(this.#count)}.`);
  }
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
