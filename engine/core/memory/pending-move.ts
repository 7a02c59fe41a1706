import { copyBytes } from './memory.ts';

/** Shorter moves are done at once, and so are those over a longer distance. */
const MIN_LENGTH = 2048;
const MAX_DISTANCE = 256;
/** Bytes that are kept beside the array at either end of the run. */
const ROOM = 16_384;

/**
 * Moves of one and the same run of an array by a few bytes, up or down, that are not done yet: a list whose elements are inserted or
 * removed at one place again and again moves the whole rest of itself each time. What the run holds meanwhile, in order:
 *
 * - a head, kept here: what was written over at the front, and its last bytes;
 * - the body: bytes of the array, still in their old place;
 * - a tail, kept here: what moves downwards have left behind.
 */
export class PendingMove {
  #start = 0;
  #bodyAt = 0;
  #bodyLength = 0;
  /** Head and tail stand at the ends of these, from here on. */
  #headAt = ROOM;
  #tailAt = ROOM;
  readonly #head = new Uint8Array(ROOM);
  readonly #tail = new Uint8Array(ROOM);
  #isActive = false;

  /** Whether it is worth while to wait with a move. */
  static suits(from: number, to: number, length: number): boolean {
    return length >= MIN_LENGTH && from !== to && Math.abs(to - from) <= MAX_DISTANCE;
  }

  /** Whether a range has bytes of the run. */
  touches(start: number, length: number): boolean {
    return this.#isActive && start < this.#end && start + length > this.#start;
  }

  /** Takes a move that suits. Nothing is pending. */
  begin(bytes: Uint8Array, from: number, to: number, length: number): void {
    this.#isActive = true;
    this.#start = Math.min(from, to);
    this.#bodyAt = from;
    this.#bodyLength = length;
    this.#headAt = ROOM;
    this.#tailAt = ROOM;
    if (to > from) this.#keepHead(bytes, from, to - from);
    else this.#keepTail(bytes, from + length - (from - to), from - to);
  }

  /** Takes one more move of the same run; false, where it is of another one or there is no room left. */
  takes(bytes: Uint8Array, from: number, to: number, length: number): boolean {
    if (!this.#isActive || Math.min(from, to) !== this.#start || from + length !== this.#tailStart) return false;
    return to > from ? this.#moveUp(bytes, to - from) : this.#moveDown(bytes, from - to);
  }

  /** Reads a range that touches the run; false, where it is not all in one part of it. */
  read(bytes: Uint8Array, from: number, into: Uint8Array): boolean {
    const { length } = into;
    const within = from - this.#start - this.#headLength;
    if (within >= 0 && within + length <= this.#bodyLength) copyBytes(bytes, this.#bodyAt + within, into, 0, length);
    else if (from >= this.#start && within + length <= 0) copyBytes(this.#head, ROOM + within, into, 0, length);
    else return false;
    return true;
  }

  /** Writes to a range that touches the run; false, where it is not all in one part of it. */
  write(bytes: Uint8Array, to: number, from: Uint8Array): boolean {
    const { length } = from;
    const within = to - this.#start - this.#headLength;
    if (within >= 0 && within + length <= this.#bodyLength) copyBytes(from, 0, bytes, this.#bodyAt + within, length);
    else if (to >= this.#start && within + length <= 0) copyBytes(from, 0, this.#head, ROOM + within, length);
    else return false;
    return true;
  }

  /** Does what is pending. */
  settle(bytes: Uint8Array): void {
    if (!this.#isActive) return;
    this.#isActive = false;
    bytes.copyWithin(this.#start + this.#headLength, this.#bodyAt, this.#bodyAt + this.#bodyLength);
    bytes.set(this.#head.subarray(this.#headAt), this.#start);
    bytes.set(this.#tail.subarray(this.#tailAt), this.#tailStart);
  }

  get #headLength(): number {
    return ROOM - this.#headAt;
  }

  get #tailStart(): number {
    return this.#start + this.#headLength + this.#bodyLength;
  }

  get #end(): number {
    return this.#tailStart + ROOM - this.#tailAt;
  }

  /** The first bytes stay where they were, too; at the end as many of the tail are written over, or the run gets longer. */
  #moveUp(bytes: Uint8Array, distance: number): boolean {
    const tail = ROOM - this.#tailAt;
    if (distance > this.#headAt || (tail > 0 && tail < distance)) return false;
    if (this.#headLength >= distance) {
      copyBytes(this.#head, this.#headAt, this.#head, this.#headAt - distance, distance);
      this.#headAt -= distance;
    } else if (this.#headLength > 0 || this.#bodyLength < distance) return false;
    else this.#keepHead(bytes, this.#bodyAt, distance);
    if (tail > 0) this.#tailAt += distance;
    return true;
  }

  /** The first bytes go, and the last ones stay where they were, too. */
  #moveDown(bytes: Uint8Array, distance: number): boolean {
    if (distance > this.#tailAt || this.#bodyLength < 2 * distance) return false;
    const head = this.#headLength;
    if (head > 0 && head < distance) return false;
    this.#keepTail(bytes, this.#bodyAt + this.#bodyLength - distance, distance);
    if (head > 0) this.#headAt += distance;
    else {
      this.#bodyAt += distance;
      this.#bodyLength -= distance;
    }
    return true;
  }

  #keepHead(bytes: Uint8Array, from: number, length: number): void {
    this.#headAt -= length;
    copyBytes(bytes, from, this.#head, this.#headAt, length);
  }

  #keepTail(bytes: Uint8Array, from: number, length: number): void {
    this.#tailAt -= length;
    copyBytes(bytes, from, this.#tail, this.#tailAt, length);
  }
}
