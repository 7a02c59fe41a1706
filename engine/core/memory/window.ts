import {
  type Address,
  assertHolds,
  at,
  byteLength,
  type MappedMemory,
  type OffsetRange,
  offsetAt,
  PAGE_SIZE,
  type ReadableMemory,
} from './memory.ts';

/**
 * A read-only window on whole pages of an image, with its own addresses: the range of a `RestrictedMemory`, or the whole image.
 */
export class MemoryWindow implements MappedMemory {
  readonly pages: number;
  readonly #base: ReadableMemory;
  readonly #start: Address;

  constructor(base: ReadableMemory, start: Address, pages: number) {
    assertHolds(base, start, pages * PAGE_SIZE);
    this.#base = base;
    this.#start = start;
    this.pages = pages;
  }

  read(from: Address, into: Uint8Array): void {
    assertHolds(this, from, into.length);
    this.#base.read(at(this.#start, from), into);
  }

  isHole(from: Address, length: number): boolean {
    return this.#base.isHole?.(at(this.#start, from), length) ?? false;
  }

  toImage(start: Address, length: number): readonly OffsetRange[] {
    const there = Math.min(length, byteLength(this) - start);
    return there <= 0 ? [] : [{ start: offsetAt(0, this.#start + start), length: there }];
  }
}
