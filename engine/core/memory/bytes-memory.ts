import { type Address, assertWithin, copyBytes, type Memory, moveWithin, PAGE_SIZE } from './memory.ts';

/** Maximum bytes reserved for future growth. */
const MAX_SPARE = 256 << 20;

/** A memory backed by an array, for tests, small images and scratch work. */
export class BytesMemory implements Memory {
  /** Has spare room, so that a memory that grows page by page is not copied each time. Bytes past the size are zero. */
  #bytes: Uint8Array;
  #size: number;
  readonly #maxPages: number;

  constructor(pages = 0, maxPages = 65_536) {
    this.#size = pages * PAGE_SIZE;
    this.#bytes = new Uint8Array(this.#size);
    this.#maxPages = maxPages;
  }

  /** Creates a memory that starts with a copy of `bytes`. The last page is padded with zeros. */
  static of(bytes: Uint8Array): BytesMemory {
    const memory = new BytesMemory(Math.ceil(bytes.length / PAGE_SIZE));
    memory.#bytes.set(bytes);
    return memory;
  }

  get pages(): number {
    return this.#size / PAGE_SIZE;
  }

  grow(by: number): number {
    const before = this.pages;
    if (before + by > this.#maxPages) return -1;
    this.#size += by * PAGE_SIZE;
    if (this.#size > this.#bytes.length) {
      const roomy = this.#bytes.length + Math.min(this.#bytes.length, MAX_SPARE);
      const grown = new Uint8Array(Math.max(this.#size, Math.min(roomy, this.#maxPages * PAGE_SIZE)));
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    return before;
  }

  read(from: Address, into: Uint8Array): void {
    assertWithin(this.#size, from, into.length);
    copyBytes(this.#bytes, from, into, 0, into.length);
  }

  write(to: Address, bytes: Uint8Array): void {
    assertWithin(this.#size, to, bytes.length);
    copyBytes(bytes, 0, this.#bytes, to, bytes.length);
  }

  move(from: Address, to: Address, length: number): void {
    assertWithin(this.#size, from, length);
    assertWithin(this.#size, to, length);
    moveWithin(this.#bytes, from, to, length);
  }
}
