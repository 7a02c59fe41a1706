import { type Address, at, byteLength, type Memory, readBytes, viewOf, writeGrowing } from '../../core/memory/memory.ts';
import { Unreadable } from '../../core/unreadable.ts';
import type { Bound } from '../../values/codec.ts';
import { decodeHeader, encodeHeader, LENGTH_AT, SLOTS_AT, sizeWidth, slotSize, VEC_MAGIC, VERSION } from './layout.ts';

/** Maximum bytes of slots that are read at once. */
const BLOCK = 4_096;
const NO_BYTES = new Uint8Array();

/** Returns a size of `width` bytes, in little-endian order. */
function sizeIn(bytes: Uint8Array, start: number, width: number): number {
  let size = 0;
  for (let byte = start + width - 1; byte >= start; byte -= 1) size = 256 * size + (bytes[byte] ?? 0);
  return size;
}

/**
 * Items in slots of one size, with the operations, the write order and the exact bytes of the Rust library's `Vec` (0.7.2). It
 * owns its memory: it sees changes made by others only after a `reload`.
 */
export class Vec {
  readonly #memory: Memory;
  readonly #bound: Bound;
  /** Bytes of the size field before an item. */
  readonly #width: number;
  readonly #slotSize: number;
  #length: number;
  /** Buffer for lengths and sizes, so that operations do not allocate. */
  readonly #word = new Uint8Array(8);
  readonly #wordView = viewOf(this.#word);

  private constructor(memory: Memory, bound: Bound, length: number) {
    this.#memory = memory;
    this.#bound = bound;
    this.#length = length;
    const sizes = { maxSize: bound.max, fixed: Number(bound.fixed) };
    this.#width = sizeWidth(sizes);
    this.#slotSize = slotSize(sizes);
  }

  /**
   * Opens the Vec in `memory`, or creates one if the memory is empty. A `MinHeap` is the same with its own magic. @throws
   * Unreadable when there is something else, or items with another bound. The library traps, too.
   */
  static init(memory: Memory, bound: Bound, magic = VEC_MAGIC): Vec {
    if (memory.pages === 0) return Vec.new(memory, bound, magic);
    const header = decodeHeader(memory);
    if (header.magic !== magic)
      throw new Unreadable(`The magic is ${JSON.stringify(header.magic)}, not "${magic}". Nothing was overwritten.`);
    if (header.version !== VERSION)
      throw new Unreadable(`The layout version is ${header.version}. The only known version is ${VERSION}.`);
    if (header.maxSize !== bound.max || (header.fixed !== 0) !== bound.fixed) {
      const there = describe({ max: header.maxSize, fixed: header.fixed !== 0 });
      throw new Unreadable(`The items there have ${there}, not ${describe(bound)}.`);
    }
    return new Vec(memory, bound, Number(header.length));
  }

  /** Creates an empty Vec, whatever is in `memory` (`Vec::new`). Old items stay after the header as stale bytes. */
  static new(memory: Memory, bound: Bound, magic = VEC_MAGIC): Vec {
    const header = { magic, version: VERSION, length: 0n, maxSize: bound.max, fixed: Number(bound.fixed) };
    writeGrowing(memory, at(0, 0), encodeHeader(header));
    return new Vec(memory, bound, 0);
  }

  /** Loads the length from the bytes again, after someone else has changed them. */
  reload(): void {
    this.#length = Number(decodeHeader(this.#memory).length);
  }

  /** Returns the number of items. */
  get length(): number {
    return this.#length;
  }

  /** Returns undefined if there is no such item. */
  get(index: number): Uint8Array<ArrayBuffer> | undefined {
    return index < this.#length ? this.#read(index) : undefined;
  }

