/**
 * Integers with as few bytes as possible, in encodings of the serde ecosystem. Texts are decimal. Signed integers use zigzag
 * encoding: 0, -1, 1, -2 are written as 0, 1, 2, 3.
 *
 * | encoding  | bytes                                                                                                          |
 * |-----------|----------------------------------------------------------------------------------------------------------------|
 * | postcard  | LEB128: seven bits per byte, the lowest first, the top bit set if more follow (postcard.jamesmunns.com, "Varints") |
 * | bincode 2 | below 251 the byte itself; 251 and 2 bytes, 252 and 4, 253 and 8, 254 and 16, little-endian (bincode, docs/spec.md)   |
 */
import { type Codec, type Reading, whole, wholeOf } from '../codec.ts';
import { Cursor } from '../cursor.ts';
import { readUnsigned } from '../leb128.ts';
import { decodeInteger } from './integers.ts';

type Bits = 16 | 32 | 64 | 128;

function varintCodec(name: string, bits: Bits, signed: boolean, readNumber: (cursor: Cursor) => bigint): Codec {
  const read = (bytes: Uint8Array): Reading => {
    const cursor = new Cursor(bytes);
    const unsigned = readNumber(cursor);
    if (unsigned >> BigInt(bits) !== 0n) cursor.fail(`${unsigned} has more than ${bits} bits.`);
    if (cursor.problem !== undefined) return { problem: cursor.problem, at: cursor.failedAt };
    const value = signed ? (unsigned >> 1n) ^ -(unsigned & 1n) : unsigned;
    const length = cursor.position;
    return { decoded: whole(bytes.subarray(0, length), name, String(value)), length };
  };
  return {
    name,
    description: `${signed ? 'signed' : 'unsigned'} integer of at most ${bits} bits, as many bytes as it needs`,
    read,
    decode: (bytes) => wholeOf(read(bytes), bytes),
  };
}

/** Makes a codec for integers as postcard writes them. */
export function postcardVarint(bits: Bits, signed: boolean): Codec {
  return varintCodec(`postcard ${signed ? 'i' : 'u'}${bits}`, bits, signed, readUnsigned);
}

/** Makes a codec for integers as bincode 2 writes them in its standard configuration. */
export function bincodeVarint(bits: Bits, signed: boolean): Codec {
  return varintCodec(`bincode2 ${signed ? 'i' : 'u'}${bits}`, bits, signed, (cursor) => {
    const first = cursor.byte();
    if (first < 251) return BigInt(first);
    if (first === 255) cursor.fail('No integer begins with ff.');
    return decodeInteger(cursor.take(2 ** (first - 250)), { signed: false, order: 'little' });
  });
}
