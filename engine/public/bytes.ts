import { type Address, at, type ReadableMemory } from '../core/memory/memory.ts';
import { type ByteSource, BytesSource, SourceMemory } from '../core/memory/source.ts';

/** Bytes that a caller has: all of them in an array, or a source that reads them as they are needed. */
export type Bytes = Uint8Array | ByteSource;

/** Returns a position in a memory as an address, in bytes. */
export function addressOf(position: number): Address {
  return at(0, position);
}

export function sourceOf(bytes: Bytes): ByteSource {
  return bytes instanceof Uint8Array ? new BytesSource(bytes) : bytes;
}

export function memoryOf(bytes: Bytes): ReadableMemory {
  return new SourceMemory(sourceOf(bytes));
}
