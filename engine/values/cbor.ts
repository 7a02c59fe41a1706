/**
 * CBOR (RFC 8949), any one item. Texts are its diagnostic notation without spare blanks: `{"name": "x", 1: h'00ff', "t": 1.5}`.
 * An item begins with a byte of major type (top 3 bits) and argument: below 24 in the byte itself, 24 to 27 in the 1, 2, 4 or 8
 * bytes that follow (big-endian), 31 for a length that is not said, up to a `ff`.
 */
import { toHex } from '../format.ts';
import { viewOf } from '../memory/memory.ts';
import { type Codec, type Excerpt, quote, type Reading } from './codec.ts';
import { Composition, labelWithin } from './composition.ts';
import { Cursor } from './cursor.ts';
import { formatFloat } from './floats.ts';
import { decodeInteger } from './integers.ts';
import { MAX_INTEGER_BYTES } from './leb128.ts';

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

/** An array or map, or a tag's parenthesis, that is not yet complete. */
interface Open {
  readonly kind: 'array' | 'map' | 'tag';
  readonly label: string;
  /** Items that it will have, keys counted too; undefined where a break ends it. */
  readonly count: number | undefined;
  done: number;
  /** In a map: the label of the value to come, from its key. */
  key: string;
}

/** Reads the item that `bytes` begin with. */
export function readCbor(bytes: Uint8Array, excerpt: Excerpt = {}): Reading {
  return new Reader(bytes, excerpt).read();
}

export const CBOR: Codec = {
  name: 'cbor',
  description: 'CBOR, in its diagnostic notation',
  decode(bytes) {
    const reading = readCbor(bytes);
    return reading.problem === undefined && reading.length === bytes.length ? reading.decoded : undefined;
  },
};

class Reader {
  readonly #cursor: Cursor;
  readonly #out: Composition;
  /** A list and not recursion: bytes decide how deep items nest. Each item takes a byte, so their number is bounded. */
  readonly #open: Open[] = [];

  constructor(bytes: Uint8Array, { length, mostParts }: Excerpt) {
    this.#cursor = new Cursor(bytes, length);
    this.#out = new Composition(mostParts);
  }

  read(): Reading {
    do {
      const open = this.#open.at(-1);
      if (open && open.count === undefined && this.#cursor.bytes[this.#cursor.position] === BREAK) this.#break(open);
      else this.#item(open);
      this.#closeComplete();
    } while (this.#open.length > 0 && this.#cursor.problem === undefined);
    const { problem, cut } = this.#cursor;
    if (problem !== undefined && !cut) return { problem };
    const decoded = { text: this.#out.text, parts: this.#out.parts };
    return problem === undefined ? { decoded, length: this.#cursor.position } : { problem, begun: decoded };
  }

  #break(open: Open): void {
    if (open.kind === 'map' && open.done % 2 === 1) this.#cursor.fail('A key stands without a value.');
    this.#cursor.byte();
    this.#close(open);
  }

  #closeComplete(): void {
    for (let open = this.#open.at(-1); open && open.count === open.done; open = this.#open.at(-1)) this.#close(open);
  }

  #close(open: Open): void {
    this.#open.pop();
    this.#out.write(open.kind === 'map' ? '}' : open.kind === 'array' ? ']' : ')');
  }

  #item(open: Open | undefined): void {
    const label = this.#begin(open);
    const start = this.#cursor.position;
    const initial = this.#cursor.byte();
    const major = initial >> 5;
    const information = initial & 31;
    if (major === 7) this.#simple(start, information, label, open);
    else if (information === INDEFINITE) this.#indefinite(start, major, label, open);
    else this.#definite(start, major, this.#argument(information), label, open);
  }

  /** Writes what stands between the item before and this one; says what this one is called. */
  #begin(open: Open | undefined): string {
    if (open === undefined) return '';
    const position = open.done;
    open.done += 1;
    if (open.kind === 'tag') return open.label;
    if (open.kind === 'array') {
      if (position > 0) this.#out.write(', ');
      return labelWithin(open.label, `[${position}]`);
    }
    if (position % 2 === 1) {
      this.#out.write(': ');
      return labelWithin(open.label, open.key);
    }
    if (position > 0) this.#out.write(', ');
    open.key = '.…';
    return open.label === '' ? 'key' : labelWithin(open.label, ' key');
  }

  #argument(information: number): bigint {
    if (information < 24) return BigInt(information);
    if (information > 27) {
      this.#cursor.fail(`${information} is no length of an argument.`);
      return 0n;
    }
    return decodeInteger(this.#cursor.take(2 ** (information - 24)), { signed: false, order: 'big' });
  }

