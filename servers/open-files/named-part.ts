import { UserError } from '../../engine/core/user-error.ts';
import { findSpace, findStructure } from '../../engine/snapshot/find-part.ts';
import { imageSpace } from '../../engine/snapshot/layout/layout.ts';
import type { PlacedStructure } from '../../engine/snapshot/placed.ts';
import type { Snapshot } from '../../engine/snapshot/snapshot.ts';
import type { Space } from '../../engine/snapshot/space.ts';
import { mapsOf } from '../../engine/views/find/lookup.ts';

/** Returns the structure that the user named. @throws UserError if there is none, or more than one */
export function structureOf(snapshot: Snapshot, part: string): PlacedStructure {
  const placed = findStructure(snapshot, part);
  if (placed !== undefined) return placed;
  const space = spaceOf(snapshot, part);
  const inside = snapshot.structures
    .filter(({ spaces }) => spaces.some((one) => one.part === space?.part))
    .map((one) => one.part);
  if (inside.length > 1)
    throw new UserError('input', `"${part}" has ${inside.length} structures: ${inside.join(', ')}. Name one of them.`);
  const known = snapshot.structures.map((one) => one.part);
  const hint = known.length === 0 ? 'No structure was recognised in this snapshot.' : `The structures are: ${known.join(', ')}.`;
  throw new UserError('input', `There is no structure "${part}". ${hint}`);
}

/** Returns the map or set that the user named, or the only one. @throws UserError if there is none, or more than one */
export function mapNamed(snapshot: Snapshot, part: string | undefined): PlacedStructure {
  if (part !== undefined) return structureOf(snapshot, part);
  const maps = mapsOf(snapshot);
  const [only] = maps;
  if (only !== undefined && maps.length === 1) return only;
  const hint =
    only === undefined
      ? 'No map or set was recognised in this snapshot.'
      : `Name one of ${maps.map((map) => map.part).join(', ')}.`;
  throw new UserError('input', `Say in which map or set the key is: --in PART. ${hint}`);
}

/** Returns the memory, region or image that the user named, if it is one. */
export function spaceOf(snapshot: Snapshot, part: string): Space | undefined {
  return findSpace(snapshot, part) ?? (part === 'image' ? imageSpace(snapshot.memory) : undefined);
}
