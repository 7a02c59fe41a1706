import { at, byteLength, holds, type ReadableMemory, readBytes } from '../core/memory/memory.ts';
import { isTextUpToZeros, textLength } from '../values/guessing/plain-text.ts';

/** Length of the header of every structure of memory-buffer and memory-collection. */
const HEADER_LENGTH = 64;
/** Ids and counts are numbers: four letters in their place would be greater than any. */
const MIN_LETTERS = 4;

/**
 * Returns whether a region begins with text, whatever letters: no structure's header, although each begins with three letters.
 */
export function beginsWithText(region: ReadableMemory): boolean {
  if (!holds(region, 0, HEADER_LENGTH)) return false;
  const bytes = readBytes(region, at(0, 0), HEADER_LENGTH);
  return isTextUpToZeros(bytes, 3) || textLength(bytes, 4) >= MIN_LETTERS;
}

/** What a structure has first follows its header; no more is looked at. */
const LOOKED_AT = 4_096;

/** Returns whether bytes are in use soon after the header: a header alone, with nothing that names it, may be any bytes. */
export function isUsedAfterHeader(region: ReadableMemory): boolean {
  const rest = readBytes(region, at(0, HEADER_LENGTH), Math.min(LOOKED_AT, byteLength(region)) - HEADER_LENGTH);
  // Eight bytes at a time, as a canister can have tens of thousands of regions.
  for (const word of new Float64Array(rest.buffer)) if (!Object.is(word, 0)) return true;
  return false;
}
