/** Bytes to break on that our own views or a launch configuration name. VS Code's list has only those that it sets itself. */
import { UserError } from '../../../engine/core/user-error.ts';
import type { Place as DataRange } from '../../../engine/trace/search.ts';
import type { Timeline } from '../../../engine/trace/timeline.ts';
import { placeText, rangeOf } from '../questions/places.ts';
import { type Access, dataIdOf, dataRangeOf, isAccess } from './data-range.ts';

/** A range as a user names it. */
export interface RangeToWatch {
  /** A place such as `memory 3:0x40`, a memory reference, or the id of bytes in this trace. */
  readonly place: string;
  readonly bytes: number;
  readonly access: Access;
}

export type WatchedRange =
  | { readonly access: Access; readonly dataId: string; readonly range: DataRange }
  /** `problem` is a sentence that says why there is no such range at the current step. */
  | { readonly access: Access; readonly problem: string };

/** Reads a range from a request or a launch configuration. One byte and writes are the defaults. Returns undefined if it is none. */
export function rangeToWatch(value: unknown): RangeToWatch | undefined {
  const properties: { readonly [Name in keyof RangeToWatch]?: unknown } =
    typeof value === 'object' && value !== null ? value : {};
  const { place, bytes = 1, access = 'write' } = properties;
  if (typeof place !== 'string' || typeof bytes !== 'number' || !(bytes >= 1) || !isAccess(access)) return undefined;
  return { place, bytes: Math.trunc(bytes), access };
}

/** Returns the bytes of a range at the current step. */
export function watchedRange({ place, bytes, access }: RangeToWatch, timeline: Timeline): WatchedRange {
  const known = dataRangeOf(place);
  if (known) return { access, dataId: place, range: known };
  try {
    const named = { ...rangeOf(place, timeline), length: bytes };
    const range = timeline.recorded(named);
    if (range) return { access, dataId: dataIdOf(range), range };
    return { access, problem: `At this step ${placeText(named, timeline)} is not in any memory.` };
  } catch (error) {
    if (error instanceof UserError) return { access, problem: error.message };
    throw error;
  }
}
