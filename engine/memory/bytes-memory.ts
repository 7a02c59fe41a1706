import { type Address, assertWithin, copyBytes, type Memory, PAGE_SIZE } from './memory.ts';

/** A memory that lives in an array: for tests, small images and scratch work. */
export class BytesMemory implements Memory {
  #bytes: Uint8Array;
  readonly #maxPages: number;

  constructor(pages = 0, maxPages = 65_536) {
    this.#bytes = new Uint8Array(pages * PAGE_SIZE);
    this.#maxPages = maxPages;
  }

  /** A memory that starts with a copy of `bytes`; the last page is filled up with zeros. */
  static of(bytes: Uint8Array): BytesMemory {
    const memory = new BytesMemory(Math.ceil(bytes.length / PAGE_SIZE));
    memory.#bytes.set(bytes);
    return memory;
  }

  get pages(): number {
    return this.#bytes.length / PAGE_SIZE;
  }

  grow(by: number): number {
    const before = this.pages;
    if (before + by > this.#maxPages) return -1;
    const grown = new Uint8Array((before + by) * PAGE_SIZE);
    grown.set(this.#bytes);
    this.#bytes = grown;
    return before;
  }

  read(from: Address, into: Uint8Array): void {
    assertWithin(this.#bytes.length, from, into.length);
    copyBytes(this.#bytes, from, into, 0, into.length);
  }

  write(to: Address, bytes: Uint8Array): void {
    assertWithin(this.#bytes.length, to, bytes.length);
    copyBytes(bytes, 0, this.#bytes, to, bytes.length);
  }

  move(from: Address, to: Address, length: number): void {
    assertWithin(this.#bytes.length, from, length);
    assertWithin(this.#bytes.length, to, length);
    this.#bytes.copyWithin(to, from, from + length);
  }
}
