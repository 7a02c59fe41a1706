import { NO_BYTES, UsualEvents } from './usual-events.ts';

/** First bytes of items (RFC 8949): an array of no items, a byte string of no bytes, null. */
const ARRAY = 0x80;
const BYTES = 0x40;
const NULL = 0xf6;
/** The argument is in the first byte up to this one, else in the bytes after it: 1, 2, 4 or 8 of them. */
const MAX_DIRECT = 23;
/** The first byte of a number in 8 bytes. */
const LONG = MAX_DIRECT + 4;
/** Maximum bytes of the head of an item. */
const MAX_HEAD = 9;
/** Maximum items of an event after its kind, and bytes of their heads. */
const MAX_ITEMS = 7;
const MAX_HEADS = (MAX_ITEMS + 1) * MAX_HEAD;
/** The number -1: a negative number whose argument is 0. */
const MINUS_ONE = 0x20;
/** The upper half of 2^53. */
const UPPER_END = 0x20_0000;

/** The usual events of a CBOR sequence. */
export class CborEvents extends UsualEvents {
  /** The number of items of the event that are not read yet. */
  #items = 0;

  protected open(): number {
    const { bytes, position } = this;
    this.#items = (bytes[position] ?? 0) - ARRAY - 1;
    if (this.#items < 1 || this.#items > MAX_ITEMS || position + 2 + MAX_HEADS > bytes.length) return -1;
    this.position += 2;
    return bytes[position + 1] ?? -1;
  }

  protected close(): void {
    if (this.#items > 0) this.failed = true;
  }

  protected uint(): number {
    this.#items -= 1;
    if (this.#items < 0) this.failed = true;
    const first = this.bytes[this.position] ?? 0;
    this.position += 1;
    return first <= MAX_DIRECT ? first : this.#argument(first - MAX_DIRECT - 1);
  }

  protected pagesBefore(): number {
    if (this.bytes[this.position] !== MINUS_ONE) return this.uint();
    this.#items -= 1;
    if (this.#items < 0) this.failed = true;
    this.position += 1;
    return -1;
  }

  protected byteString(): Uint8Array {
    this.#items -= 1;
    if (this.#items < 0) this.failed = true;
    const first = (this.bytes[this.position] ?? 0) - BYTES;
    this.position += 1;
    const length = first >= 0 && first <= MAX_DIRECT ? first : this.#argument(first - MAX_DIRECT - 1);
    const start = this.position;
    this.position = start + length;
    // The heads after it must be within the bytes, too.
    if (this.failed || this.position + MAX_HEAD > this.bytes.length) {
      this.failed = true;
      return NO_BYTES;
    }
    return this.bytes.subarray(start, this.position);
  }

  protected large(): bigint {
    if (this.bytes[this.position] !== LONG) return BigInt(this.uint());
    this.#items -= 1;
    const upper = word(this.bytes, this.position + 1);
    const lower = word(this.bytes, this.position + 5);
    this.position += MAX_HEAD;
    return (BigInt(upper) << 32n) | BigInt(lower);
  }

  protected isAbsent(): boolean {
    if (this.#items <= 0) return true;
    if (this.bytes[this.position] !== NULL) return false;
    this.#items -= 1;
    this.position += 1;
    return true;
  }

  /** Reads the argument of a head in 1, 2, 4 or 8 bytes: `width` is 0, 1, 2 or 3. */
  #argument(width: number): number {
    const { bytes, position } = this;
    switch (width) {
      case 0:
        this.position = position + 1;
        return bytes[position] ?? 0;
      case 1:
        this.position = position + 2;
        return ((bytes[position] ?? 0) << 8) | (bytes[position + 1] ?? 0);
      case 2:
        this.position = position + 4;
        return word(bytes, position);
      case 3: {
        this.position = position + 8;
        const upper = word(bytes, position);
        if (upper >= UPPER_END) this.failed = true;
        return upper * 2 ** 32 + word(bytes, position + 4);
      }
      default:
        this.failed = true;
        return 0;
    }
  }
}

/** Reads a big-endian number of 32 bits. */
function word(bytes: Uint8Array, position: number): number {
  return (
    (((bytes[position] ?? 0) << 24) |
      ((bytes[position + 1] ?? 0) << 16) |
      ((bytes[position + 2] ?? 0) << 8) |
      (bytes[position + 3] ?? 0)) >>>
    0
  );
}
