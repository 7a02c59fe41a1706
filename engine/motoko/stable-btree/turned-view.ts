import {
  type Address,
  type AddressRange,
  assertHolds,
  byteLength,
  type ReadableMemory,
  readBytes,
} from '../../core/memory/memory.ts';
import { CHUNK_HEADER_LENGTH, CHUNKS_AT } from '../../rust/btree/layout.ts';
import { FIXED_NUMBERS, numbersOfChunk, type Sizes } from './layout.ts';

/** Minimum length of a chunk whose numbers can be found: the headers of the chunk and of its node. */
const MIN_CHUNK = CHUNK_HEADER_LENGTH + 7;

/** A view of a map with big-endian numbers that shows them as little-endian. All other bytes are unchanged. */
export class TurnedView implements ReadableMemory {
  readonly pages: number;
  readonly #memory: ReadableMemory;
  readonly #sizes: Sizes;

  constructor(memory: ReadableMemory, sizes: Sizes) {
    this.#memory = memory;
    this.#sizes = sizes;
    this.pages = memory.pages;
  }

  read(from: Address, into: Uint8Array): void {
    assertHolds(this, from, into.length);
    this.#memory.read(from, into);
    const end = from + into.length;
    for (const number of FIXED_NUMBERS) if (number.start < end) this.#turn(number, from, into);
    const stride = this.#sizes.page + CHUNK_HEADER_LENGTH;
    const first = Math.max(0, Math.floor((from - CHUNKS_AT) / stride));
    for (let chunk = CHUNKS_AT + first * stride; chunk < end && chunk + MIN_CHUNK <= byteLength(this); chunk += stride) {
      for (const number of numbersOfChunk(this.#memory, chunk, this.#sizes)) {
        if (number.start >= end) break;
        this.#turn(number, from, into);
      }
    }
  }

  /** Writes the part of a number that was read, in reverse byte order. */
  #turn({ start, length }: AddressRange, from: Address, into: Uint8Array): void {
    const skipped = from - start;
    if (skipped >= length || start + length > byteLength(this)) return;
    const number = readBytes(this.#memory, start, length).reverse();
    const place = Math.max(0, -skipped);
    into.set(number.subarray(Math.max(0, skipped), length).subarray(0, into.length - place), place);
  }
}
