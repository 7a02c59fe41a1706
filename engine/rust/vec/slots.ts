import { type Address, at, byteLength, holds, type ReadableMemory, viewOf } from '../../core/memory/memory.ts';
import type { StoredBytes } from '../../core/structure.ts';
import { SLOTS_AT, sizeWidth, slotSize, type VecHeader } from './layout.ts';

/** The slots of a Vec or MinHeap, as far as they are in the memory. */
export class Slots {
  readonly width: number;
  readonly size: number;
  /** Number of items that can be listed: those that the header counts and that fit the memory. */
  readonly count: number;
  readonly #memory: ReadableMemory;
  readonly #maxSize: number;
  readonly #word = new Uint8Array(4);

  constructor(memory: ReadableMemory, header: VecHeader) {
    this.#memory = memory;
    this.#maxSize = header.maxSize;
    this.width = sizeWidth(header);
    this.size = slotSize(header);
    const length = Number(header.length);
    // Only the item of the last slot has to be in the memory.
    const least = this.width === 0 ? this.size : this.width;
    const room = byteLength(memory) - SLOTS_AT - least;
    const fitting = this.size === 0 ? Number.MAX_SAFE_INTEGER : room < 0 ? 0 : Math.floor(room / this.size) + 1;
    this.count = Math.min(length, fitting);
  }

  addressOf(index: number): Address {
    return at(SLOTS_AT, index * this.size);
  }

  /** Returns the size of the item as stored in its slot. The slot may be too small for it. */
  itemSize(index: number): number {
    if (this.width === 0) return this.size;
    this.#memory.read(this.addressOf(index), this.#word.subarray(0, this.width));
    return viewOf(this.#word).getUint32(0, true);
  }

  /** Returns whether the size field of a slot is in the memory. */
  holdsStart(index: number): boolean {
    return holds(this.#memory, this.addressOf(index), this.width);
  }

  /** Returns whether the item is inside its slot and the memory. */
  holds(index: number): boolean {
    const size = this.itemSize(index);
    return size <= this.#maxSize && holds(this.#memory, this.addressOf(index) + this.width, size);
  }

  item(index: number): StoredBytes | undefined {
    if (!this.holds(index)) return undefined;
    const size = this.itemSize(index);
    return { memory: this.#memory, spans: [{ start: at(this.addressOf(index), this.width), length: size }], size };
  }

  /** Returns the first `limit` bytes of an item; undefined if it does not fit its slot. */
  read(index: number, limit: number): Uint8Array | undefined {
    if (!this.holds(index)) return undefined;
    const bytes = new Uint8Array(Math.min(limit, this.itemSize(index)));
    this.#memory.read(at(this.addressOf(index), this.width), bytes);
    return bytes;
  }
}
