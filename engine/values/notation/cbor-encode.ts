/** Writes CBOR (RFC 8949) from its diagnostic notation, of which JSON is a part: the texts that `cbor.ts` writes. */
import { fromHex } from '../../core/format.ts';
import { TokenReader } from '../../core/token-reader.ts';
import { encodeUtf8 } from '../utf8.ts';

/** The form of an encoding, where CBOR has several for one value. */
export interface CborForm {
  /** The width of floating-point numbers: always eight bytes, at least four, or as few as keep the value. */
  readonly floats: 'double' | 'single' | 'shortest';
  /** True if arrays and maps end with a break instead of beginning with their length. */
  readonly indefinite: boolean;
}

/** The forms that are in use, the most common first. */
export const CBOR_FORMS: readonly CborForm[] = [false, true].flatMap((indefinite) =>
  (['double', 'shortest', 'single'] as const).map((floats) => ({ floats, indefinite })),
);

/** Maximum nesting of a text. */
const MAX_DEPTH = 128;
const TOKEN = /\s*("(?:[^"\\]|\\.)*"|h'[^']*'|-?Infinity|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|[A-Za-z_]\w*|[^\s])/y;
const SIMPLE: ReadonlyMap<string, number> = new Map([
  ['false', 0xf4],
  ['true', 0xf5],
  ['null', 0xf6],
  ['undefined', 0xf7],
]);
const BREAK = 0xff;

/** Returns the bytes of a text in diagnostic notation, or undefined if it is not one. */
export function encodeCbor(text: string, form: CborForm = { floats: 'double', indefinite: false }): Uint8Array | undefined {
  return new Writer(text, form).write();
}

class Writer {
  readonly #tokens: TokenReader;
  readonly #form: CborForm;
  #depth = 0;

  constructor(text: string, form: CborForm) {
    this.#tokens = new TokenReader(text, TOKEN);
    this.#form = form;
  }

  write(): Uint8Array | undefined {
    const bytes = this.#item();
    return this.#tokens.failed || this.#tokens.token !== '' ? undefined : Uint8Array.from(bytes);
  }

  #item(): readonly number[] {
    const { token } = this.#tokens;
    this.#depth += 1;
    if (token === '' || this.#depth > MAX_DEPTH) this.#tokens.failed = true;
    if (this.#tokens.failed) return [];
    this.#tokens.advance();
    const bytes = this.#itemFrom(token);
    this.#depth -= 1;
    return bytes;
  }

  #itemFrom(token: string): readonly number[] {
    if (token === '[') return this.#listed(4, ']', () => this.#item());
    if (token === '{') return this.#listed(5, '}', () => [...this.#item(), ...this.#value()]);
    if (token.startsWith('"')) return this.#string(3, encodeUtf8(unquoted(token) ?? this.#fail()));
    if (token.startsWith("h'")) return this.#string(2, fromHex(token.slice(2, -1)));
    const simple = SIMPLE.get(token);
    if (simple !== undefined) return [simple];
    if (token === 'simple') return this.#simple();
    if (/^-?\d+$/.test(token) && token !== '-0') return this.#integer(token);
    if (/^(-?Infinity|NaN|-?\d[\d.eE+-]*)$/.test(token)) return this.#float(Number(token));
    this.#tokens.failed = true;
    return [];
  }

  #fail(): string {
    this.#tokens.failed = true;
    return '';
  }

  #value(): readonly number[] {
    this.#tokens.expect(':');
    return this.#item();
  }

  #listed(major: number, end: string, next: () => readonly number[]): readonly number[] {
    const items: number[] = [];
    let count = 0;
    while (!this.#tokens.failed && !this.#tokens.takes(end)) {
      if (count > 0) this.#tokens.expect(',');
      for (const byte of next()) items.push(byte);
      count += 1;
    }
    return this.#form.indefinite ? [(major << 5) | 31, ...items, BREAK] : [...head(major, BigInt(count)), ...items];
  }

  #string(major: number, bytes: Uint8Array | undefined): readonly number[] {
    if (bytes === undefined) this.#tokens.failed = true;
    return [...head(major, BigInt(bytes?.length ?? 0)), ...(bytes ?? [])];
  }

  /** Writes an integer, or the tag before an item in brackets. */
  #integer(token: string): readonly number[] {
    const value = BigInt(token);
    if (this.#tokens.takes('(')) {
      const item = this.#item();
      this.#tokens.expect(')');
      return [...head(6, value), ...item];
    }
    const unsigned = value < 0n ? -1n - value : value;
    if (unsigned < 1n << 64n) return head(value < 0n ? 1 : 0, unsigned);
    const digits = unsigned.toString(16);
    const bytes = fromHex(digits.length % 2 === 0 ? digits : `0${digits}`);
    return [...head(6, value < 0n ? 3n : 2n), ...this.#string(2, bytes)];
  }

  #simple(): readonly number[] {
    this.#tokens.expect('(');
    const value = Number(this.#tokens.token);
    this.#tokens.advance();
    this.#tokens.expect(')');
    if (!Number.isInteger(value) || value < 0 || value > 255 || (value > 23 && value < 32)) this.#tokens.failed = true;
    return value < 24 ? [0xe0 | value] : [0xf8, value];
  }

  #float(value: number): readonly number[] {
    const { floats } = this.#form;
    const view = new DataView(new ArrayBuffer(8));
    const half = floats === 'shortest' ? halfOf(value) : undefined;
    if (half !== undefined) return [0xf9, half >> 8, half & 0xff];
    // A text of a single has fewer digits than the equal double.
    const isSingle = floats === 'single' || (floats === 'shortest' && Object.is(Math.fround(value), value));
    if (isSingle) view.setFloat32(0, value);
    else view.setFloat64(0, value);
    return [isSingle ? 0xfa : 0xfb, ...new Uint8Array(view.buffer, 0, isSingle ? 4 : 8)];
  }
}

/** Returns the first bytes of an item: its kind, and its argument in as few bytes as possible. */
function head(major: number, argument: bigint): readonly number[] {
  const kind = major << 5;
  if (argument < 24n) return [kind | Number(argument)];
  const width = argument < 1n << 8n ? 1 : argument < 1n << 16n ? 2 : argument < 1n << 32n ? 4 : 8;
  const bytes = Array.from({ length: width }, (_, index) => Number((argument >> BigInt(8 * (width - 1 - index))) & 0xffn));
  return [kind | (24 + Math.log2(width)), ...bytes];
}

/** Returns the bits of a number as an IEEE 754 binary16; undefined if they do not keep its value. */
function halfOf(value: number): number | undefined {
  if (Number.isNaN(value)) return 0x7e00;
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (size === Number.POSITIVE_INFINITY) return sign | 0x7c00;
  if (size === 0) return sign;
  const exponent = Math.max(-14, Math.floor(Math.log2(size)));
  const fraction = size / 2 ** (exponent - 10);
  if (!Number.isInteger(fraction) || exponent > 15) return undefined;
  return sign | (fraction < 1024 ? fraction : ((exponent + 15) << 10) | (fraction - 1024));
}

function unquoted(token: string): string | undefined {
  try {
    return String(JSON.parse(token));
  } catch {
    return undefined;
  }
}
