/**
 * Decodes the usual events of a CBOR sequence (RFC 8949) straight from the bytes, many times faster than a decoder for all values:
 * those of a step, and messages. Any other event, or an unusual encoding of one, is left to that decoder.
 */
import { at } from '../../core/memory/memory.ts';
import { EVENT_KINDS, MESSAGE_KINDS, OUTCOMES, type TraceEvent } from '../events.ts';

/** First bytes of items: an array of no items, a byte string of no bytes, null. */
const ARRAY = 0x80;
const BYTES = 0x40;
const NULL = 0xf6;
/** The argument is in the first byte up to this one, else in the bytes after it: 1, 2, 4 or 8 of them. */
const MAX_DIRECT = 23;
/** Maximum bytes of the head of an item. */
const MAX_HEAD = 9;
/** Maximum items of an event after its kind, and bytes of their heads. */
const MAX_ITEMS = 7;
const MAX_HEADS = (MAX_ITEMS + 1) * MAX_HEAD;
/** The number of -1 in CBOR: a negative number whose argument is 0. */
const MINUS_ONE = 0x20;
/** The first value of the upper half of a 64-bit number that is 2^53 or more. */
const UPPER_END = 0x20_0000;

const EMPTY = new Uint8Array();

export class CborEvents {
  #bytes: Uint8Array = EMPTY;
  #position = 0;
  /** The number of items of the event that are not read yet. */
  #items = 0;
  #failed = false;

  /** The position after the event that was decoded last. */
  get end(): number {
    return this.#position;
  }

  /** Returns the event at `start`; undefined if it is not a usual one, or if the bytes end soon after it. */
  decode(bytes: Uint8Array, start: number): TraceEvent | undefined {
    const items = (bytes[start] ?? 0) - ARRAY - 1;
    if (items < 1 || items > MAX_ITEMS || start + 2 + MAX_HEADS > bytes.length) return undefined;
    this.#bytes = bytes;
    this.#items = items;
    this.#position = start + 2;
    this.#failed = false;
    const event = this.#event(bytes[start + 1] ?? 0);
    return this.#failed || this.#items > 0 ? undefined : event;
  }

  /** Returns the event of a kind's number. Its fields are meaningless if reading has failed. */
  #event(number: number): TraceEvent | undefined {
    const kind = EVENT_KINDS[number];
    switch (kind) {
      case 'write':
        return { kind, space: this.#uint(), address: this.#address(), bytes: this.#byteString(), stack: this.#optional() };
      case 'read':
        return { kind, space: this.#uint(), address: this.#address(), length: this.#uint(), stack: this.#optional() };
      case 'allocate':
        return {
          kind,
          space: this.#uint(),
          address: this.#address(),
          size: this.#uint(),
          requested: this.#optional(),
          stack: this.#optional(),
        };
      case 'deallocate':
        return { kind, space: this.#uint(), address: this.#address(), size: this.#uint(), stack: this.#optional() };
      case 'reallocate':
        return {
          kind,
          space: this.#uint(),
          oldAddress: this.#address(),
          oldSize: this.#uint(),
          address: this.#address(),
          size: this.#uint(),
          stack: this.#optional(),
        };
      case 'grow':
        return { kind, space: this.#uint(), by: this.#uint(), before: this.#pagesBefore() };
      case 'begin':
        return {
          kind,
          message: this.#uint(),
          messageKind: this.#choice(MESSAGE_KINDS, 'test'),
          name: this.#uint(),
          time: this.#optionalLarge(),
          instructions: this.#optionalLarge(),
        };
      case 'end':
        return {
          kind,
          message: this.#uint(),
          outcome: this.#choice(OUTCOMES, 'replied'),
          time: this.#optionalLarge(),
          instructions: this.#optionalLarge(),
          text: this.#optional(),
        };
      default:
        return undefined;
    }
  }

  /** Reads a whole number from 0 to 2^53 - 1. */
  #uint(): number {
    this.#items -= 1;
    if (this.#items < 0) this.#failed = true;
    const bytes = this.#bytes;
    const first = bytes[this.#position] ?? 0;
    this.#position += 1;
    if (first <= MAX_DIRECT) return first;
    return this.#argument(first - MAX_DIRECT - 1);
  }

  /** Reads the argument of a head in 1, 2, 4 or 8 bytes: `width` is 0, 1, 2 or 3. */
  #argument(width: number): number {
    const bytes = this.#bytes;
    const position = this.#position;
    switch (width) {
      case 0:
        this.#position = position + 1;
        return bytes[position] ?? 0;
      case 1:
        this.#position = position + 2;
        return ((bytes[position] ?? 0) << 8) | (bytes[position + 1] ?? 0);
      case 2:
        this.#position = position + 4;
        return word(bytes, position);
      case 3: {
        this.#position = position + 8;
        const upper = word(bytes, position);
        if (upper >= UPPER_END) this.#failed = true;
        return upper * 2 ** 32 + word(bytes, position + 4);
      }
      default:
        this.#failed = true;
        return 0;
    }
  }

  #address() {
    return at(0, this.#uint());
  }

  /** Reads a whole number, if there is one. */
  #optional(): number | undefined {
    if (this.#isAbsent()) return undefined;
    return this.#uint();
  }

  /** Reads a number of 64 bits, if there is one. */
  #optionalLarge(): bigint | undefined {
    if (this.#isAbsent()) return undefined;
    const long = this.#bytes[this.#position] === MAX_DIRECT + 4;
    if (!long) return BigInt(this.#uint());
    this.#items -= 1;
    const upper = word(this.#bytes, this.#position + 1);
    const lower = word(this.#bytes, this.#position + 5);
    this.#position += MAX_HEAD;
    return (BigInt(upper) << 32n) | BigInt(lower);
  }

  /** Returns true if an optional field is not there, or null, which is passed over. */
  #isAbsent(): boolean {
    if (this.#items <= 0) return true;
    if (this.#bytes[this.#position] !== NULL) return false;
    this.#items -= 1;
    this.#position += 1;
    return true;
  }

  /** Reads a number of pages, or -1. */
  #pagesBefore(): number {
    if (this.#bytes[this.#position] !== MINUS_ONE) return this.#uint();
    this.#items -= 1;
    if (this.#items < 0) this.#failed = true;
    this.#position += 1;
    return -1;
  }

  #choice<T>(names: readonly T[], fallback: T): T {
    const name = names[this.#uint()];
    if (name === undefined) this.#failed = true;
    return name ?? fallback;
  }

  /** Reads a byte string. Its bytes are a part of those that are decoded. */
  #byteString(): Uint8Array {
    this.#items -= 1;
    if (this.#items < 0) this.#failed = true;
    const first = (this.#bytes[this.#position] ?? 0) - BYTES;
    this.#position += 1;
    const length = first >= 0 && first <= MAX_DIRECT ? first : this.#argument(first - MAX_DIRECT - 1);
    const start = this.#position;
    this.#position = start + length;
    // The heads after it must be within the bytes, too.
    if (this.#failed || this.#position + MAX_HEAD > this.#bytes.length) {
      this.#failed = true;
      return EMPTY;
    }
    return this.#bytes.subarray(start, this.#position);
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
