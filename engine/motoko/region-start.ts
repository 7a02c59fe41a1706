import { at, byteLength, holds, PAGE_SIZE, type ReadableMemory, readBytes } from '../memory/memory.ts';
import { isTextUpToZeros, textLength } from '../values/plain-text.ts';

/** Length of the header of every structure of memory-buffer and memory-collection. */
const HEADER_LENGTH = 64;
/** Ids and counts are numbers: four letters in their place would be greater than any. */
const MIN_LETTERS = 4;

/** Returns whether a region begins with text, whatever letters: no structure's header, although each begins with three letters. */
export function beginsWithText(region: ReadableMemory): boolean {
  if (!holds(region, 0, HEADER_LENGTH)) return false;
  const bytes = readBytes(region, at(0, 0), HEADER_LENGTH);
  return isTextUpToZeros(bytes, 3) || textLength(bytes, 4) >= MIN_LETTERS;
}

/** Returns whether the first page has bytes in use after the header: a header alone, with nothing that names it, may be any bytes. */
export function isUsedAfterHeader(region: ReadableMemory): boolean {
  const rest = readBytes(region, at(0, HEADER_LENGTH), Math.min(PAGE_SIZE, byteLength(region)) - HEADER_LENGTH);
  return rest.some((byte) => byte !== 0);
}
