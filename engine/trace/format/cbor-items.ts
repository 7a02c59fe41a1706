/**
 * Finds the ends of items in a CBOR sequence (RFC 8949, RFC 8742), because the decoder returns no positions.
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
/**
 * Simple values that are allowed in an event: false, true, null, undefined. Lower ones are unassigned, and 25 and above are
 * floats.
 */
const FIRST_SIMPLE = 20;
const LAST_SIMPLE = 23;

/** Maximum depth of an event: an array with at most one map in it. */
const PLAIN_DEPTH = 3;
const MAX_DEPTH = 256;

export class CborItems {
  /** The last head: major type, argument, and the position after it. */
  major = 0;
  argument = 0;
  next = 0;
  /** True if the last measured item has no tags, floats or other simple values, and is nested no deeper than an event. */
  plain = true;
  /** The number of missing items of each open array or map. */
  readonly #open: number[] = [];

  /** True if the last head is an unsigned integer. */
  get isUnsigned(): boolean {
    return this.major === UNSIGNED;
  }

  /**
   * Reads the head at `start`. Returns 1 on success and 0 if the bytes are not a head. If the bytes end too early, returns the
   * negated minimum number of bytes of the head.
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
   * Returns the length of the item at `start` in bytes, or 0 if the bytes are not an item. If the bytes end too early, returns
   * the negated minimum number of bytes that are needed.
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
      // Each remaining item has at least one byte. So a damaged length ends here and not in a long search.
      if (position + missing > bytes.length) return start - position - missing;
    }
  }
}
