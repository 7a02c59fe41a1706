/**
 * Blobify: how Motoko's `memory-buffer` 0.1.0 and `memory-collection` 0.0.x turn values into blobs; checked against the vectors
 * of both.
 *
 * | type                     | bytes                                                                                  |
 * |--------------------------|----------------------------------------------------------------------------------------|
 * | Nat                      | digits of base 255, least significant first; 0 is no bytes, or `00` in memory-buffer   |
 * | Nat (big-endian)         | the same digits, most significant first                                                |
 * | Int, Time                | base-255 digits of the absolute value as for Nat, then the sign: 0, or 1 below zero; 0 is `00` |
 * | Nat16 … Nat64, Int16 …   | fixed width, little-endian; big-endian in the variants of that name                    |
 * | Char                     | the character in UTF-8                                                                 |
 *
 * Nat8, Int8, Bool, Text, Blob and Principal are the plain encodings, and go by their names.
 * Some of these the library writes rightly and reads wrongly; then a remark says what the program itself gets.
 */
import { type Codec, compareBytes, type Decoded, type ValuePart, whole } from '../codec.ts';
import { MAX_INTEGER_BYTES } from '../leb128.ts';
import { decodeUtf8, encodeUtf8 } from '../utf8.ts';
import { compareNumbers, type IntegerForm, integerCodec, parseDecimal } from './integers.ts';

const BASE = 255;
/** So many digits make a number that is exact. */
const SOME = 6;

/** Returns the number of base-255 digits, least significant first, or undefined if a byte is no digit. */
export function decodeDigits(digits: Uint8Array): bigint | undefined {
  if (digits.length > MAX_INTEGER_BYTES) return undefined;
  let value = 0n;
  for (let start = Math.floor((digits.length - 1) / SOME) * SOME; start >= 0; start -= SOME) {
    let some = 0;
    for (let index = Math.min(digits.length, start + SOME) - 1; index >= start; index--) {
      const digit = digits[index] ?? 0;
      if (digit === BASE) return undefined;
      some = some * BASE + digit;
    }
    value = value === 0n ? BigInt(some) : value * BigInt(BASE ** SOME) + BigInt(some);
  }
  return value;
}

/** Returns the digits of a number, least significant first; none for zero. */
export function encodeDigits(value: bigint): Uint8Array<ArrayBuffer> {
  const low: number[] = [];
  let high = value;
  for (; high > Number.MAX_SAFE_INTEGER; high /= BigInt(BASE)) low.push(Number(high % BigInt(BASE)));
  let rest = Number(high);
  let length = low.length;
  for (let left = rest; left > 0; left = Math.floor(left / BASE)) length++;
  const digits = new Uint8Array(length);
  digits.set(low);
  for (let index = low.length; index < length; index++) {
    digits[index] = rest % BASE;
    rest = Math.floor(rest / BASE);
  }
  return digits;
}

function natCodec(name: string, description: string, order: 'little' | 'big'): Codec {
  const number = (bytes: Uint8Array) => decodeDigits(order === 'little' ? bytes : bytes.toReversed());
  return {
    name,
    description,
    decode(bytes) {
      const value = number(bytes);
      return value === undefined ? undefined : whole(bytes, 'Nat', String(value));
    },
    encode(text) {
      const value = parseDecimal(text);
      if (value === undefined || value < 0n) return undefined;
      const digits = encodeDigits(value);
      return order === 'little' ? digits : digits.reverse();
    },
    compare: (a, b) => compareNumbers(number(a) ?? 0n, number(b) ?? 0n),
  };
}

/** Returns the number of an `Int`: digits, then the sign. */
function decodeInt(bytes: Uint8Array): bigint | undefined {
  const sign = bytes.at(-1);
  if (sign === undefined || sign > 1) return undefined;
  const value = decodeDigits(bytes.subarray(0, -1));
  if (value === undefined || (value === 0n && sign === 1)) return undefined;
  return sign === 1 ? -value : value;
}

/** Returns what the library makes of an `Int`: it takes the first byte for the sign and the rest for the digits. */
function intAsTheLibraryReads(bytes: Uint8Array): bigint {
  const value = decodeDigits(bytes.subarray(1)) ?? 0n;
  return bytes[0] === 1 ? -value : value;
}