  /**
   * Reads an item into the start of `into`, which must have room for it. Returns its size; undefined if there is no such item.
   */
  read(index: number, into: Uint8Array): number | undefined {
    if (index >= this.#length) return undefined;
    const slot = this.#slot(index);
    const size = this.#sizeAt(slot);
    this.#memory.read(at(slot, this.#width), size === into.length ? into : into.subarray(0, size));
    return size;
  }

  /** Replaces an item. @throws RangeError when there is no such item, or the new one exceeds the bound. */
  set(index: number, item: Uint8Array): void {
    if (index >= this.#length) throw new RangeError(`There is no item ${index}; the Vec has ${this.#length}.`);
    this.#write(index, item);
  }

  /** Appends an item. @throws OutOfMemory when the memory cannot grow; then the length has not changed. */
  push(item: Uint8Array): void {
    this.#write(this.#length, item);
    this.#setLength(this.#length + 1);
  }

  /** Removes the last item, and returns it; its bytes stay. */
  pop(): Uint8Array<ArrayBuffer> | undefined {
    if (this.#length === 0) return undefined;
    const item = this.#read(this.#length - 1);
    this.#setLength(this.#length - 1);
    return item;
  }

  /** Removes all items; their bytes stay. Newer than 0.7.2. */
  clear(): void {
    this.#setLength(0);
  }

  /**
   * Yields all items. Those in small slots are read a block at a time: a change of the next few items is not seen, and their bytes are
   * views of a block that they share.
   */
  *items(): Generator<Uint8Array<ArrayBuffer>, void> {
    const slotSize = this.#slotSize;
    const { max, fixed } = this.#bound;
    const perBlock = Math.floor(BLOCK / slotSize);
    let slots = NO_BYTES;
    let place = 0;
    for (let index = 0; index < this.#length; index += 1) {
      if (place + slotSize > slots.length) {
        slots = perBlock < 2 ? NO_BYTES : this.#wholeSlots(index, perBlock);
        place = 0;
      }
      const size = slots.length === 0 ? Number.POSITIVE_INFINITY : fixed ? max : sizeIn(slots, place, this.#width);
      // The last slot may end after the memory, and a damaged size after its slot.
      yield size <= max ? new Uint8Array(slots.buffer, place + this.#width, size) : this.#read(index);
      place += slotSize;
    }
  }

  /** Reads up to `count` slots that are in the memory as a whole. */
  #wholeSlots(index: number, count: number): Uint8Array<ArrayBuffer> {
    const start = this.#slot(index);
    const whole = Math.floor((byteLength(this.#memory) - start) / this.#slotSize);
    return readBytes(this.#memory, start, Math.max(0, Math.min(count, this.#length - index, whole)) * this.#slotSize);
  }

  #slot(index: number): Address {
    return at(SLOTS_AT, index * this.#slotSize);
  }

  #read(index: number): Uint8Array<ArrayBuffer> {
    const slot = this.#slot(index);
    return readBytes(this.#memory, at(slot, this.#width), this.#sizeAt(slot));
  }

  /** Returns the size in bytes of the item in a slot. */
  #sizeAt(slot: Address): number {
    if (this.#width === 0) return this.#bound.max;
    this.#wordView.setUint32(0, 0);
    this.#memory.read(slot, this.#word.subarray(0, this.#width));
    return this.#wordView.getUint32(0, true);
  }

  /** Writes the size, then the item. Each write grows the memory only as far as it needs. */
  #write(index: number, item: Uint8Array): void {
    const { max, fixed } = this.#bound;
    if (item.length > max || (fixed && item.length !== max))
      throw new RangeError(`The item has ${item.length} bytes; items have ${describe(this.#bound)}.`);
    const slot = this.#slot(index);
    if (this.#width > 0) {
      this.#wordView.setUint32(0, item.length, true);
      writeGrowing(this.#memory, slot, this.#word.subarray(0, this.#width));
    }
    writeGrowing(this.#memory, at(slot, this.#width), item);
  }

  #setLength(length: number): void {
    this.#wordView.setUint32(0, length, true);
    this.#wordView.setUint32(4, length / 2 ** 32, true);
    this.#memory.write(LENGTH_AT, this.#word);
    this.#length = length;
  }
}

function describe({ max, fixed }: Bound): string {
  return `${fixed ? '' : 'up to '}${max} bytes each`;
}
