import { at, byteLength, holds, type ReadableMemory, readBytes } from '../core/memory/memory.ts';
import { isTextUpToZeros, textLength } from '../values/guessing/plain-text.ts';

/** Length of the header of every structure of memory-buffer and memory-collection. */
const HEADER_LENGTH = 64;
/** Minimum letters that prove text. Ids and counts are in their place, and four letters would be greater than any such number. */
const MIN_LETTERS = 4;

/**
 * Returns whether a region begins with text, and so not with a structure's header, although each header begins with three
 * letters.
 */
export function beginsWithText(region: ReadableMemory): boolean {
  if (!holds(region, 0, HEADER_LENGTH)) return false;
  const bytes = readBytes(region, at(0, 0), HEADER_LENGTH);
  return isTextUpToZeros(bytes, 3) || textLength(bytes, 4) >= MIN_LETTERS;
}

/** Bytes after the header that are checked: the first part of a structure follows directly. */
const LOOKED_AT = 4_096;

/** Returns whether bytes soon after the header are in use. A header alone, which nothing else refers to, may be any bytes. */
export function isUsedAfterHeader(region: ReadableMemory): boolean {
  const rest = readBytes(region, at(0, HEADER_LENGTH), Math.min(LOOKED_AT, byteLength(region)) - HEADER_LENGTH);
  // Checks eight bytes at a time, because a canister can have tens of thousands of regions.
  for (const word of new Float64Array(rest.buffer)) if (!Object.is(word, 0)) return true;
  return false;
}
