import { at, byteLength, type ReadableMemory } from '../../engine/core/memory/memory.ts';

/** Bytes that are read and written together. */
const CHUNK = 2 ** 20;

/** Writes all bytes of a memory, in the order of its addresses. `onWritten` gets the number of bytes written so far. */
export function writeMemory(
  memory: ReadableMemory,
  sink: (bytes: Uint8Array) => void,
  onWritten: (bytes: number) => void = () => undefined,
): void {
  const size = byteLength(memory);
  const chunk = new Uint8Array(Math.min(CHUNK, size));
  for (let start = 0; start < size; start += chunk.length) {
    const part = chunk.subarray(0, size - start);
    memory.read(at(0, start), part);
    sink(part);
    onWritten(start + part.length);
  }
}
