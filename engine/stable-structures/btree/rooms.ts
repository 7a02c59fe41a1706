import { MOST_ENTRIES } from './layout.ts';

/** Where a node's string is kept, and where the records of its keys and values begin. */
export interface Room {
  readonly bytes: Uint8Array;
  readonly starts: number[];
}

/** So many rooms wait for their next use. */
const MOST_SPARE = 64;
/** About so many bytes are taken from the heap at once. */
const SLAB = 65_536;

/**
 * Rooms for nodes of a page and a bit. Byte arrays are dear to make and to throw away, so many are cut out of one, and the rooms of nodes that an
 * operation has replaced are used again, from the next operation on: until then what was there can still be read.
 */
export class Rooms {
  /** A page is three quarters of the longest string of keys and values with bounds. */
  readonly #size: number;
  readonly #left: Room[] = [];
  readonly #spare: Room[] = [];

  constructor(pageSize: number) {
    this.#size = Math.ceil((pageSize * 4) / 3);
  }

  /** A room for `length` bytes, which are whatever was there before. */
  take(length: number): Room {
    if (length > this.#size) return { bytes: new Uint8Array(length), starts: newStarts() };
    if (this.#spare.length === 0) this.#cut();
    return this.#spare.pop() ?? { bytes: new Uint8Array(this.#size), starts: newStarts() };
  }

  #cut(): void {
    const size = this.#size;
    const count = Math.min(MOST_SPARE, Math.ceil(SLAB / size));
    const slab = new Uint8Array(count * size);
    for (let index = 0; index < count; index += 1) {
      this.#spare.push({ bytes: slab.subarray(index * size, (index + 1) * size), starts: newStarts() });
    }
  }

  /** Says that nobody will need a room after this operation. */
  leave(room: Room): void {
    if (room.bytes.length === this.#size) this.#left.push(room);
  }

  /** Begins an operation. */
  recycle(): void {
    for (let room = this.#left.pop(); room; room = this.#left.pop()) {
      if (this.#spare.length < MOST_SPARE) this.#spare.push(room);
    }
  }
}

function newStarts(): number[] {
  return new Array<number>(2 * (MOST_ENTRIES + 1)).fill(0);
}
