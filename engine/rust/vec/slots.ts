import { type Address, at, byteLength, holds, type ReadableMemory, viewOf } from '../../core/memory/memory.ts';
import type { StoredBytes } from '../../core/structure.ts';
import { SLOTS_AT, sizeWidth, slotSize, type VecHeader } from './layout.ts';

/** The slots of a Vec or MinHeap, as far as the memory has them. */
export class Slots {
  readonly width: number;
  readonly size: number;
  /** How many items can be listed: no more than the header counts, and than fit. */
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
    // Of the last slot only the item has to be there.
    const least = this.width === 0 ? this.size : this.width;
    const room = byteLength(memory) - SLOTS_AT - least;
    const fitting = this.size === 0 ? Number.MAX_SAFE_INTEGER : room < 0 ? 0 : Math.floor(room / this.size) + 1;
    this.count = Math.min(length, fitting);
  }

  addressOf(index: number): Address {
    return at(SLOTS_AT, index * this.size);
  }

  /** Size of the item, as its slot says; the slot may be too small for it. */
  itemSize(index: number): number {
    if (this.width === 0) return this.size;
    this.#memory.read(this.addressOf(index), this.#word.subarray(0, this.width));
    return viewOf(this.#word).getUint32(0, true);
  }

  /** Whether the item lies in its slot and in the memory. */
  holds(index: number): boolean {
    const size = this.itemSize(index);
    return size <= this.#maxSize && holds(this.#memory, this.addressOf(index) + this.width, size);
  }

  item(index: number): StoredBytes | undefined {
    if (!this.holds(index)) return undefined;
    const size = this.itemSize(index);
    return { memory: this.#memory, spans: [{ start: at(this.addressOf(index), this.width), length: size }], size };
  }

  /** The first `limit` bytes of an item; undefined where it does not lie in its slot. */
  read(index: number, limit: number): Uint8Array | undefined {
    if (!this.holds(index)) return undefined;
    const bytes = new Uint8Array(Math.min(limit, this.itemSize(index)));
    this.#memory.read(at(this.addressOf(index), this.width), bytes);
    return bytes;
  }
}
