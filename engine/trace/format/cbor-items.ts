/**
 * Where the items of a CBOR sequence end (RFC 8949, RFC 8742): the decoder gives no positions.
 *
 * | first byte     | what                                                                 |
 * |----------------|----------------------------------------------------------------------|
 * | high 3 bits    | major type: 0 unsigned, 1 negative, 2 bytes, 3 text, 4 array, 5 map, 6 tag, 7 simple or float |
 * | low 5 bits     | the argument 0 to 23, or 24 to 27: it follows in 1, 2, 4, 8 bytes, big-endian; 31: indefinite length |
 *
 * A trace has no indefinite lengths, so an argument of 28 to 31 is damage.
 */
export const ARRAY = 4;
export const MAP = 5;
const UNSIGNED = 0;
const BYTES = 2;
const TEXT = 3;
const TAG = 6;
const SIMPLE = 7;
/** The simple values of an event: false, true, null, undefined. Others are tables of the decoder's own, and from 25 on floats. */
const FIRST_SIMPLE = 20;
const LAST_SIMPLE = 23;

/** An event is an array with at most one map in it. */
const PLAIN_DEPTH = 3;
const MAX_DEPTH = 256;

export class CborItems {
  /** The head that was read last: major type, argument, and the position behind it. */
  major = 0;
  argument = 0;
  next = 0;
  /** Whether the item that was measured last has no tags, floats or odd simple values, and nests no deeper than an event does. */
  plain = true;
  /** Per open array or map: how many items it still lacks. */
  readonly #open: number[] = [];

  /** Whether the head that was read last is an unsigned integer. */
  get isUnsigned(): boolean {
    return this.major === UNSIGNED;
  }

  /**
   * Reads the head at `start`. 1: done; 0: no head can begin so; negative: the bytes end too early, so many bytes in all, its sign
   * turned, are the least that it takes.
   */
  head(bytes: Uint8Array, start: number): number {
    const first = bytes[start];
    if (first === undefined) return -1;
    const short = first & 31;
    this.major = first >> 5;
    this.argument = short;
    this.next = start + 1;
    if (short < 24) return 1;
    if (short > 27) return 0;
    const width = 1 << (short - 24);
    if (this.next + width > bytes.length) return -1 - width;
    let argument = 0;
    for (let index = 0; index < width; index++) argument = argument * 256 + (bytes[this.next + index] ?? 0);
    this.argument = argument;
    this.next += width;
    return 1;
  }

  /**
   * The length of the item at `start`. 0 where no item can begin so; negative where the bytes end too early: at least so many bytes,
   * its sign turned, are needed.
   */
  length(bytes: Uint8Array, start: number): number {
    const open = this.#open;
    open.length = 0;
    this.plain = true;
    let position = start;
    let missing = 1;
    for (;;) {
      while (missing === 0) {
        const above = open.pop();
        if (above === undefined) return position - start;
        missing = above;
      }
      missing--;
      const head = this.head(bytes, position);
      if (head === 0) return 0;
      if (head < 0) return start - position + head;
      const short = (bytes[position] ?? 0) & 31;
      position = this.next;
      let inner = 0;
      switch (this.major) {
        case BYTES:
        case TEXT:
          position += this.argument;
          break;
        case ARRAY:
          inner = this.argument;
          break;
        case MAP:
          inner = 2 * this.argument;
          break;
        case TAG:
          inner = 1;
          this.plain = false;
          break;
        case SIMPLE:
          if (short < FIRST_SIMPLE || short > LAST_SIMPLE) this.plain = false;
      }
      if (inner > 0) {
        open.push(missing);
        if (open.length >= PLAIN_DEPTH) this.plain = false;
        if (open.length > MAX_DEPTH) return 0;
        missing = inner;
      }
      // Each item still to come has a byte at least, so that a damaged length ends here and not in a long search.
      if (position + missing > bytes.length) return start - position - missing;
    }
  }
}
