/** Questions in the console about what happened to an address: `last-write memory 3:0x40`. */
import { formatCount } from '../../../engine/core/format.ts';
import { UserError } from '../../../engine/core/user-error.ts';
import type { EventKind } from '../../../engine/trace/events.ts';
import { CHANGING, type Direction } from '../../../engine/trace/search.ts';
import type { Timeline } from '../../../engine/trace/timeline.ts';
import { eventTitle } from '../values/event-values.ts';
import { messageAt } from '../values/message-values.ts';
import { placeOf } from './place.ts';

/** Kinds of events by the word for them in a command. */
const KINDS: ReadonlyMap<string, readonly EventKind[]> = new Map([
  ['write', ['write']],
  ['read', ['read']],
  ['allocate', ['allocate', 'reallocate']],
  ['free', ['deallocate', 'reallocate', 'free']],
  ['touch', [...CHANGING, 'read']],
]);

const COMMAND = /^\s*(last|next)-(write|read|allocate|free|touch)\s+(.*)$/i;

/** The beginnings of the commands, for completion. */
export const COMMANDS: readonly string[] = ['last', 'next'].flatMap((which) =>
  [...KINDS.keys()].map((kind) => `${which}-${kind}`),
);

/** Returns the answer to a command, or undefined if the text is none. @throws UserError if its place does not exist */
export function answer(text: string, timeline: Timeline): string | undefined {
  const [, which = '', kind = '', place] = COMMAND.exec(text) ?? [];
  if (place === undefined) return undefined;
  const isLast = which.toLowerCase() === 'last';
  const step = stepOf(place, kind.toLowerCase(), isLast ? 'backward' : 'forward', timeline);
  return step === undefined ? `No ${isLast ? 'earlier' : 'later'} step of this trace does that.` : describeStep(step, timeline);
}

/**
 * Returns the nearest step that does something to a place. The last one may be the current step; the next one is later. Steps of
 * undone messages do not count as last, because nothing of them is left.
 */
function stepOf(place: string, kind: string, direction: Direction, timeline: Timeline): number | undefined {
  const kinds = KINDS.get(kind);
  if (kinds === undefined)
    throw new UserError('input', `“${kind}” is not a kind of step. The kinds are ${[...KINDS.keys()].join(', ')}.`);
  const { position } = timeline;
  return direction === 'backward'
    ? timeline.findTouch(placeOf(place, timeline), kinds, position + 1, 'backward', 'effective')
    : timeline.findTouch(placeOf(place, timeline), kinds, position, 'forward');
}

/** Returns a step in one line: `step 812: write 0x40 +8, in transfer`. */
function describeStep(step: number, timeline: Timeline): string {
  const event = timeline.event(step);
  const message = messageAt(timeline.trace, step);
  return `step ${formatCount(step)}: ${event ? eventTitle(event) : ''}${message ? `, in ${message.name}` : ''}`;
}
