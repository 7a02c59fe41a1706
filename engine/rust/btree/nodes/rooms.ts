import { MAX_ENTRIES } from '../layout.ts';

/** Where a node's string is kept, and where the records of its keys and values begin. */
export interface Room {
  readonly bytes: Uint8Array;
  readonly starts: number[];
}

/**
 * A room of which the first bytes can be had as an array, mostly without one being made: the nodes of many trees have but a few
 * lengths.
 */
export interface RoomWithFronts extends Room {
  front(length: number): Uint8Array;
}

/** So many fronts of a room are kept; a prime, so that lengths a few equal steps apart do not meet. */
const FRONTS = 61;

/**
 * Rooms for the nodes that one operation reads and builds. Byte arrays are dear to make, so the next operation has the same rooms
 * again.
 */
export class Rooms {
  /** A page is three quarters of the longest string of keys and values with bounds. */
  readonly #size: number;
  readonly #rooms: RoomWithFronts[] = [];
  #used = 0;

  constructor(pageSize: number) {
    this.#size = Math.ceil((pageSize * 4) / 3);
  }

  /** A room for `length` bytes, which are whatever was there before, until the operation ends. */
  take(length: number): RoomWithFronts {
    let room = this.#rooms[this.#used];
    if (room === undefined || room.bytes.length < length) room = newRoom(Math.max(this.#size, length));
    if (length <= this.#size) this.#rooms[this.#used] = room;
    this.#used += 1;
    return room;
  }

  /** Gives back the one that was taken last. */
  giveBack(): void {
    this.#used -= 1;
  }

  /** Begins an operation: all rooms are free again. */
  begin(): void {
    this.#used = 0;
  }
}

function newRoom(length: number): RoomWithFronts {
  const bytes = new Uint8Array(length);
  const fronts = new Array<Uint8Array>(FRONTS).fill(bytes);
  return {
    bytes,
    starts: new Array<number>(2 * (MAX_ENTRIES + 1)).fill(0),
    front(length) {
      const known = fronts[length % FRONTS];
      if (known?.length === length) return known;
      const made = bytes.subarray(0, length);
      fronts[length % FRONTS] = made;
      return made;
    },
  };
}
