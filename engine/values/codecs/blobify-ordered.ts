/**
 * Blobify in `memory-collection` 0.2.0 and later: every number has a fixed width, and blobs have the same order as their numbers.
 *
 * | type            | bytes                                                             |
 * |-----------------|-------------------------------------------------------------------|
 * | Nat             | 8 bytes, big-endian; the library traps above 2^64 - 1             |
 * | Int, Time       | 8 bytes, big-endian, the top bit flipped                          |
 * | Int8 … Int64    | big-endian, the top bit flipped                                   |
 * | Float           | IEEE double, big-endian; all bits flipped below zero, otherwise the top one |
 *
 * Nat8 … Nat64 are plain big-endian numbers. The bytes do not show whether they are in these or in the first encodings.
 */
import { viewOf } from '../../core/memory/memory.ts';
import { type Codec, compareBytes, whole } from '../codec.ts';
import { formatFloat } from './floats.ts';
import { decodeInteger, encodeInteger, integerCodec, parseDecimal } from './integers.ts';

function flipTopBit(bytes: Uint8Array): Uint8Array {
  const flipped = bytes.slice();
  flipped[0] = (bytes[0] ?? 0) ^ 0x80;
  return flipped;
}

function intCodec(name: string, type: string, width: number): Codec {
  const form = { bytes: width, signed: true, order: 'big' } as const;
  return {
    name,
    description: `Motoko ${type}, later encodings: big-endian, the top bit flipped`,
    bound: { max: width, fixed: true },
    decode: (bytes) => (bytes.length === width ? whole(bytes, type, String(decodeInteger(flipTopBit(bytes), form))) : undefined),
    encode(text) {
      const value = parseDecimal(text);
      const bytes = value === undefined ? undefined : encodeInteger(value, form);
      return bytes && flipTopBit(bytes);
    },
    compare: compareBytes,
  };
}

const FLOAT: Codec = {
  name: 'blobify@0.2.float',
  description: 'Motoko Float, later encodings: a big-endian double with flipped bits',
  bound: { max: 8, fixed: true },
  decode(bytes) {
    if (bytes.length !== 8) return undefined;
    const plain = (bytes[0] ?? 0) & 0x80 ? flipTopBit(bytes) : bytes.map((byte) => byte ^ 0xff);
    return whole(bytes, 'Float', formatFloat(viewOf(plain).getFloat64(0), 8));
  },
  encode(text) {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (Number.isNaN(value) && text !== 'NaN') return undefined;
    const plain = new Uint8Array(8);
    viewOf(plain).setFloat64(0, value);
    return (plain[0] ?? 0) & 0x80 ? plain.map((byte) => byte ^ 0xff) : flipTopBit(plain);
  },
  compare: compareBytes,
};

export const ORDERED_BLOBIFY_CODECS: readonly Codec[] = [
  integerCodec('blobify@0.2.nat', 'Motoko Nat, later encodings: 8 bytes, big-endian', { bytes: 8, signed: false, order: 'big' }),
  intCodec('blobify@0.2.int', 'Int, Int64 or Time', 8),
  intCodec('blobify@0.2.int8', 'Int8', 1),
  intCodec('blobify@0.2.int16', 'Int16', 2),
  intCodec('blobify@0.2.int32', 'Int32', 4),
  FLOAT,
];

/** Blobify's names for encodings that have another name here. */
export const ORDERED_BLOBIFY_ALIASES: Readonly<Record<string, string>> = {
  'blobify@0.2.nat8': 'u8',
  'blobify@0.2.nat16': 'u16-be',
  'blobify@0.2.nat32': 'u32-be',
  'blobify@0.2.nat64': 'u64-be',
  'blobify@0.2.int64': 'blobify@0.2.int',
  'blobify@0.2.time': 'blobify@0.2.int',
  'blobify@0.2.bool': 'bool',
  'blobify@0.2.char': 'blobify.char',
  'blobify@0.2.text': 'text',
  'blobify@0.2.blob': 'bytes',
  'blobify@0.2.principal': 'principal',
  'blobify@0.2.candid': 'candid',
};
