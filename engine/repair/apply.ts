import { at } from '../core/memory/memory.ts';
import type { OverlayMemory } from '../core/memory/overlay.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { Write } from './remedy.ts';

/** Writes to the image what a repair writes to memories of its snapshot. Returns false if the image does not have all the bytes. */
export function applyWrites(overlay: OverlayMemory, { places }: Snapshot, writes: readonly Write[]): boolean {
  for (const { memory, at: start, bytes } of writes) {
    const extents = places.spaceOf(memory)?.memory.toImage(start, bytes.length) ?? [];
    if (extents.reduce((sum, { length }) => sum + length, 0) !== bytes.length) return false;
    let done = 0;
    for (const { start: offset, length } of extents) {
      overlay.write(at(0, offset), bytes.subarray(done, done + length));
      done += length;
    }
  }
  return true;
}
