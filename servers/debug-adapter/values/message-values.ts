import { formatCount } from '../../../engine/core/format.ts';
import type { MessageKind, TraceEvent } from '../../../engine/trace/events.ts';
import type { MessageSpan } from '../../../engine/trace/messages.ts';
import type { Trace } from '../../../engine/trace/trace.ts';
import { countValue, type Field, textValue, type Value } from './value.ts';

export interface Message {
  readonly name: string;
  readonly kind: MessageKind;
  /** The event that begins it, and the event's number. */
  readonly begin: Extract<TraceEvent, { kind: 'begin' }>;
  readonly at: number;
  readonly end: Extract<TraceEvent, { kind: 'end' }> | undefined;
  /** Its first and last step. The last is before the first if it has no steps. */
  readonly from: number;
  readonly to: number;
}

/** Returns the messages around an event, innermost first. */
export function messagesAround(trace: Trace, event: number): readonly Message[] {
  return trace.messages.around(event).flatMap((span) => messageOf(trace, span) ?? []);
}

/** Returns the innermost message of a step. */
export function messageAt(trace: Trace, step: number): Message | undefined {
  const span = step < 1 ? undefined : trace.messages.of(trace.eventOf(step));
  return span && messageOf(trace, span);
}

/** Returns a message. Undefined if it does not begin with a `begin`. */
export function messageOf(trace: Trace, span: MessageSpan): Message | undefined {
  const begin = trace.at(span.begin);
  const end = span.end === undefined ? undefined : trace.at(span.end);
  if (begin.kind !== 'begin') return undefined;
  return {
    name: nameOf(trace, span.begin, begin),
    kind: begin.messageKind,
    begin,
    at: span.begin,
    end: end?.kind === 'end' ? end : undefined,
    from: trace.stepOf(span.begin) + 1,
    to: span.end === undefined ? trace.steps : trace.stepOf(span.end),
  };
}

function nameOf(trace: Trace, at: number, begin: Message['begin']): string {
  return trace.nameAt(at, begin.name) ?? `message ${formatCount(begin.message)}`;
}

/** Returns a function that gives the name of the innermost message of an event. It remembers the last message, as most events have the same. */
export function messageNames(trace: Trace): (event: object, step: number, index: number) => string | undefined {
  let last: { readonly index: number; readonly name: string | undefined } | undefined;
  return (_event, _step, index) => {
    const span = trace.messages.of(index);
    if (!span) return undefined;
    if (span.index !== last?.index) {
      const begin = trace.at(span.begin);
      last = { index: span.index, name: begin.kind === 'begin' ? nameOf(trace, span.begin, begin) : undefined };
    }
    return last.name;
  };
}

/** Returns the title of a message: `update addMessage`, `test mixed`. */
export function messageTitle({ kind, name }: Message): string {
  return `${kind} ${name}`;
}

const OUTCOMES = {
  replied: 'replied',
  'rolled-back': 'a query: its effects are undone at its end',
  trapped: 'trapped: its effects are undone at its end',
  rejected: 'rejected: its effects are kept',
} as const;

export function messageValue(message: Message): Value {
  const { name, kind, begin, end, from, to } = message;
  const fields: Field[] = [
    { name: 'name', value: textValue(name) },
    { name: 'kind', value: textValue(kind) },
    { name: 'number', value: countValue(begin.message) },
    { name: 'steps', value: { text: to < from ? 'none' : `${formatCount(from)} to ${formatCount(to)}`, plain: to - from + 1 } },
    { name: 'outcome', value: end ? { text: OUTCOMES[end.outcome], plain: end.outcome } : textValue('not recorded') },
  ];
  if (begin.time !== undefined) fields.push({ name: 'time', value: textValue(timeText(begin.time)) });
  const instructions = instructionsOf(message);
  if (instructions !== undefined) {
    fields.push({ name: 'instructions', value: { text: formatCount(instructions), plain: Number(instructions) } });
  }
  return { text: messageTitle(message), plain: name, fields: () => fields };
}

/**
 * Returns the instructions of a message: the difference between its end and its beginning if both are recorded, else the recorded
 * one.
 */
function instructionsOf({ begin, end }: Message): bigint | undefined {
  if (begin.instructions === undefined || end?.instructions === undefined) return end?.instructions ?? begin.instructions;
  return end.instructions >= begin.instructions ? end.instructions - begin.instructions : end.instructions;
}

/** Formats nanoseconds since 1970, to the millisecond. */
function timeText(nanoseconds: bigint): string {
  const milliseconds = Number(nanoseconds / 1_000_000n);
  return milliseconds <= 8.64e15 ? new Date(milliseconds).toISOString() : `${nanoseconds} ns since 1970`;
}
