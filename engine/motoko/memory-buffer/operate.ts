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

/** Two regions of which nothing was handed out. The library makes the one for pointers first. */
export interface BufferRegions {
  readonly pointers: MemoryRegion;
  readonly blobs: MemoryRegion;
}

/** What an iterator goes through: `from` up to `to` (not included), all if left out, the last first if `backwards`. */
export interface Range {
  readonly from?: number;
  readonly to?: number;
  readonly backwards?: boolean;
}

/** How to sort: by values, undefined where bytes are none, or by their blobs. Negative where `a` comes first. */
export type SortBy<A> =
  | { readonly values: (a: A | undefined, b: A | undefined) => number }
  | { readonly blobs: (a: Uint8Array, b: Uint8Array) => number };

/**
 * The operations of `MemoryBuffer`, layout version 0. Both regions have the same bytes and free blocks as the library's, where theirs
 * allocate after the release that it was built with.
 */
export class MemoryBuffer<A> {
  readonly pointers: MemoryRegion;
  readonly blobs: MemoryRegion;
  readonly #blobify: Blobify<A>;
  // The library keeps it on the heap, too.
  #count = 0;
  /** Where records are read and written: making a new array for each would take longer than all else. */
  readonly #recordBytes = new Uint8Array(RECORD_LENGTH);
  readonly #recordView = viewOf(this.#recordBytes);
  readonly #countBytes = new Uint8Array(COUNT_AT.length);
  readonly #countView = viewOf(this.#countBytes);
  /** By address. The bytes are kept along, so that a value is only taken for what the memory still says. */
  readonly #decoded: LruCache<Address, { readonly blob: Uint8Array; readonly value: A | undefined }> | undefined;

  /** A new, empty buffer. The last `cached` values that were read stay decoded; who gets one must not change it. */
  constructor({ pointers, blobs }: BufferRegions, blobify: Blobify<A>, cached = 0) {
    this.pointers = pointers;
    this.blobs = blobs;
    this.#blobify = blobify;
    this.#decoded = cached > 0 ? new LruCache(cached) : undefined;
    this.#makeHeaders();
  }

  /** As the library's `init`, which makes a buffer of one value less than it is asked for. */
  static init<A>(regions: BufferRegions, blobify: Blobify<A>, size: number, value: A): MemoryBuffer<A> {
    const buffer = new MemoryBuffer(regions, blobify);
    for (let index = 1; index < size; index++) buffer.add(value);
    return buffer;
  }

  get length(): number {
    return this.#count;
  }

  /** The value at an index; undefined where its bytes are none. Throws `RangeError` behind the last one. */
  get(index: number): A | undefined {
    this.#assertHas(index);
    return this.#valueAt(index);
  }

  /** Appends a value. Throws `OutOfMemory` when a region cannot grow; then the buffer is as before. */
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

  /** Puts a value before the one at `index`, or at the end. Throws `OutOfMemory`; then the buffer is as before. */
  insert(index: number, value: A): void {
    if (index !== this.#count) this.#assertHas(index);
    const blob = this.#blobify.toBlob(value);
    this.#reserveRecord();
    const address = this.blobs.addBlob(blob);
    this.#moveRecords(index, index + 1);
    this.#storeRecord(index, { address, size: blob.length });
    this.#setCount(this.#count + 1);
  }

  /** Replaces the value at `index`. A value of the same size stays in its place. Throws `OutOfMemory`; then the buffer is as before. */
  put(index: number, value: A): void {
    this.#assertHas(index);
    const blob = this.#blobify.toBlob(value);
    const old = this.#record(index);
    const address = settled(this.blobs.resize(at(0, old.address), old.size, blob.length));
    if (old.size !== blob.length) this.#storeRecord(index, { address, size: blob.length });
    this.blobs.storeBlob(address, blob);
  }

  /** Removes the value at `index` and gives its block back. The record behind the new last one stays as it is. */
  remove(index: number): A | undefined {
    this.#assertHas(index);
    const { address, size } = this.#record(index);
    const blob = settled(this.blobs.removeBlob(at(0, address), size));
    this.#moveRecords(index + 1, index);
    this.#setCount(this.#count - 1);
    return this.#blobify.fromBlob(blob);
  }

  /** The last value, removed; undefined where there is none. */
  removeLast(): A | undefined {
    return this.#count === 0 ? undefined : this.remove(this.#count - 1);
  }

  /** Exchanges two values. As in the library an index behind the last one reaches whatever stands there. */
  swap(a: number, b: number): void {
    const first = this.pointers.loadBlob(recordAt(a), RECORD_LENGTH);
    const second = this.pointers.loadBlob(recordAt(b), RECORD_LENGTH);
    this.pointers.storeBlob(recordAt(a), second);
    this.pointers.storeBlob(recordAt(b), first);
  }

  /** Removes the value at `index`, whose place the last one takes. */
  swapRemove(index: number): A | undefined {
    this.#assertHas(index);
    this.swap(index, this.#count - 1);
    return this.remove(this.#count - 1);
  }

  reverse(): void {
    this.#rearrange(reversedOrder(this.#count));
  }

  /** Sorts as the library does, also where values are equal. */
  sortUnstable(by: SortBy<A>): void {
    const order = 'values' in by ? sortedOrder([...this.values()], by.values) : sortedOrder([...this.rawBlobs()], by.blobs);
    this.#rearrange(order);
  }

  /** Brings the values into the order that the library calls random: always the same for one length. */
  shuffle(): void {
    this.#rearrange(shuffledOrder(this.#count));
  }

  /**
   * Forgets all values. Where the blobs region starts over when it is cleared, as memory-region 1.2 does, both regions do. Elsewhere the
   * library stops, or no longer reserves its headers; here headers and room for records stay.
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

  /** Copies the values, one behind the other, to a buffer in new regions. Unlike the library's the copy knows how many it has. */
  clone(regions: BufferRegions): MemoryBuffer<A> {
    const copy = new MemoryBuffer(regions, this.#blobify);
    copy.pointers.allocate(this.#count * RECORD_LENGTH);
    for (const [index, blob] of [...this.rawBlobs()].entries()) {
      copy.#storeRecord(index, { address: copy.blobs.addBlob(blob), size: blob.length });
    }
    copy.#setCount(this.#count);
    return copy;
  }

  /** Bytes of the values and their header. */
  get bytes(): number {
    return this.blobs.allocated;
  }

  /** Bytes of the records and their header. */
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

  /** The values' bytes. */
  *rawBlobs(range?: Range): Generator<Uint8Array<ArrayBuffer>, void, undefined> {
    for (const index of this.indexes(range)) yield this.#blobOf(this.#record(index));
  }

  /** Where the values are in the blobs region. */
  *blocks(range?: Range): Generator<ValueRecord, void, undefined> {
    for (const index of this.indexes(range)) yield this.#record(index);
  }

  /** Where the records are in the pointers region. */
  *recordAddresses(range?: Range): Generator<Address, void, undefined> {
    for (const index of this.indexes(range)) yield recordAt(index);
  }

  /** The first index of a value, or with `backwards` the last; undefined where there is none. */
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

  /** Makes room for a record behind the last one, where no removed one has left any. */
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
