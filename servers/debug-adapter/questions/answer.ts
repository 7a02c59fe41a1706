import { formatCount } from '../../../engine/core/format.ts';
import type { Timeline } from '../../../engine/trace/timeline.ts';
import { eventTitle } from '../values/event-values.ts';
import { messageAt } from '../values/message-values.ts';
import type { Value } from '../values/value.ts';

/** One line of an answer. If it is about a step, a client links it to the line of that step. */
export interface Line {
  readonly text: string;
  readonly step?: number | undefined;
}

/** The answer to a question in the console. */
export interface Answer {
  /** The answer itself, in one line. Longer lists are its parts. */
  readonly value: Value;
  /** More about it. */
  readonly lines: readonly Line[];
}

/** Maximum lines of an answer. A list has all of them as parts. */
export const MAX_LINES = 32;

export function answerOf(head: Line, lines: readonly Line[] = []): Answer {
  return { value: head, lines };
}

/** Returns an answer that is a list, with its first rows as lines. `rows` are the first rows of the value. */
export function listAnswer(value: Value, rows: readonly Line[]): Answer {
  const lines = rows.slice(0, MAX_LINES);
  const left = (value.items?.count ?? 0) - lines.length;
  const more = left > 0 ? [{ text: `… and ${formatCount(left)} more: expand the line above.` }] : [];
  return { value, lines: [...lines, ...more] };
}

/** Returns a step in one line: `step 812: write 0x40 +8, in transfer`. */
export function stepLine(step: number, timeline: Timeline): Line {
  const event = timeline.event(step);
  const message = messageAt(timeline.trace, step);
  return { text: `step ${formatCount(step)}: ${event ? eventTitle(event) : ''}${message ? `, in ${message.name}` : ''}`, step };
}
