import { copyBytes } from './memory.ts';

/** Limits, in bytes, of a move that is deferred. A shorter move, or one over a longer distance, is done at once. */
const MIN_LENGTH = 2048;
const MAX_DISTANCE = 256;
/** Bytes kept outside the array at either end of the range. */
const ROOM = 16_384;

/**
 * Deferred moves of one range of an array by a few bytes, up or down. They help when elements are inserted or removed at the same
 * place of a list again and again, because each time the whole rest of the list moves. In the meantime the range consists, in
 * order, of:
 *
 * - a head, kept here: the bytes written at the front, and those at its end;
 * - the body: bytes of the array that are still in their old place;
 * - a tail, kept here: the bytes that downward moves have left at the end.
 */
export class PendingMove {
  #start = 0;
  #bodyAt = 0;
  #bodyLength = 0;
  /** Start of the head and the tail in their buffers; both reach to the end of the buffer. */
  #headAt = ROOM;
  #tailAt = ROOM;
  readonly #head = new Uint8Array(ROOM);
  readonly #tail = new Uint8Array(ROOM);
  #isActive = false;

  /** Returns whether deferring a move is worthwhile. */
  static suits(from: number, to: number, length: number): boolean {
    return length >= MIN_LENGTH && from !== to && Math.abs(to - from) <= MAX_DISTANCE;
  }

  /** Returns whether a range overlaps the moved range. */
  touches(start: number, length: number): boolean {
    return this.#isActive && start < this.#end && start + length > this.#start;
  }

  /** Starts with a move that `suits`, while nothing is pending. */
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

  /** Adds a move of the same range. Returns false if it is a different range or no room is left. */
  takes(bytes: Uint8Array, from: number, to: number, length: number): boolean {
    if (!this.#isActive || Math.min(from, to) !== this.#start || from + length !== this.#tailStart) return false;
    return to > from ? this.#moveUp(bytes, to - from) : this.#moveDown(bytes, from - to);
  }

  /** Reads a range that touches the moved range. Returns false if it is not entirely in one part. */
  read(bytes: Uint8Array, from: number, into: Uint8Array): boolean {
    const { length } = into;
    const within = from - this.#start - this.#headLength;
    if (within >= 0 && within + length <= this.#bodyLength) copyBytes(bytes, this.#bodyAt + within, into, 0, length);
    else if (from >= this.#start && within + length <= 0) copyBytes(this.#head, ROOM + within, into, 0, length);
    else return false;
    return true;
  }

  /** Writes a range that touches the moved range. Returns false if it is not entirely in one part. */
  write(bytes: Uint8Array, to: number, from: Uint8Array): boolean {
    const { length } = from;
    const within = to - this.#start - this.#headLength;
    if (within >= 0 && within + length <= this.#bodyLength) copyBytes(from, 0, bytes, this.#bodyAt + within, length);
    else if (to >= this.#start && within + length <= 0) copyBytes(from, 0, this.#head, ROOM + within, length);
    else return false;
    return true;
  }

  /** Carries out the pending moves. */
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

  /**
   * Moves the range up. Its first bytes also stay where they were; at the end, bytes of the tail are overwritten, or the range
   * gets longer.
   */
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

  /** Moves the range down. Its first bytes are dropped, and its last bytes also stay where they were. */
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
