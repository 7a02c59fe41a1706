import { closeSync, fsyncSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { isAllZero } from '../../../core/memory/all-zero.ts';
import { PAGE_SIZE } from '../../../core/memory/memory.ts';

/** Maximum bytes that are read together. */
const MAX_PIECE = 16 * PAGE_SIZE;

/** Writes a new file of `size` bytes, which `read` reads. Ranges of zeros become holes. Yields often. */
export function* writeSparse(path: string, size: number, read: (offset: number, into: Uint8Array) => void): Generator<undefined> {
  const file = openSync(path, 'wx');
  try {
    ftruncateSync(file, size);
    const piece = new Uint8Array(Math.min(MAX_PIECE, size));
    for (let start = 0; start < size; start += piece.length) {
      const bytes = piece.subarray(0, Math.min(piece.length, size - start));
      read(start, bytes);
      if (!isAllZero(bytes)) writePages(file, start, bytes);
      yield;
    }
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Writes bytes apart from pages of zeros. */
function writePages(file: number, start: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; done += PAGE_SIZE) {
    const page = bytes.subarray(done, done + PAGE_SIZE);
    if (isAllZero(page)) continue;
    for (let written = 0; written < page.length; )
      written += writeSync(file, page, written, page.length - written, start + done + written);
  }
}