/** Returns what the library makes of a wide number: it shifts within eight bits, so that the bytes end up over each other. */
function wideAsTheLibraryReads(bytes: Uint8Array): bigint {
  return BigInt(bytes.reduce((all, byte) => all | byte, 0));
}

function withRemark(decoded: Decoded, own: bigint): Decoded {
  if (String(own) === decoded.text) return decoded;
  return {
    ...decoded,
    remark: `The program itself reads ${own} here: its version of Blobify writes this type rightly and reads it wrongly.`,
  };
}

const INT: Codec = {
  name: 'blobify.int',
  description: "Motoko Int, first encodings: base 255 and a sign at the end (the library's own reader gets it wrong)",
  decode(bytes) {
    const value = decodeInt(bytes);
    if (value === undefined) return undefined;
    const signAt = bytes.length - 1;
    const parts: ValuePart[] = [{ start: signAt, length: 1, label: 'sign', text: bytes[signAt] === 1 ? '-' : '+' }];
    if (signAt > 0) parts.unshift({ start: 0, length: signAt, label: 'digits', text: String(value < 0n ? -value : value) });
    return withRemark({ text: String(value), parts }, intAsTheLibraryReads(bytes));
  },
  encode(text) {
    const value = parseDecimal(text);
    if (value === undefined) return undefined;
    return Uint8Array.from([...encodeDigits(value < 0n ? -value : value), value < 0n ? 1 : 0]);
  },
  compare: (a, b) => compareNumbers(decodeInt(a) ?? 0n, decodeInt(b) ?? 0n),
};

const CHAR: Codec = {
  name: 'blobify.char',
  description: 'Motoko Char: one character in UTF-8',
  quoted: true,
  decode(bytes) {
    const text = bytes.length > 4 ? undefined : decodeUtf8(bytes);
    return text !== undefined && isOneCharacter(text) ? whole(bytes, 'Char', text) : undefined;
  },
  encode: (text) => (isOneCharacter(text) ? encodeUtf8(text) : undefined),
  compare: compareBytes,
};

function isOneCharacter(text: string): boolean {
  return text.length > 0 && text.length === String.fromCodePoint(text.codePointAt(0) ?? 0).length;
}

function wideCodec(type: 'nat' | 'int', bits: 16 | 32 | 64, order: 'little' | 'big'): Codec {
  const form: IntegerForm = { bytes: bits / 8, signed: type === 'int', order };
  const codec = integerCodec(
    `blobify.${type}${bits}${order === 'big' ? '-be' : ''}`,
    `Motoko ${type === 'nat' ? 'Nat' : 'Int'}${bits}, first encodings: ${order}-endian (the library's own reader gets it wrong)`,
    form,
  );
  return {
    ...codec,
    decode(bytes) {
      const decoded = codec.decode(bytes);
      return decoded && withRemark(decoded, wideAsTheLibraryReads(bytes));
    },
  };
}

const WIDE = ([16, 32, 64] as const).flatMap((bits) => [
  wideCodec('nat', bits, 'little'),
  wideCodec('nat', bits, 'big'),
  wideCodec('int', bits, 'little'),
]);

export const BLOBIFY_CODECS: readonly Codec[] = [
  natCodec('blobify.nat', 'Motoko Nat, first encodings: base 255, least significant digit first', 'little'),
  natCodec('blobify.nat-be', 'Motoko Nat, first encodings: base 255, most significant digit first', 'big'),
  INT,
  CHAR,
  ...WIDE,
];

/** Names of Blobify for encodings that go by another name. */
export const BLOBIFY_ALIASES: Readonly<Record<string, string>> = {
  'blobify.nat8': 'u8',
  'blobify.nat8-be': 'u8',
  'blobify.int8': 'i8',
  'blobify.time': 'blobify.int',
  'blobify.bool': 'bool',
  'blobify.text': 'text',
  'blobify.blob': 'bytes',
  'blobify.principal': 'principal',
  'blobify.candid': 'candid',
};
