/**
 * Blobify: the encodings of values as blobs in Motoko's `memory-buffer` 0.1.0 and `memory-collection` 0.0.x, checked against the
 * test vectors of both.
 *
 * | type                     | bytes                                                                                  |
 * |--------------------------|----------------------------------------------------------------------------------------|
 * | Nat                      | digits of base 255, least significant first; 0 is no bytes, or `00` in memory-buffer   |
 * | Nat (big-endian)         | the same digits, most significant first                                                |
 * | Int, Time                | base-255 digits of the absolute value like for Nat, then the sign: 0, or 1 below zero; 0 is `00` |
 * | Nat16 … Nat64, Int16 …   | fixed width, little-endian; big-endian in the variants of that name                    |
 * | Char                     | the character in UTF-8                                                                 |
 *
 * Nat8, Int8, Bool, Text, Blob and Principal are the plain encodings and use their names. The library writes some types correctly
 * but reads them incorrectly: a remark then shows the value that the program itself reads.
 */
import { type Codec, compareBytes, type Decoded, type ValuePart, whole } from '../codec.ts';
import { MAX_INTEGER_BYTES } from '../leb128.ts';
import { decodeUtf8, encodeUtf8 } from '../utf8.ts';
import { compareNumbers, type IntegerForm, integerCodec, parseDecimal } from './integers.ts';

const BASE = 255;
/** Digits that are decoded at once as an exact `number`. */
const SOME = 6;

/** Decodes a number from base-255 digits, least significant first. Returns undefined if a byte is not a digit. */
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

/** Encodes a number as digits, least significant first. Zero has no digits. */
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

/** Decodes an `Int`: digits, then the sign. */
function decodeInt(bytes: Uint8Array): bigint | undefined {
  const sign = bytes.at(-1);
  if (sign === undefined || sign > 1) return undefined;
  const value = decodeDigits(bytes.subarray(0, -1));
  if (value === undefined || (value === 0n && sign === 1)) return undefined;
  return sign === 1 ? -value : value;
}

/** Decodes an `Int` like the library, which takes the first byte for the sign and the rest for the digits. */
function intAsTheLibraryReads(bytes: Uint8Array): bigint {
  const value = decodeDigits(bytes.subarray(1)) ?? 0n;
  return bytes[0] === 1 ? -value : value;
}

/** Decodes a wide number like the library, which shifts within eight bits, so the bytes are ORed together. */
function wideAsTheLibraryReads(bytes: Uint8Array): bigint {
  return BigInt(bytes.reduce((all, byte) => all | byte, 0));
}

function withRemark(decoded: Decoded, own: bigint): Decoded {
  if (String(own) === decoded.text) return decoded;
  return {
    ...decoded,
    remark: `The program itself reads ${own} here: its version of Blobify writes this type correctly but reads it incorrectly.`,
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

/** Blobify's names for encodings that have another name here. */
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
