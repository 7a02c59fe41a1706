import { at, byteLength, PAGE_SIZE } from '../../core/memory/memory.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { nameOfSpace } from '../../snapshot/space.ts';
import type { SpaceView } from './calls.ts';

/** Returns where the pieces of a memory or region are in the image. Undefined if the image has no such space. */
export function spaceView(snapshot: Snapshot, part: string): SpaceView | undefined {
  const space = snapshot.places.spaceNamed(part);
  if (space === undefined) return undefined;
  const bytes = byteLength(space.memory);
  const pieceBytes = space.pieces[0]?.extent.length ?? Math.max(PAGE_SIZE, bytes);
  const starts = Float64Array.from({ length: Math.ceil(bytes / pieceBytes) }, (_, piece) => {
    return space.memory.toImage(at(0, piece * pieceBytes), 1)[0]?.start ?? Number.NaN;
  });
  return { part, name: nameOfSpace(space), bytes, pieceBytes, starts };
}
