import type { Budget } from '../core/budget.ts';
import { formatCounted } from '../core/format.ts';
import { at, byteLength, PAGE_SIZE, type ReadableMemory, readBytes } from '../core/memory/memory.ts';

/** Bytes of one value at the start of a memory, as an overwritten header leaves them. */
export interface BlankStart {
  readonly byte: 0 | 0xff;
  readonly length: number;
}

/** A shorter run can be the start of anything: a small number, an empty field. */
export const MIN_BLANK = 8;
/** Bytes that are read for where the run ends. */
const MAX_BYTES = 256 * PAGE_SIZE;

/**
 * Returns the run of zeros or of 0xff that a memory begins with, where another byte follows it; undefined where none does in the first `most` bytes, as
 * in a memory never written.
 */
export function blankStart(memory: ReadableMemory, budget: Budget, most = MAX_BYTES): BlankStart | undefined {
  if (memory.pages === 0) return undefined;
  const [first = 1] = readBytes(memory, at(0, 0), 1);
  if (first !== 0 && first !== 0xff) return undefined;
  const limit = Math.min(byteLength(memory), most);
  for (let start = 0; start < limit; start += PAGE_SIZE) {
    const size = Math.min(PAGE_SIZE, limit - start);
    if (!budget.spend(PAGE_SIZE)) break;
    const bytes = readBytes(memory, at(0, start), size);
    let end = 0;
    while (end < size && bytes[end] === first) end += 1;
    if (end === size) continue;
    const length = start + end;
    if (length < MIN_BLANK || (first === 0xff && isZeroFrom(memory, length))) return undefined;
    return { byte: first, length };
  }
  return undefined;
}

/** Returns how many of the first `most` bytes are all zero or all 0xff. */
export function blankLength(memory: ReadableMemory, most: number): number {
  const bytes = readBytes(memory, at(0, 0), most);
  const [first = 1] = bytes;
  if (first !== 0 && first !== 0xff) return 0;
  const end = bytes.findIndex((byte) => byte !== first);
  return end === -1 ? most : end;
}

/** Says how a memory begins: `64 zero bytes`, `8 bytes of 0xff`. */
export function describeBlank({ byte, length }: BlankStart): string {
  return byte === 0 ? formatCounted(length, 'zero byte') : `${formatCounted(length, 'byte')} of 0xff`;
}

/** Returns whether the rest of the page is zero. */
function isZeroFrom(memory: ReadableMemory, address: number): boolean {
  const end = Math.ceil((address + 1) / PAGE_SIZE) * PAGE_SIZE;
  return readBytes(memory, at(0, address), Math.min(end, byteLength(memory)) - address).every((byte) => byte === 0);
}