  #definite(start: number, major: number, argument: bigint, label: string, open: Open | undefined): void {
    if (major === UNSIGNED || major === NEGATIVE) {
      this.#leaf(start, label, String(major === UNSIGNED ? argument : -1n - argument), open);
    } else if (major === TAG) {
      if (!this.#bignum(start, argument, label, open)) this.#push('tag', start, label, 1, `${argument}(`);
    } else if (argument > BigInt(this.#cursor.left)) {
      this.#cursor.fail(`${argument} bytes or items should follow; it ends sooner.`);
    } else if (major === BYTE_STRING || major === TEXT_STRING) {
      this.#leaf(start, label, this.#string(major, Number(argument)), open);
    } else if (major === ARRAY) {
      this.#push('array', start, label, Number(argument), '[');
    } else {
      this.#push('map', start, label, 2 * Number(argument), '{');
    }
  }

  #indefinite(start: number, major: number, label: string, open: Open | undefined): void {
    if (major === ARRAY) this.#push('array', start, label, undefined, '[');
    else if (major === MAP) this.#push('map', start, label, undefined, '{');
    else if (major === BYTE_STRING || major === TEXT_STRING) this.#leaf(start, label, this.#chunks(major), open);
    else this.#cursor.fail('Only strings, arrays and maps can be of a length that is not said.');
  }

  /** A string in pieces, each a definite string of the same kind. */
  #chunks(major: number): string {
    const chunks: string[] = [];
    for (
      let initial = this.#cursor.byte();
      initial !== BREAK && this.#cursor.problem === undefined;
      initial = this.#cursor.byte()
    ) {
      if (initial >> 5 !== major || (initial & 31) === INDEFINITE) this.#cursor.fail('A piece of the string is of another kind.');
      const length = this.#argument(initial & 31);
      if (length > BigInt(this.#cursor.left)) this.#cursor.fail('A piece of the string is longer than the bytes.');
      else chunks.push(this.#string(major, Number(length)));
    }
    return `(_ ${chunks.join(', ')})`;
  }

  #string(major: number, length: number): string {
    return major === TEXT_STRING ? quote(this.#cursor.text(length)) : `h'${toHex(this.#cursor.take(length))}'`;
  }

  /** A tag 2 or 3 on a byte string is one number, and is read as such. */
  #bignum(start: number, tag: bigint, label: string, open: Open | undefined): boolean {
    const initial = this.#cursor.bytes[this.#cursor.position] ?? 0;
    const isString = initial >> 5 === BYTE_STRING && (initial & 31) !== INDEFINITE;
    if (!isString || (tag !== POSITIVE_BIGNUM && tag !== NEGATIVE_BIGNUM)) return false;
    this.#cursor.byte();
    const length = this.#argument(initial & 31);
    if (length > BigInt(Math.min(MAX_INTEGER_BYTES, this.#cursor.left)))
      this.#cursor.fail(`A number of ${length} bytes is too long.`);
    const value = decodeInteger(this.#cursor.take(Number(length)), { signed: false, order: 'big' });
    this.#leaf(start, label, String(tag === POSITIVE_BIGNUM ? value : -1n - value), open);
    return true;
  }

  #simple(start: number, information: number, label: string, open: Open | undefined): void {
    const bytes = information >= 24 && information <= 27 ? this.#cursor.take(2 ** (information - 24)) : undefined;
    if (bytes === undefined) {
      if (information > 27) this.#cursor.fail('A break stands where an item should.');
      this.#leaf(start, label, simpleName(information), open);
      return;
    }
    if (this.#cursor.problem !== undefined) return;
    if (bytes.length === 1 && (bytes[0] ?? 0) < 32) this.#cursor.fail('A simple value is written too long.');
    this.#leaf(start, label, bytes.length === 1 ? simpleName(bytes[0] ?? 0) : float(bytes), open);
  }

  #leaf(start: number, label: string, text: string, open: Open | undefined): void {
    this.#out.writePart(start, this.#cursor.position, label === '' ? 'cbor' : label, text);
    if (open?.kind === 'map' && open.done % 2 === 1) open.key = text.startsWith('"') ? `.${text.slice(1, -1)}` : `[${text}]`;
  }

  #push(kind: Open['kind'], start: number, label: string, count: number | undefined, text: string): void {
    const size = count === undefined ? '' : kind === 'map' ? ` of ${count / 2}` : ` of ${count}`;
    this.#out.name(
      start,
      this.#cursor.position,
      label === '' ? kind : label,
      kind === 'tag' ? text.slice(0, -1) : `${kind}${size}`,
    );
    this.#out.write(text);
    this.#open.push({ kind, label, count, done: 0, key: '' });
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

/** IEEE 754 binary16: one bit of sign, five of exponent, ten of fraction. */
function halfFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
}
