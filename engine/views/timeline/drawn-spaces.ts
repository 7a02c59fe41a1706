import type { SpaceAccesses } from '../../trace/analysis/lifetimes/accesses.ts';
import type { SpaceLife } from '../../trace/analysis/lifetimes/space-life.ts';

/** A space that the view draws. `space` is its number in the calls of the view. */
export type DrawnSpace =
  | { readonly space: number; readonly life: SpaceLife; readonly draws: 'blocks' }
  | { readonly space: number; readonly life: SpaceLife; readonly draws: 'accesses'; readonly accesses: SpaceAccesses };

/**
 * Returns the spaces that have something to draw: those with blocks, and then memories with reads or writes. The number of each is its
 * latest one in the trace, or one that no space has, if a later header gives that number to another space.
 */
export function drawnSpaces(spaces: readonly SpaceLife[], accesses: ReadonlyMap<string, SpaceAccesses>): readonly DrawnSpace[] {
  const owners = new Map<number, SpaceLife>();
  for (const life of spaces) {
    const other = owners.get(life.declared.number);
    if (!other || other.declaredAt < life.declaredAt) owners.set(life.declared.number, life);
  }
  let unused = Math.max(0, ...owners.keys()) + 1;
  const drawn = spaces.flatMap((life): DrawnSpace[] => {
    const space = owners.get(life.declared.number) === life ? life.declared.number : unused++;
    if (life.records.count > 0) return [{ space, life, draws: 'blocks' }];
    const ofSpace = accesses.get(life.identity);
    return ofSpace && ofSpace.count > 0 ? [{ space, life, draws: 'accesses', accesses: ofSpace }] : [];
  });
  return [...drawn.filter(({ draws }) => draws === 'blocks'), ...drawn.filter(({ draws }) => draws === 'accesses')];
}
