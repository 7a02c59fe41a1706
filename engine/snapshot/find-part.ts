import { withoutManager } from '../core/part-ids.ts';
import type { PlacedStructure } from './placed.ts';
import type { Snapshot } from './snapshot.ts';
import type { Space } from './space.ts';

type Spaces = Pick<Snapshot, 'places' | 'spaces'>;

/** Finds a space by its id. `memory/3` also names `image@1/memory/3`, where only one manager has a memory 3. */
export function findSpace(snapshot: Spaces, named: string): Space | undefined {
  return snapshot.places.spaceNamed(wholeId(snapshot, named));
}

/** Finds a structure by its id, or by the id of a space that only one structure is in. */
export function findStructure(snapshot: Spaces & Pick<Snapshot, 'structures'>, named: string): PlacedStructure | undefined {
  const { structures } = snapshot;
  const part = wholeId(snapshot, named);
  const exact = structures.find((placed) => placed.part === part);
  if (exact !== undefined) return exact;
  // A set looks the same as a map of empty values, so either name finds it.
  const other = part.replace(/btree(map|set)$/, (_, kind: string) => (kind === 'map' ? 'btreeset' : 'btreemap'));
  const renamed = structures.find((placed) => placed.part === other);
  if (renamed !== undefined) return renamed;
  const inside = structures.filter((placed) => placed.spaces.some((space) => space.part === part));
  return inside.length === 1 ? inside[0] : undefined;
}

/** Returns the id with its manager's prefix. Returns it unchanged where no manager or more than one has such a memory. */
function wholeId({ places, spaces }: Spaces, part: string): string {
  const [kind, number = '', ...rest] = part.split('/');
  const space = `${kind}/${number}`;
  if (kind !== 'memory' || places.spaceNamed(space) !== undefined) return part;
  const [found, ...others] = spaces.filter((one) => withoutManager(one.part) === space);
  return found === undefined || others.length > 0 ? part : [found.part, ...rest].join('/');
}

/** Returns a sentence that lists the parts that a user can name. */
export function listParts({ spaces, structures }: Pick<Snapshot, 'spaces' | 'structures'>, withStructures = true): string {
  const known = new Set<string>([...spaces.map((space) => space.part), 'image']);
  if (withStructures) for (const { part } of structures) known.add(part);
  return `The parts are: ${[...known].join(', ')}.`;
}
