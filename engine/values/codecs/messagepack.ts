/**
 * MessagePack (github.com/msgpack/msgpack, spec.md), any single item. Texts are in CBOR's diagnostic notation: `{"name": "x", 1:
 * h'00ff'}`; an extension is `ext(5, h'00ff')`, a timestamp `timestamp("2026-11-29T00:00:00.5Z")`. An item begins with a byte for
 * its type and its length, or for the width of the big-endian length that follows. This code finds where items begin and end,
 * within the cursor's limits. The library decodes numbers and timestamps.
 */
import { Decoder, decodeTimestampToTimeSpec } from '@msgpack/msgpack';
import { toHex } from '../../core/format.ts';
import { type Codec, type Excerpt, quote, type Reading, wholeOf } from '../codec.ts';
import type { Cursor } from '../cursor.ts';
import { formatFloat } from './floats.ts';
import { decodeInteger } from './integers.ts';
import { type ItemWriter, readNested } from './nested-items.ts';

const NIL = 0xc0;
const FALSE = 0xc2;
const TRUE = 0xc3;
const BINARY = 0xc4;
const EXTENSION = 0xc7;
const FLOAT_32 = 0xca;
const FLOAT_64 = 0xcb;
const FIXED_EXTENSION = 0xd4;
const STRING = 0xd9;
const ARRAY = 0xdc;
const MAP = 0xde;
const NEGATIVE = 0xe0;

const TIMESTAMP = -1;
/** Maximum seconds that a `Date` can represent. */
const MAX_SECONDS = 8.64e12;

const LIBRARY = new Decoder({ useBigInt64: true });

/** Reads the item at the start of `bytes`. */
export function readMessagePack(bytes: Uint8Array, excerpt: Excerpt = {}): Reading {
  return readNested(bytes, excerpt, 'messagepack', walkMessagePack);
}

/** Passes the item at the cursor, and those in it, to a writer. An error is in the cursor's `problem`. */
export function walkMessagePack(cursor: Cursor, items: ItemWriter): void {
  new Reader(cursor, items).read();
}

export const MESSAGEPACK: Codec = {
  name: 'messagepack',
  description: 'MessagePack, in CBOR’s diagnostic notation',
  read: readMessagePack,
  decode: (bytes) => wholeOf(readMessagePack(bytes), bytes),
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
      this.#item();
      this.#items.closeComplete();
    } while (this.#items.innermost !== undefined && this.#cursor.problem === undefined);
  }

  #item(): void {
    const label = this.#items.begin();
    const start = this.#cursor.position;
    const head = this.#cursor.byte();
    if (this.#cursor.problem !== undefined) return;
    if (head < 0x80) this.#items.leaf(start, label, String(head));
    else if (head < 0x90) this.#push('map', start, label, head & 15);
    else if (head < 0xa0) this.#push('array', start, label, head & 15);
    else if (head < NIL) this.#string(start, label, head & 31);
    else if (head >= NEGATIVE) this.#items.leaf(start, label, String(head - 256));
    else if (head === NIL) this.#items.leaf(start, label, 'null');
    else if (head === FALSE || head === TRUE) this.#items.leaf(start, label, String(head === TRUE));
    else if (head >= BINARY && head < EXTENSION) this.#binary(start, label, this.#length(head - BINARY));
    else if (head >= EXTENSION && head < FLOAT_32) this.#extension(start, label, this.#length(head - EXTENSION));
    else if (head >= FLOAT_32 && head < FIXED_EXTENSION) this.#number(start, label, head);
    else if (head >= FIXED_EXTENSION && head < STRING) this.#extension(start, label, 2 ** (head - FIXED_EXTENSION));
    else if (head >= STRING && head < ARRAY) this.#string(start, label, this.#length(head - STRING));
    else if (head >= ARRAY && head < MAP) this.#push('array', start, label, this.#length(1 + head - ARRAY));
    else if (head >= MAP) this.#push('map', start, label, this.#length(1 + head - MAP));
    else this.#cursor.fail('No item begins with c1.', start);
  }

  /** Reads a length of 1, 2 or 4 bytes. */
  #length(power: number): number {
    return Number(decodeInteger(this.#cursor.take(2 ** power), { signed: false, order: 'big' }));
  }

  #push(kind: 'array' | 'map', start: number, label: string, count: number): void {
    const items = kind === 'map' ? 2 * count : count;
    if (items > this.#cursor.left) this.#cursor.fail(`${items} items should follow, but the value ends before that.`);
    else if (this.#cursor.problem === undefined) this.#items.push(kind, start, label, items, kind === 'map' ? '{' : '[');
  }

  #string(start: number, label: string, length: number): void {
    const text = this.#cursor.text(length);
    if (this.#cursor.problem === undefined) this.#items.leaf(start, label, quote(text));
  }

  #binary(start: number, label: string, length: number): void {
    const bytes = this.#cursor.take(length);
    if (this.#cursor.problem === undefined) this.#items.leaf(start, label, `h'${toHex(bytes)}'`);
  }

  #extension(start: number, label: string, length: number): void {
    const unsigned = this.#cursor.byte();
    const type = unsigned < 128 ? unsigned : unsigned - 256;
    const data = this.#cursor.take(length);
    if (this.#cursor.problem !== undefined) return;
    const time = type === TIMESTAMP ? timestamp(data) : undefined;
    this.#items.leaf(start, label, time ?? `ext(${type}, h'${toHex(data)}')`);
  }

  #number(start: number, label: string, head: number): void {
    const width = head === FLOAT_32 ? 4 : head === FLOAT_64 ? 8 : 2 ** (head & 3);
    this.#cursor.take(width);
    if (this.#cursor.problem !== undefined) return;
    const value = LIBRARY.decode(this.#cursor.bytes.subarray(start, this.#cursor.position));
    const isFloat = head === FLOAT_32 || head === FLOAT_64;
    this.#items.leaf(start, label, isFloat ? formatFloat(Number(value), head === FLOAT_32 ? 4 : 8) : String(value));
  }
}

/** Returns the text of a timestamp, or undefined if the bytes are not a timestamp. */
function timestamp(data: Uint8Array): string | undefined {
  if (data.length !== 4 && data.length !== 8 && data.length !== 12) return undefined;
  const { sec, nsec } = decodeTimestampToTimeSpec(data);
  if (nsec >= 1e9 || Math.abs(sec) > MAX_SECONDS) return undefined;
  const fraction = nsec === 0 ? '' : `.${String(nsec).padStart(9, '0').replace(/0+$/, '')}`;
  return `timestamp("${new Date(1000 * sec).toISOString().replace(/\.000Z$/, '')}${fraction}Z")`;
}
