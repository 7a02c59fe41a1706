/** LEB128: integers in groups of seven bits, the lowest group first. The top bit of a byte is set if more follow. */
import type { Cursor } from './cursor.ts';

/** Maximum length of an integer in bytes, because formatting takes more than linear time. 4096 bytes are 28,672 bits. */
export const MAX_INTEGER_BYTES = 4096;

/** Reads an unsigned integer of any size. */
export function readUnsigned(cursor: Cursor): bigint {
  return readGroups(cursor).value;
}

/** Reads a signed integer of any size, in two's complement. Bit 6 of the last byte is the sign. */
export function readSigned(cursor: Cursor): bigint {
  const { value, bits, last } = readGroups(cursor);
  return last & 0x40 ? value - (1n << BigInt(bits)) : value;
}

/** Reads an unsigned integer of at most 2^53 - 1. */
export function readCount(cursor: Cursor): number {
  const value = readUnsigned(cursor);
  if (value <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(value);
  cursor.fail(`The count ${value} is too large.`);
  return 0;
}

function readGroups(cursor: Cursor): { value: bigint; bits: number; last: number } {
  const start = cursor.position;
  let last = cursor.byte();
  while (last & 0x80) {
    if (cursor.position - start >= MAX_INTEGER_BYTES) cursor.fail('The integer is too long.');
    last = cursor.byte();
  }
  const groups = cursor.position - start;
  if (groups <= 4) {
    let small = 0;
    for (let index = 0; index < groups; index++) small += ((cursor.bytes[start + index] ?? 0) & 0x7f) << (7 * index);
    return { value: BigInt(small), bits: 7 * groups, last };
  }
  let value = 0n;
  for (let index = groups - 1; index >= 0; index--) value = (value << 7n) | BigInt((cursor.bytes[start + index] ?? 0) & 0x7f);
  return { value, bits: 7 * groups, last };
}

/** Returns the shortest encoding of a number that is not negative. */
export function encodeUnsigned(value: bigint): Uint8Array<ArrayBuffer> {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80n) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}

/** Returns the shortest encoding of any whole number. */
export function encodeSigned(value: bigint): Uint8Array<ArrayBuffer> {
  const bytes: number[] = [];
  let rest = value;
  while (rest < -64n || rest > 63n) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest & 0x7fn));
  return Uint8Array.from(bytes);
}
