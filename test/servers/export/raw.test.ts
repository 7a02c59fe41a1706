import { expect, test } from 'vitest';
import { PAGE_SIZE, type ReadableMemory } from '../../../engine/core/memory/memory.ts';
import { memoryPieces } from '../../../servers/export/raw.ts';

/** Returns a memory that has no bytes, and remembers which were read. */
function recorded(pages: number) {
  const reads: (readonly [from: number, length: number])[] = [];
  const memory: ReadableMemory = { pages, read: (from, into) => void reads.push([from, into.length]) };
  return { memory, reads };
}

test('a memory of many GiB is written in chunks of 1 MiB, each byte once', () => {
  const pages = 8 * 16_384 + 5;
  const { memory, reads } = recorded(pages);
  let written = 0;
  const buffers = new Set<ArrayBufferLike>();
  for (const bytes of memoryPieces(memory)) {
    written += bytes.length;
    buffers.add(bytes.buffer);
  }
  expect([written, buffers.size]).toEqual([pages * PAGE_SIZE, 1]);
  let end = 0;
  for (const [from, length] of reads) {
    if (from !== end || length > 2 ** 20) throw new Error(`read ${length} bytes at ${from} after ${end}`);
    end += length;
  }
  expect(end).toBe(pages * PAGE_SIZE);
});

test('a memory without pages is an empty file', () => {
  const { memory, reads } = recorded(0);
  expect([...memoryPieces(memory)]).toEqual([]);
  expect(reads).toEqual([]);
});
