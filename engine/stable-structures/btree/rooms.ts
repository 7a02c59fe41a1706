import { MOST_ENTRIES } from './layout.ts';

/** Where a node's string is kept, and where the records of its keys and values begin. */
export interface Room {
  readonly bytes: Uint8Array;
  readonly starts: Int32Array;
}

/** So many rooms wait for their next use. */
const MOST_SPARE = 64;

/**
 * Rooms for nodes of one page. Typed arrays are dear to make and to throw away, so the rooms of nodes that an operation has replaced are
 * used again, from the next operation on: until then what was there can still be read.
 */
export class Rooms {
  readonly #pageSize: number;
  readonly #left: Room[] = [];
  readonly #spare: Room[] = [];

  constructor(pageSize: number) {
    this.#pageSize = pageSize;
  }

  /** A room for `length` bytes, which are whatever was there before. */
  take(length: number): Room {
    const spare = length <= this.#pageSize ? this.#spare.pop() : undefined;
    if (spare) return spare;
    return { bytes: new Uint8Array(Math.max(length, this.#pageSize)), starts: new Int32Array(2 * (MOST_ENTRIES + 1)) };
  }

  /** Says that nobody will need a room after this operation. */
  leave(room: Room): void {
    if (room.bytes.length === this.#pageSize) this.#left.push(room);
  }

  /** Begins an operation. */
  recycle(): void {
    for (let room = this.#left.pop(); room; room = this.#left.pop()) {
      if (this.#spare.length < MOST_SPARE) this.#spare.push(room);
    }
  }
}
