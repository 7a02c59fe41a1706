import { type Address, at, byteLength, type ReadableMemory } from '../../engine/core/memory/memory.ts';
import type { Database } from '../../engine/snapshot/sqlite/find-database.ts';

/** Bytes that are read and written together. */
const CHUNK = 2 ** 20;

/** Returns all bytes of a memory, in the order of its addresses. The pieces share one buffer. */
export function memoryPieces(memory: ReadableMemory): Generator<Uint8Array> {
  return rangePieces(memory, at(0, 0), byteLength(memory));
}

/** Returns the file of a database, in the same way. */
export function* databasePieces(memory: ReadableMemory, { range, zeros }: Database): Generator<Uint8Array> {
  let start = range.start;
  for (const piece of rangePieces(memory, range.start, range.length)) {
    for (const zero of zeros) {
      const [from, to] = [zero.start - start, zero.start + zero.length - start];
      if (to > 0 && from < piece.length) piece.fill(0, Math.max(0, from), to);
    }
    yield piece;
    start = at(start, piece.length);
  }
}

function* rangePieces(memory: ReadableMemory, start: Address, size: number): Generator<Uint8Array> {
  const chunk = new Uint8Array(Math.min(CHUNK, size));
  for (let done = 0; done < size; done += chunk.length) {
    const part = chunk.subarray(0, size - done);
    memory.read(at(start, done), part);
    yield part;
  }
}
