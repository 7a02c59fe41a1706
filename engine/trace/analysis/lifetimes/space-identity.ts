import type { SpaceNumber } from '../../events.ts';
import { identityOf } from '../../state/allocation-state.ts';
import type { Trace } from '../../trace.ts';
import type { SpaceEvent } from '../../trace-index.ts';

export const PHYSICAL = 'physical memory';

/** Returns what identifies a declared space in the whole trace, also under another header with another number. */
export function identityOfSpace({ space, spaceKind, params }: Pick<SpaceEvent, 'space' | 'spaceKind' | 'params'>): string {
  return identityOf(spaceKind, params) ?? `${spaceKind} with the number ${space}`;
}

/** Returns the identity of the space that has a number at an event; undefined if the number is not declared. */
export function identityAt(trace: Trace, event: number, space: SpaceNumber): string | undefined {
  const declaration = trace.spaceAt(event, space);
  if (declaration) return identityOfSpace(declaration);
  return space === 0 ? PHYSICAL : undefined;
}
