import { decodeUtf8 } from '../../values/utf8.ts';
import { Trap } from '../trap.ts';
import type { Word } from '../web-assembly.ts';
import type { Context } from './contexts.ts';
import { type System, type SystemFunction, unsigned } from './system.ts';

/** Returns the two functions by which a canister gets bytes of the system: their size, and a copy of a part of them. */
export function bytesFunctions(
  name: string,
  contexts: ReadonlySet<Context>,
  bytesOf: (system: System) => Uint8Array,
): Readonly<Record<string, SystemFunction>> {
  return {
    [`${name}_size`]: { contexts, run: (system) => system.word(bytesOf(system).length) },
    [`${name}_copy`]: {
      contexts,
      run: (system, to, from, length) => copyPart(system, bytesOf(system), to, from, length),
    },
  };
}

/** Copies a part of `bytes` to main memory. @throws Trap if the part is not within `bytes` */
function copyPart(system: System, bytes: Uint8Array, to: Word = 0, from: Word = 0, length: Word = 0): undefined {
  const start = unsigned(from);
  const end = start + unsigned(length);
  if (end > bytes.length) throw new Trap(`The canister asks for bytes ${start} to ${end}, but there are only ${bytes.length}.`);
  system.room(to, length).set(bytes.subarray(start, end));
}

const TEXT = new TextDecoder();

/** Returns a text in main memory. Bytes that are not UTF-8 become replacement characters. */
export function textAt(system: System, from: Word = 0, length: Word = 0): string {
  return TEXT.decode(system.bytes(from, length));
}

/** Returns a text in main memory. @throws Trap if its bytes are not UTF-8 */
export function utf8At(system: System, name: string, from: Word = 0, length: Word = 0): string {
  const text = decodeUtf8(system.bytes(from, length));
  if (text === undefined) throw new Trap(`ic0.${name} takes a text, but the bytes are not UTF-8.`);
  return text;
}

/** Maximum bytes of a principal. */
const MAX_PRINCIPAL = 29;

/** @throws Trap if a principal is too long */
export function assertPrincipal(name: string, length: Word): void {
  if (unsigned(length) > MAX_PRINCIPAL)
    throw new Trap(`ic0.${name} takes a principal, which has at most ${MAX_PRINCIPAL} bytes and not ${unsigned(length)}.`);
}

/** Returns a number of cycles as 64 bits. @throws Trap if it is larger */
export function cycles64(name: string, cycles: bigint): bigint {
  if (cycles > MASK_64) throw new Trap(`ic0.${name} returns 64 bits, but there are ${cycles} cycles. Use ic0.${name}128.`);
  return BigInt.asIntN(64, cycles);
}

const BYTES_128 = 16;

/** Writes a number of 128 bits, little-endian. */
export function write128(system: System, to: Word = 0, value: bigint): undefined {
  const room = system.room(to, BYTES_128);
  for (let index = 0; index < BYTES_128; index++) room[index] = Number((value >> BigInt(8 * index)) & 0xffn);
}

const MASK_64 = (1n << 64n) - 1n;

/** Returns a number from its upper and lower 64 bits. */
export function join128(high: Word = 0, low: Word = 0): bigint {
  return ((BigInt(high) & MASK_64) << 64n) | (BigInt(low) & MASK_64);
}
