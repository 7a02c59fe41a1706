import {
  type Address,
  assertHolds,
  byteLength,
  type MappedMemory,
  type OffsetRange,
  offsetAt,
  type ReadableMemory,
} from '../core/memory/memory.ts';

const CLEARED = 4;

/**
 * The area of `ExperimentalStableMemory` in an image without regions, before an upgrade: it begins with the image, but for its first four
 * bytes, which stand in the trailer meanwhile.
 */
export class ExperimentalView implements MappedMemory {
  readonly pages: number;
  readonly #image: ReadableMemory;
  readonly #firstBytes: Uint8Array;
  readonly #firstBytesAt: Address;

  constructor(image: ReadableMemory, pages: number, firstBytes: Uint8Array, firstBytesAt: Address) {
    this.#image = image;
    this.pages = pages;
    this.#firstBytes = firstBytes;
    this.#firstBytesAt = firstBytesAt;
  }

  read(from: Address, into: Uint8Array): void {
    assertHolds(this, from, into.length);
    this.#image.read(from, into);
    if (from < CLEARED) into.set(this.#firstBytes.subarray(from, from + into.length));
  }

  toImage(start: Address, length: number): readonly OffsetRange[] {
    const end = Math.min(start + length, byteLength(this));
    const cleared = Math.min(end, CLEARED);
    const extents: OffsetRange[] = [];
    if (start < cleared) extents.push({ start: offsetAt(0, this.#firstBytesAt + start), length: cleared - start });
    const rest = Math.max(start, CLEARED);
    if (rest < end) extents.push({ start: offsetAt(0, rest), length: end - rest });
    return extents;
  }
}
