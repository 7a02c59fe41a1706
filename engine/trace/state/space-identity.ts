import type { SpaceKind, SpaceNumber, SpaceParams } from '../events.ts';
import type { Trace } from '../trace.ts';
import type { SpaceEvent } from '../trace-index.ts';

/** The name and the identity of the physical memory. */
export const PHYSICAL = 'physical memory';

/** Returns the identity of a space, independent of its number. Returns undefined if its parameters do not define it. */
export function identityOf(kind: SpaceKind, params: SpaceParams): string | undefined {
  const id = params['memory'] ?? params['region'];
  switch (kind) {
    case 'physical':
      return PHYSICAL;
    case 'virtual-memory':
      return params['memory'] === undefined ? undefined : `memory ${id}`;
    case 'region':
      return params['region'] === undefined ? undefined : `region ${id}`;
    case 'memory-region':
      return params['region'] === undefined ? undefined : `memory blocks of region ${id}`;
    default:
      return undefined;
  }
}

/** Returns what identifies a declared space in the whole trace, also under another header with another number. */
export function identityOfSpace({ space, spaceKind, params }: Pick<SpaceEvent, 'space' | 'spaceKind' | 'params'>): string {
  return identityOf(spaceKind, params) ?? `${spaceKind} with the number ${space}`;
}

/** Returns the identity of the space that has a number at an event; undefined if the number is not declared. */
export function identityAt(trace: Trace, event: number, space: SpaceNumber): string | undefined {
  if (space === 0) return PHYSICAL;
  const declaration = trace.spaceAt(event, space);
  return declaration && identityOfSpace(declaration);
}
