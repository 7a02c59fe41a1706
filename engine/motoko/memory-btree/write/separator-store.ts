import { type Address, at } from '../../../core/memory/memory.ts';
import { settled } from '../../memory-region/fault.ts';
import type { MemoryRegion } from '../../memory-region/operate.ts';
import { BYTES_IN_BLOB } from '../layout.ts';
import { type Field, Words } from '../words.ts';

const SIZE: Field = { place: 0, width: 2 };

/** The separators of a tree of layout version 1: separate blocks in the data region. */
export class SeparatorStore {
  readonly #data: MemoryRegion;
  readonly #words: Words;

  constructor(data: MemoryRegion) {
    this.#data = data;
    this.#words = new Words(data);
  }

  /** @throws OutOfMemory when the region cannot grow. */
  add(key: Uint8Array): Address {
    const separator = this.#data.allocate(BYTES_IN_BLOB + key.length);
    this.#words.set(separator, SIZE, key.length);
    this.#data.storeBlob(at(separator, BYTES_IN_BLOB), key);
    return separator;
  }

  get(separator: number): Uint8Array<ArrayBuffer> {
    return this.#data.loadBlob(at(0, separator + BYTES_IN_BLOB), this.#words.get(separator, SIZE));
  }

  remove(separator: number): void {
    settled(this.#data.deallocate(at(0, separator), BYTES_IN_BLOB + this.#words.get(separator, SIZE)));
  }
}
