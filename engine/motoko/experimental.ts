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
 * The memory of `ExperimentalStableMemory` in a pre-upgrade image without regions. It begins where the image does. Its first four
 * bytes are kept in the trailer until the upgrade ends.
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
    const ranges: OffsetRange[] = [];
    if (start < cleared) ranges.push({ start: offsetAt(0, this.#firstBytesAt + start), length: cleared - start });
    const rest = Math.max(start, CLEARED);
    if (rest < end) ranges.push({ start: offsetAt(0, rest), length: end - rest });
    return ranges;
  }
}
