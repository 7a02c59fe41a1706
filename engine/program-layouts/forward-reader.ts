import { at, byteLength, type ReadableMemory } from '../core/memory/memory.ts';

/** Bytes that are read at once. Few at first, because most forms that are tried fail within a few bytes. */
const FIRST_READ = 1_024;
const MAX_READ = 65_536;

/** A reader of a memory, mostly forward and in large pieces. It keeps the last piece. */
export class ForwardReader {
  readonly #memory: ReadableMemory;
  #start = 0;
  #ahead = FIRST_READ;
  #bytes = new Uint8Array(0);

  constructor(memory: ReadableMemory) {
    this.#memory = memory;
  }

  /** Returns `length` bytes from `address` on, or fewer at the end of the memory, as a view that is valid until the next call. */
  bytesAt(address: number, length: number): Uint8Array {
    const size = byteLength(this.#memory);
    const end = Math.min(address + length, size);
    if (address >= end) return new Uint8Array(0);
    if (address < this.#start || end > this.#start + this.#bytes.length) {
      const wanted = Math.min(Math.max(end - address, this.#ahead), size - address);
      this.#ahead = Math.min(4 * this.#ahead, MAX_READ);
      this.#bytes = new Uint8Array(wanted);
      this.#start = address;
      this.#memory.read(at(0, address), this.#bytes);
    }
    return this.#bytes.subarray(address - this.#start, end - this.#start);
  }
}
