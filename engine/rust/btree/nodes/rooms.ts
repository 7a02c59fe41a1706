import { MAX_ENTRIES } from '../layout.ts';

/** A buffer for a node's string, and the start of each record of its keys and values. */
export interface Room {
  readonly bytes: Uint8Array;
  readonly starts: number[];
}

/**
 * A room whose first bytes are available as an array, mostly without creating one: the nodes of most trees have only a few
 * lengths.
 */
export interface RoomWithFronts extends Room {
  front(length: number): Uint8Array;
}

/** Fronts kept per room. It is a prime, so that lengths at equal distances do not collide. */
const FRONTS = 61;

/**
 * Rooms for the nodes that one operation reads and builds. Byte arrays are expensive to create, so the next operation reuses
 * them.
 */
export class Rooms {
  /** Size of a room: a page is three quarters of the longest string of keys and values with bounds. */
  readonly #size: number;
  readonly #rooms: RoomWithFronts[] = [];
  #used = 0;

  constructor(pageSize: number) {
    this.#size = Math.ceil((pageSize * 4) / 3);
  }

  /** Returns a room for `length` bytes, with arbitrary content, until the operation ends. */
  take(length: number): RoomWithFronts {
    let room = this.#rooms[this.#used];
    if (room === undefined || room.bytes.length < length) room = newRoom(Math.max(this.#size, length));
    if (length <= this.#size) this.#rooms[this.#used] = room;
    this.#used += 1;
    return room;
  }

  /** Releases the room that was taken last. */
  release(): void {
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
