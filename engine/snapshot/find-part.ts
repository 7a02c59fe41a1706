import { withoutManager } from '../core/part-ids.ts';
import type { PlacedStructure } from './placed.ts';
import type { Space } from './space.ts';

interface Parts {
  readonly spaces: readonly Space[];
  readonly structures: readonly PlacedStructure[];
}

/** Spaces by their ids, for each image that was searched: a canister can have tens of thousands of regions. */
const indexes = new WeakMap<readonly Space[], ReadonlyMap<string, Space>>();

function indexOf(spaces: readonly Space[]): ReadonlyMap<string, Space> {
  const known = indexes.get(spaces);
  if (known !== undefined) return known;
  const index = new Map<string, Space>(spaces.map((space) => [space.part, space]));
  indexes.set(spaces, index);
  return index;
}

/** Finds a space by its id. `memory/3` also names `image@1/memory/3`, where only one manager has a memory 3. */
export function findSpace({ spaces }: Pick<Parts, 'spaces'>, named: string): Space | undefined {
  return indexOf(spaces).get(wholeId(spaces, named));
}

/** Finds a structure by its id, or by the id of a space that only one structure is in. */
export function findStructure({ spaces, structures }: Parts, named: string): PlacedStructure | undefined {
  const part = wholeId(spaces, named);
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
function wholeId(spaces: readonly Space[], part: string): string {
  const [kind, number = '', ...rest] = part.split('/');
  const space = `${kind}/${number}`;
  if (kind !== 'memory' || indexOf(spaces).has(space)) return part;
  const [found, ...others] = spaces.filter((one) => withoutManager(one.part) === space);
  return found === undefined || others.length > 0 ? part : [found.part, ...rest].join('/');
}
