/**
 * CBOR (RFC 8949), any single item. Texts are in its diagnostic notation without extra blanks: `{"name": "x", 1: h'00ff', "t":
 * 1.5}`. An item begins with a byte of major type (top 3 bits) and argument: below 24 in the byte itself, 24 to 27 in the 1, 2, 4
 * or 8 bytes that follow (big-endian), 31 for an indefinite length, which ends with `ff`.
 */
import { toHex } from '../../core/format.ts';
import { viewOf } from '../../core/memory/memory.ts';
import { type Codec, type Excerpt, quote, type Reading, wholeOf } from '../codec.ts';
import type { Cursor } from '../cursor.ts';
import { MAX_INTEGER_BYTES } from '../leb128.ts';
import { encodeCbor } from '../notation/cbor-encode.ts';
import { formatFloat } from './floats.ts';
import { decodeInteger } from './integers.ts';
import { type ItemWriter, type OpenItem, readNested } from './nested-items.ts';

const UNSIGNED = 0;
const NEGATIVE = 1;
const BYTE_STRING = 2;
const TEXT_STRING = 3;
const ARRAY = 4;
const MAP = 5;
const TAG = 6;

const BREAK = 0xff;
const INDEFINITE = 31;
const POSITIVE_BIGNUM = 2n;
const NEGATIVE_BIGNUM = 3n;

/** Reads the item at the start of `bytes`. */
export function readCbor(bytes: Uint8Array, excerpt: Excerpt = {}): Reading {
  return readNested(bytes, excerpt, 'cbor', walkCbor);
}

/** Passes the item at the cursor, and those in it, to a writer. An error is in the cursor's `problem`. */
export function walkCbor(cursor: Cursor, items: ItemWriter): void {
  new Reader(cursor, items).read();
}

export const CBOR: Codec = {
  name: 'cbor',
  description: 'CBOR, in its diagnostic notation',
  read: readCbor,
  decode: (bytes) => wholeOf(readCbor(bytes), bytes),
  encode: (text) => encodeCbor(text),
};

class Reader {
  readonly #cursor: Cursor;
  readonly #items: ItemWriter;

  constructor(cursor: Cursor, items: ItemWriter) {
    this.#cursor = cursor;
    this.#items = items;
  }

  read(): void {
    do {
      const open = this.#items.innermost;
      if (open && open.count === undefined && this.#cursor.bytes[this.#cursor.position] === BREAK) this.#break(open);
      else this.#item();
      this.#items.closeComplete();
    } while (this.#items.innermost !== undefined && this.#cursor.problem === undefined);
  }

  #break(open: OpenItem): void {
    if (open.kind === 'map' && open.done % 2 === 1) this.#cursor.fail('A key has no value.');
    this.#cursor.byte();
    this.#items.close();
  }

  #item(): void {
    const label = this.#items.begin();
    const start = this.#cursor.position;
    const initial = this.#cursor.byte();
    const major = initial >> 5;
    const information = initial & 31;
    if (major === 7) this.#simple(start, information, label);
    else if (information === INDEFINITE) this.#indefinite(start, major, label);
    else this.#definite(start, major, this.#argument(information), label);
  }

  #argument(information: number): bigint {
    if (information < 24) return BigInt(information);
    if (information > 27) {
      this.#cursor.fail(`${information} is not a valid length of an argument.`, this.#cursor.position - 1);
      return 0n;
    }
    return decodeInteger(this.#cursor.take(2 ** (information - 24)), { signed: false, order: 'big' });
  }

