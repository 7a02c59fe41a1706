import { at, byteLength } from '../../core/memory/memory.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import type { Space } from '../../snapshot/space.ts';
import type { ByteRange } from '../protocol.ts';
import { type BytesResult, MAX_BYTES } from './calls.ts';

/** Returns bytes of the image. They end where it does. */
export function bytesOf(snapshot: Snapshot, offset: number, length: number): BytesResult {
  const there = Math.max(0, Math.min(length, MAX_BYTES, snapshot.bytes - offset));
  const bytes = new Uint8Array(there);
  if (there > 0) snapshot.memory.read(at(0, offset), bytes);
  return { offset, bytes, missing: missingIn(snapshot, offset, there) };
}

/** Returns bytes of a memory or region, from an address of its own on. They end where it does. */
export function bytesOfSpace(snapshot: Snapshot, { memory, part }: Space, address: number, length: number): BytesResult {
  const there = Math.max(0, Math.min(length, MAX_BYTES, byteLength(memory) - address));
  const bytes = new Uint8Array(there);
  if (there > 0) memory.read(at(0, address), bytes);
  const missing: ByteRange[] = [];
  let end = address;
  for (const extent of memory.toImage(at(0, address), there)) {
    for (const { start, length } of missingIn(snapshot, extent.start, extent.length)) {
      missing.push({ start: end + start - extent.start, length });
    }
    end += extent.length;
  }
  if (end < address + there) missing.push({ start: end, length: address + there - end });
  return { space: part, offset: address, bytes, missing };
}

/** Returns the ranges of the image that the file does not have. */
function missingIn(snapshot: Snapshot, offset: number, length: number): readonly ByteRange[] {
  return snapshot.missing
    .map((part) => ({ start: Math.max(part.start, offset), end: Math.min(part.start + part.length, offset + length) }))
    .filter(({ start, end }) => end > start)
    .map(({ start, end }) => ({ start, length: end - start }));
}
