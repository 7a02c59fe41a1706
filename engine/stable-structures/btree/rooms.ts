import { MOST_ENTRIES } from './layout.ts';

/** Where a node's string is kept, and where the records of its keys and values begin. */
export interface Room {
  readonly bytes: Uint8Array;
  readonly starts: number[];
}

/** Rooms for the nodes that one operation reads and builds. Byte arrays are dear to make, so the next operation has the same rooms again. */
export class Rooms {
  /** A page is three quarters of the longest string of keys and values with bounds. */
  readonly #size: number;
  readonly #rooms: Room[] = [];
  #used = 0;

  constructor(pageSize: number) {
    this.#size = Math.ceil((pageSize * 4) / 3);
  }

  /** A room for `length` bytes, which are whatever was there before, until the operation ends. */
  take(length: number): Room {
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

function newRoom(length: number): Room {
  return { bytes: new Uint8Array(length), starts: new Array<number>(2 * (MOST_ENTRIES + 1)).fill(0) };
}
