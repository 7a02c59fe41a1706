import { toHex } from '../../core/format.ts';
import { isAllZero } from '../../core/memory/all-zero.ts';
import { at, byteLength, PAGE_SIZE, type ReadableMemory } from '../../core/memory/memory.ts';
import type { Hasher } from '../../core/sha256.ts';
import type { RangeChecksums } from './patch.ts';

/** Maximum ranges of an image. */
const MAX_RANGES = 1024;
/** Maximum bytes that are read together. */
const MAX_PIECE = 16 * PAGE_SIZE;

/** Returns the length of the ranges of an image of `bytes` bytes: a page, doubled until there are few enough of them. */
export function rangeLength(bytes: number): number {
  let length = PAGE_SIZE;
  while (bytes / length > MAX_RANGES) length *= 2;
  return length;
}

/** Returns the checksum of each range that is not all zeros. */
export function* checksumsOf(
  memory: ReadableMemory,
  rangeBytes: number,
  newHasher: () => Hasher,
): Generator<number, RangeChecksums, undefined> {
  const checksums = new Map<number, string>();
  const size = byteLength(memory);
  for (let start = 0; start < size; start += rangeBytes) {
    const checksum = yield* checksumOf(memory, start, Math.min(rangeBytes, size - start), newHasher);
    if (checksum !== undefined) checksums.set(start, checksum);
  }
  return checksums;
}

/** Returns undefined for a range of zeros. Yields the part of the memory that is done. */
function* checksumOf(
  memory: ReadableMemory,
  start: number,
  length: number,
  newHasher: () => Hasher,
): Generator<number, string | undefined, undefined> {
  const piece = new Uint8Array(Math.min(MAX_PIECE, length));
  let hasher: Hasher | undefined;
  for (let done = 0; done < length; done += piece.length) {
    const bytes = piece.subarray(0, Math.min(piece.length, length - done));
    memory.read(at(0, start + done), bytes);
    if (hasher === undefined && !isAllZero(bytes)) {
      hasher = newHasher();
      const zeros = new Uint8Array(piece.length);
      for (let before = 0; before < done; before += zeros.length) hasher.update(zeros);
    }
    hasher?.update(bytes);
    yield (start + done) / byteLength(memory);
  }
  return hasher === undefined ? undefined : toHex(hasher.digest());
}
