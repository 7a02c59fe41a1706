/** The places of questions, and the spaces that share their bytes. */
import { formatAddress, formatCount } from '../../../engine/core/format.ts';
import type { EventKind } from '../../../engine/trace/events.ts';
import type { Direction, Place } from '../../../engine/trace/search.ts';
import { isAllocator, type SpaceState } from '../../../engine/trace/state/allocation-state.ts';
import type { Timeline } from '../../../engine/trace/timeline.ts';
import { placeOf } from '../expressions/place.ts';

const LENGTH = /^(.*?)(?:\+\s*(0x[0-9a-f_]+|\d[\d_,]*))?$/i;

/** Returns the place that a text names: `memory 3:0x40`, or with a number of bytes `memory 3:0x40 +8`. @throws UserError if it names none */
export function rangeOf(text: string, timeline: Timeline): Place {
  const [, place = '', length] = LENGTH.exec(text.trim()) ?? [];
  return { ...placeOf(place, timeline), length: Math.max(1, Number((length ?? '1').replaceAll(/[_,]/g, ''))) };
}

/** Returns a place for people: `memory 3:0x40 +8`. */
export function placeText({ space, address, length }: Place, timeline: Timeline): string {
  const params = timeline.space(space)?.params;
  const kind = ['memory', 'region'].find((name) => params?.[name] !== undefined);
  const where = space === 0 ? '' : kind === undefined ? `space ${space}:` : `${kind} ${params?.[kind]}:`;
  return `${where}${formatAddress(address)}${length === 1 ? '' : ` +${formatCount(length)}`}`;
}

/**
 * Returns the place as the trace records it, and the same place in spaces that share its bytes: the blocks of a region are in one space,
 * and the region's bytes may be in another.
 */
export function recordedPlaces(place: Place, timeline: Timeline): readonly Place[] {
  const recorded = timeline.recorded(place);
  if (!recorded) return [];
  const region = timeline.space(recorded.space)?.params['region'];
  if (region === undefined) return [recorded];
  const sharing = timeline.spaces.filter(({ space, params }) => space !== recorded.space && params['region'] === region);
  return [recorded, ...sharing.map(({ space }) => ({ ...recorded, space }))];
}

/** Returns the nearest step that does something to a place, in any of the spaces that share its bytes. Excludes `from`. */
export function findInPlaces(
  timeline: Timeline,
  places: readonly Place[],
  kinds: readonly EventKind[],
  from: number,
  direction: Direction,
  which: 'all' | 'effective' = 'all',
): number | undefined {
  const found = places.flatMap((place) => timeline.findTouch(place, kinds, from, direction, which) ?? []);
  if (found.length === 0) return undefined;
  return direction === 'forward' ? Math.min(...found) : Math.max(...found);
}

/** Returns the allocators of a place, each with its state at the current step. */
export function allocatorsOf(places: readonly Place[], timeline: Timeline): readonly SpaceState[] {
  return places.flatMap(({ space }) => timeline.space(space) ?? []).filter(isAllocator);
}