  #definite(start: number, major: number, argument: bigint, label: string): void {
    if (major === UNSIGNED || major === NEGATIVE) {
      this.#items.leaf(start, label, String(major === UNSIGNED ? argument : -1n - argument));
    } else if (major === TAG) {
      if (!this.#bignum(start, argument, label)) this.#items.push('tag', start, label, 1, `${argument}(`);
    } else if (argument > BigInt(this.#cursor.left)) {
      this.#cursor.fail(`${argument} bytes or items should follow, but the value ends before that.`);
    } else if (major === BYTE_STRING || major === TEXT_STRING) {
      this.#items.leaf(start, label, this.#string(major, Number(argument)));
    } else if (major === ARRAY) {
      this.#items.push('array', start, label, Number(argument), '[');
    } else {
      this.#items.push('map', start, label, 2 * Number(argument), '{');
    }
  }

  #indefinite(start: number, major: number, label: string): void {
    if (major === ARRAY) this.#items.push('array', start, label, undefined, '[');
    else if (major === MAP) this.#items.push('map', start, label, undefined, '{');
    else if (major === BYTE_STRING || major === TEXT_STRING) this.#items.leaf(start, label, this.#chunks(major));
    else this.#cursor.fail('Only strings, arrays and maps can have an indefinite length.', start);
  }

  /** Reads a string of indefinite length in chunks, each a definite string of the same kind. */
  #chunks(major: number): string {
    const chunks: string[] = [];
    for (
      let initial = this.#cursor.byte();
      initial !== BREAK && this.#cursor.problem === undefined;
      initial = this.#cursor.byte()
    ) {
      if (initial >> 5 !== major || (initial & 31) === INDEFINITE)
        this.#cursor.fail('A chunk of the string has a different kind.', this.#cursor.position - 1);
      const length = this.#argument(initial & 31);
      if (length > BigInt(this.#cursor.left)) this.#cursor.fail('A chunk of the string is longer than the bytes that are left.');
      else chunks.push(this.#string(major, Number(length)));
    }
    return `(_ ${chunks.join(', ')})`;
  }

  #string(major: number, length: number): string {
    return major === TEXT_STRING ? quote(this.#cursor.text(length)) : `h'${toHex(this.#cursor.take(length))}'`;
  }

  /** Reads a byte string with tag 2 or 3 as one number. Returns false for anything else. */
  #bignum(start: number, tag: bigint, label: string): boolean {
    const initial = this.#cursor.bytes[this.#cursor.position] ?? 0;
    const isString = initial >> 5 === BYTE_STRING && (initial & 31) !== INDEFINITE;
    if (!isString || (tag !== POSITIVE_BIGNUM && tag !== NEGATIVE_BIGNUM)) return false;
    this.#cursor.byte();
    const length = this.#argument(initial & 31);
    if (length > BigInt(Math.min(MAX_INTEGER_BYTES, this.#cursor.left)))
      this.#cursor.fail(`A number of ${length} bytes is too long.`);
    const value = decodeInteger(this.#cursor.take(Number(length)), { signed: false, order: 'big' });
    this.#items.leaf(start, label, String(tag === POSITIVE_BIGNUM ? value : -1n - value));
    return true;
  }

  #simple(start: number, information: number, label: string): void {
    const bytes = information >= 24 && information <= 27 ? this.#cursor.take(2 ** (information - 24)) : undefined;
    if (bytes === undefined) {
      if (information > 27) this.#cursor.fail('There is a break in place of an item.', start);
      this.#items.leaf(start, label, simpleName(information));
      return;
    }
    if (this.#cursor.problem !== undefined) return;
    if (bytes.length === 1 && (bytes[0] ?? 0) < 32) this.#cursor.fail('A simple value is not in its shortest form.', start);
    this.#items.leaf(start, label, bytes.length === 1 ? simpleName(bytes[0] ?? 0) : float(bytes));
  }
}

function simpleName(value: number): string {
  return ['false', 'true', 'null', 'undefined'][value - 20] ?? `simple(${value})`;
}

function float(bytes: Uint8Array): string {
  const view = viewOf(bytes);
  if (bytes.length === 8) return formatFloat(view.getFloat64(0), 8);
  return formatFloat(bytes.length === 4 ? view.getFloat32(0) : halfFloat(view.getUint16(0)), 4);
}

/** Decodes an IEEE 754 binary16 number: one bit of sign, five of exponent, ten of fraction. */
function halfFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
}
