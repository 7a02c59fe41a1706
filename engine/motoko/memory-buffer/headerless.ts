import { formatCount } from '../../core/format.ts';
import { at, holds, viewOf } from '../../core/memory/memory.ts';
import { type Outcome, settled } from '../memory-region/fault.ts';
import { Trap } from '../memory-region/trap.ts';
import type { Blobify } from './blobify.ts';
import { decodeRecords, putRecord, RECORD_LENGTH, recordAt, SIZE_IN_RECORD, type ValueRecord } from './layout.ts';
import type { BufferRegions } from './operate.ts';

/**
 * The operations of `MemoryBuffer` in memory-buffer 0.0.1 and 0.0.2, which have no headers. Regions under the policy
 * `memory-region@0.1.1` have the same bytes as the library's, including its defects.
 */
export class HeaderlessBuffer<A> {
  readonly regions: BufferRegions;
  readonly #blobify: Blobify<A>;
  #count = 0;

  /** Makes a new, empty buffer. */
  constructor(regions: BufferRegions, blobify: Blobify<A>) {
    this.regions = regions;
    this.#blobify = blobify;
  }

  get length(): number {
    return this.#count;
  }

  /**
   * Returns the value at an index, or undefined if its bytes cannot be decoded. Unlike the library, does not read past the last
   * record.
   */
  get(index: number): A | undefined {
    this.#assertHas(index);
    const { address, size } = this.#record(index);
    return this.#blobify.fromBlob(this.regions.blobs.loadBlob(at(0, address), size));
  }

  *values(): Generator<A | undefined, void, undefined> {
    for (let index = 0; index < this.#count; index++) yield this.get(index);
  }

  /** Appends a value. Always allocates a new record, even if removed ones have left room. */
  add(value: A): void {
    const blob = this.#blobOf(value);
    const address = this.regions.blobs.addBlob(blob);
    this.regions.pointers.allocate(RECORD_LENGTH);
    this.#storeRecord(this.#count, { address, size: blob.length });
    this.#count += 1;
  }

  insert(index: number, value: A): void {
    if (index === this.#count) {
      this.add(value);
      return;
    }
    this.#assertHas(index);
    const blob = this.#blobOf(value);
    this.regions.pointers.allocate(RECORD_LENGTH);
    this.#moveRecords(index, index + 1);
    this.#storeRecord(index, { address: this.regions.blobs.addBlob(blob), size: blob.length });
    this.#count += 1;
  }

  /**
   * Replaces the value at `index`. The size of a smaller value is written to a wrong place in the pointers region, 8 bytes after
   * the value's address. As in the library, this damages another record there, and the value's own record keeps the old size.
   */
  put(index: number, value: A): void {
    this.#assertHas(index);
    const { blobs, pointers } = this.regions;
    const blob = this.#blobOf(value);
    const { address, size } = this.#record(index);
    if (blob.length > size) {
      settled(blobs.deallocate(at(0, address), size));
      this.#storeRecord(index, { address: blobs.addBlob(blob), size: blob.length });
      return;
    }
    if (blob.length < size) {
      if (!holds(pointers.memory, address + SIZE_IN_RECORD, 4))
        throw new Trap('The library writes past the end of its pointers region.');
      settled(blobs.deallocate(at(0, address + blob.length), size - blob.length));
      pointers.storeBlob(at(0, address + SIZE_IN_RECORD), new Uint8Array(Uint32Array.of(blob.length).buffer));
    }
    blobs.storeBlob(at(0, address), blob);
  }

  remove(index: number): A | undefined {
    this.#assertHas(index);
    const { address, size } = this.#record(index);
    const blob = settled(this.regions.blobs.removeBlob(at(0, address), size));
    this.#moveRecords(index + 1, index);
    this.#count -= 1;
    return this.#blobify.fromBlob(blob);
  }

  /** Removes and returns the last value. Returns undefined if there is none. */
  removeLast(): A | undefined {
    return this.#count === 0 ? undefined : this.remove(this.#count - 1);
  }

  swap(a: number, b: number): void {
    const { pointers } = this.regions;
    const [first, second] = [a, b].map((index) => pointers.loadBlob(recordAt(index, 0), RECORD_LENGTH));
    if (second) pointers.storeBlob(recordAt(a, 0), second);
    if (first) pointers.storeBlob(recordAt(b, 0), first);
  }

  /** Removes the value at `index`, and puts the last one in its place. */
  swapRemove(index: number): A | undefined {
    this.#assertHas(index);
    this.swap(index, this.#count - 1);
    return this.remove(this.#count - 1);
  }

  reverse(): void {
    for (let index = 0; 2 * index + 1 < this.#count; index++) this.swap(index, this.#count - 1 - index);
  }

  clear(): Outcome<void> {
    this.#count = 0;
    const cleared = this.regions.pointers.clear();
    return cleared.ok ? this.regions.blobs.clear() : cleared;
  }

  #blobOf(value: A): Uint8Array {
    const blob = this.#blobify.toBlob(value);
    if (blob.length === 0) throw new Trap('The library refuses an empty value.');
    return blob;
  }

  #record(index: number): ValueRecord {
    const [record] = decodeRecords(this.regions.pointers.memory, index, index + 1, 0);
    if (!record) throw new Error(`Record ${index} was not decoded.`);
    return record;
  }

  #storeRecord(index: number, record: ValueRecord): void {
    const bytes = new Uint8Array(RECORD_LENGTH);
    putRecord(viewOf(bytes), 0, record);
    this.regions.pointers.storeBlob(recordAt(index, 0), bytes);
  }

  /** Moves the records from `from` on to `to`, all at once. */
  #moveRecords(from: number, to: number): void {
    const { pointers } = this.regions;
    pointers.storeBlob(recordAt(to, 0), pointers.loadBlob(recordAt(from, 0), (this.#count - from) * RECORD_LENGTH));
  }

  #assertHas(index: number): void {
    if (Number.isSafeInteger(index) && index >= 0 && index < this.#count) return;
    throw new RangeError(`There is no value ${index}: the buffer has ${formatCount(this.#count)}.`);
  }
}
