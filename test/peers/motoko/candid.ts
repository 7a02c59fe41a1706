/**
 * The part of Candid that the actors here use: blobs, and numbers of fixed width, which have the same bytes in Candid as in a
 * region.
 */
import { encodeUint } from './prepare.ts';

/** An argument: the code of its type, and its bytes. */
export interface Argument {
  readonly type: number;
  readonly bytes: Uint8Array;
}

/** Type codes, as signed LEB128 of one byte. */
const CODES = {
  Nat8: 0x7b,
  Nat16: 0x7a,
  Nat32: 0x79,
  Nat64: 0x78,
  Int8: 0x77,
  Int16: 0x76,
  Int32: 0x75,
  Int64: 0x74,
  Float: 0x72,
} as const;

const MAGIC = [0x44, 0x49, 0x44, 0x4c];
/** A type table of one type, number 0: `vec nat8`. */
const BLOBS = [1, 0x6d, CODES.Nat8];
const BLOB = 0;

export function fixed(type: keyof typeof CODES, bytes: Uint8Array): Argument {
  return { type: CODES[type], bytes };
}

export function nat64(value: number | bigint): Argument {
  return fixed('Nat64', littleEndian(BigInt(value)));
}

export function blob(bytes: Uint8Array): Argument {
  return { type: BLOB, bytes: Buffer.concat([encodeUint(bytes.length), bytes]) };
}

/** Encodes the arguments of a method. */
export function message(...args: readonly Argument[]): Uint8Array {
  const types = args.map(({ type }) => type);
  return Buffer.concat([Uint8Array.of(...MAGIC, ...BLOBS, args.length, ...types), ...args.map(({ bytes }) => bytes)]);
}

/** Returns the bytes of a reply that is a number of `width` bytes. */
export function fixedIn(reply: Uint8Array, width: number): Uint8Array {
  return Uint8Array.from(reply.subarray(-width));
}

export function nat64In(reply: Uint8Array): bigint {
  return new DataView(fixedIn(reply, 8).buffer).getBigUint64(0, true);
}

/** Returns the blob of a reply that is a blob. */
export function blobIn(reply: Uint8Array): Uint8Array {
  let at = MAGIC.length + BLOBS.length + 2;
  while ((reply[at] ?? 0) >= 0x80) at++;
  return Uint8Array.from(reply.subarray(at + 1));
}

export function littleEndian(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, value, true);
  return bytes;
}
