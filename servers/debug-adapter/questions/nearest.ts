import { UserError } from '../../../engine/core/user-error.ts';
import type { EventKind } from '../../../engine/trace/events.ts';
import { CHANGING, type Direction, type Place } from '../../../engine/trace/search.ts';
import type { Timeline } from '../../../engine/trace/timeline.ts';
import { type Answer, answerOf, stepLine } from './answer.ts';
import { findInPlaces, rangeOf, recordedPlaces } from './places.ts';

/** Kinds of events by the word for them in a command. */
const KINDS: ReadonlyMap<string, readonly EventKind[]> = new Map([
  ['write', ['write']],
  ['read', ['read']],
  ['allocate', ['allocate', 'reallocate']],
  ['free', ['deallocate', 'reallocate', 'free']],
  ['touch', [...CHANGING, 'read']],
]);

export const TOUCH_WORDS: readonly string[] = [...KINDS.keys()];

/**
 * Returns the answer to `last-write memory 3:0x40`. The last one may be the current step; the next one is later. Steps of undone messages do not
 * count as last, because nothing of them is left.
 */
export function nearestTouch(direction: Direction, word: string, text: string, timeline: Timeline): Answer {
  const kinds = word === 'write' ? writingKinds(timeline) : KINDS.get(word);
  if (kinds === undefined)
    throw new UserError('input', `“${word}” is not a kind of step. The kinds are ${TOUCH_WORDS.join(', ')}.`);
  const places = recordedPlaces(rangeOf(text, timeline), timeline);
  const { position } = timeline;
  const step =
    direction === 'backward'
      ? findInPlaces(timeline, places, kinds, position + 1, 'backward', 'effective')
      : findInPlaces(timeline, places, kinds, position, 'forward');
  if (step !== undefined) return answerOf(stepLine(step, timeline));
  return answerOf({ text: `No ${direction === 'backward' ? 'earlier' : 'later'} step of this trace does that.` });
}

/**
 * Returns the write of a place before or after the current step. From a step that writes it, the last write is the one before.
 * @throws UserError if there is none
 */
export function nearestWrite(direction: Direction, place: Place, timeline: Timeline): number {
  const places = recordedPlaces(place, timeline);
  const which = direction === 'backward' ? 'effective' : 'all';
  const step = findInPlaces(timeline, places, writingKinds(timeline), timeline.position, direction, which);
  if (step !== undefined) return step;
  throw new UserError('input', `No ${direction === 'backward' ? 'earlier' : 'later'} step of this trace writes these bytes.`);
}

/**
 * Returns the kinds of events that count as writes. A trace of an allocator alone records none, so there the steps count that allocated
 * or freed the bytes.
 */
function writingKinds({ trace }: Timeline): readonly EventKind[] {
  return trace.stepCounts.has('write') ? ['write'] : CHANGING;
}
