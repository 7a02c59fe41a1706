import type { Budget } from '../core/budget.ts';
import { formatCounted } from '../core/format.ts';
import { at, byteLength, PAGE_SIZE, type ReadableMemory, readBytes } from '../core/memory/memory.ts';

/** A run of one byte value at the start of a memory, as an overwritten header leaves it. */
export interface BlankStart {
  readonly byte: 0 | 0xff;
  readonly length: number;
}

/**
 * Minimum length in bytes of such a run. A shorter run can be the start of anything, such as a small number or an empty field.
 */
export const MIN_BLANK = 8;
/** Maximum bytes searched for the end of the run. */
const MAX_BYTES = 256 * PAGE_SIZE;
const CHUNK = 16 * PAGE_SIZE;

/**
 * Returns the run of zeros or of 0xff at the start of a memory, if another byte follows it within the first `max` bytes;
 * otherwise undefined, as in a memory that was never written.
 */
export function blankStart(memory: ReadableMemory, budget: Budget, max = MAX_BYTES): BlankStart | undefined {
  if (memory.pages === 0) return undefined;
  const [first = 1] = readBytes(memory, at(0, 0), 1);
  if (first !== 0 && first !== 0xff) return undefined;
  const limit = Math.min(byteLength(memory), max);
  // Most runs end in the first page. Longer ones are read in chunks that do not go through the cache of pages.
  let size = Math.min(PAGE_SIZE, limit);
  for (let start = 0; start < limit; start += size, size = Math.min(CHUNK, limit - start)) {
    if (!budget.spend(size)) break;
    const end = runLength(readBytes(memory, at(0, start), size), first);
    if (end === size) continue;
    const length = start + end;
    if (length < MIN_BLANK || (first === 0xff && isZeroFrom(memory, length))) return undefined;
    return { byte: first, length };
  }
  return undefined;
}

/** Returns the number of bytes at the start that are `byte`. */
function runLength(bytes: Uint8Array<ArrayBuffer>, byte: number): number {
  const words = new Uint32Array(bytes.buffer, 0, bytes.length >>> 2);
  const wanted = (byte * 0x01_01_01_01) >>> 0;
  let word = 0;
  while (word < words.length && words[word] === wanted) word += 1;
  let end = 4 * word;
  while (end < bytes.length && bytes[end] === byte) end += 1;
  return end;
}

/** Returns the length of the run of zeros or of 0xff at the start of a memory, at most `max`. */
export function blankLength(memory: ReadableMemory, max: number): number {
  const bytes = readBytes(memory, at(0, 0), max);
  const [first = 1] = bytes;
  if (first !== 0 && first !== 0xff) return 0;
  const end = bytes.findIndex((byte) => byte !== first);
  return end === -1 ? max : end;
}

/** Describes the start of a memory: `64 zero bytes`, `8 bytes of 0xff`. */
export function describeBlank({ byte, length }: BlankStart): string {
  return byte === 0 ? formatCounted(length, 'zero byte') : `${formatCounted(length, 'byte')} of 0xff`;
}

/** Returns whether the rest of the page is zero. */
function isZeroFrom(memory: ReadableMemory, address: number): boolean {
  const end = Math.ceil((address + 1) / PAGE_SIZE) * PAGE_SIZE;
  return readBytes(memory, at(0, address), Math.min(end, byteLength(memory)) - address).every((byte) => byte === 0);
}
