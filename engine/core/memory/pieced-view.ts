import {
  type Address,
  assertHolds,
  at,
  byteLength,
  holds,
  type MappedMemory,
  type Offset,
  type OffsetRange,
  offsetAt,
  type ReadableMemory,
} from './memory.ts';

/** The places of a memory in an image: pieces of equal size, each given by its start, in the memory's own order. */
export interface Pieces {
  readonly starts: readonly Offset[];
  readonly bytesEach: number;
}

/**
 * A read-only view of a memory that an image holds in pieces, such as the buckets of a manager or the blocks of a region. Bytes
 * that have no place in the image, because a piece is missing or the image ends too early, read as zero.
 */
export class PiecedView implements MappedMemory {
  readonly pages: number;
  readonly #image: ReadableMemory;
  readonly #pieces: Pieces;

  constructor(image: ReadableMemory, pages: number, pieces: Pieces) {
    this.#image = image;
    this.pages = pages;
    this.#pieces = pieces;
  }

  read(from: Address, into: Uint8Array): void {
    assertHolds(this, from, into.length);
    const place = this.#placeOf(from, into.length);
    if (place !== undefined) this.#image.read(place, into);
    else this.#readPieces(from, into);
  }

  /** Returns the place in the image of a range that is in one piece, as nearly all are; undefined for any other range. */
  #placeOf(start: Address, length: number): Address | undefined {
    const { starts, bytesEach } = this.#pieces;
    const within = start % bytesEach;
    const piece = starts[(start - within) / bytesEach];
    if (piece === undefined || within + length > bytesEach) return undefined;
    return holds(this.#image, piece + within, length) ? at(0, piece + within) : undefined;
  }

  #readPieces(from: Address, into: Uint8Array): void {
    this.#eachPiece(from, into.length, (offset, done, length) => {
      const piece = into.subarray(done, done + length);
      const there = offset === undefined ? 0 : Math.max(0, Math.min(length, byteLength(this.#image) - offset));
      if (offset !== undefined && there > 0) this.#image.read(at(0, offset), piece.subarray(0, there));
      piece.fill(0, there);
    });
  }

  isHole(from: Address, length: number): boolean {
    return this.toImage(from, length).every((range) => this.#image.isHole?.(at(0, range.start), range.length) ?? false);
  }

  /** Pieces that are adjacent in the image are joined. */
  toImage(start: Address, length: number): readonly OffsetRange[] {
    const extents: OffsetRange[] = [];
    this.#eachPiece(start, Math.min(length, byteLength(this) - start), (offset, _, piece) => {
      if (offset === undefined) return;
      const there = Math.min(piece, byteLength(this.#image) - offset);
      if (there <= 0) return;
      const last = extents.at(-1);
      if (last && last.start + last.length === offset) {
        extents[extents.length - 1] = { start: last.start, length: last.length + there };
      } else extents.push({ start: offset, length: there });
    });
    return extents;
  }

  /**
   * Visits, in order, the parts of a range that are in one piece each, with their offset in the image, the length before them,
   * and their own length.
   */
  #eachPiece(start: Address, length: number, visit: (offset: Offset | undefined, done: number, length: number) => void): void {
    const { starts, bytesEach } = this.#pieces;
    for (let done = 0; done < length; ) {
      const position = start + done;
      const within = position % bytesEach;
      const piece = starts[Math.floor(position / bytesEach)];
      // When a piece is missing, all later ones are missing, too: the rest is one part.
      const part = piece === undefined ? length - done : Math.min(bytesEach - within, length - done);
      visit(piece === undefined ? undefined : offsetAt(piece, within), done, part);
      done += part;
    }
  }
}
