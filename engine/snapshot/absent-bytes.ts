import { byteLength } from '../core/memory/memory.ts';
import { extentsOf } from './checks/absence.ts';
import type { Snapshot } from './snapshot.ts';
import type { Space } from './space.ts';

/**
 * Returns the number of bytes of a space that the snapshot does not have and that read as zero: not downloaded, past the end of a
 * file that was cut, or in a bucket or block that is not there.
 */
export function absentBytes({ places, bytes }: Pick<Snapshot, 'places' | 'bytes'>, space: Space): number {
  let there = 0;
  for (const extent of extentsOf(space)) {
    const length = Math.max(0, Math.min(extent.length, bytes - extent.start));
    there += length - places.missingIn({ start: extent.start, length });
  }
  return byteLength(space.memory) - there;
}
