/** Targets of stepping over and out of messages. Messages are nested as they were recorded, such as calls of a library in a message. */
import type { MessageSpan } from '../../engine/trace/messages.ts';
import type { Direction } from '../../engine/trace/search.ts';
import type { Trace } from '../../engine/trace/trace.ts';

/**
 * Returns the step that follows `from` in a direction, over the messages that are nested in those of `from` and do not contain it. It
 * can be one past the ends of the trace. Outermost messages are not stepped over: they follow one another and are nested in nothing.
 */
export function stepOver(trace: Trace, from: number, direction: Direction): number {
  return pastNested(trace, messagesAround(trace, from), direction === 'forward' ? from + 1 : from - 1, direction);
}

/**
 * Returns the first step in a direction that is outside of the innermost message of `from`: in a message around it, or next to the
 * outermost message. It can be one past the ends of the trace.
 */
export function stepOut(trace: Trace, from: number, direction: Direction): number {
  const [own, ...outer] = messagesAround(trace, from);
  if (!own) return direction === 'forward' ? from + 1 : from - 1;
  return pastNested(trace, outer, nextTo(trace, own, direction), direction);
}

/** Returns the first step from `step` on, in a direction, that is directly in one of these messages, or in none of them. */
function pastNested(trace: Trace, messages: readonly MessageSpan[], step: number, direction: Direction): number {
  let at = step;
  for (;;) {
    const around = messagesAround(trace, at);
    const common = around.findIndex(({ index }) => messages.some((message) => message.index === index));
    const nested = around[common - 1];
    if (!nested) return at;
    at = nextTo(trace, nested, direction);
  }
}

/** Returns the step after the last one of a message, or before its first one. */
function nextTo(trace: Trace, { begin, end }: MessageSpan, direction: Direction): number {
  if (direction === 'backward') return trace.stepOf(begin);
  return (end === undefined ? trace.steps : trace.stepOf(end)) + 1;
}

/** Returns the messages around a step, innermost first. */
function messagesAround(trace: Trace, step: number): readonly MessageSpan[] {
  return step < 1 || step > trace.steps ? [] : trace.messages.around(trace.eventOf(step));
}

/** Maximum steps that are searched for the beginning of a call. */
const MAX_CALL = 1_000_000;

/**
 * Returns the first step of a recorded call that step `from` is in: of the successive steps of the same message with the same callers.
 * `depth` counts the functions that the call's function called, directly or not. Two calls in a row from the same place are one here,
 * because a trace does not tell them apart.
 */
export function firstStepOfCall(trace: Trace, from: number, depth: number): number {
  const path = callsAt(trace, from).slice(depth);
  const known = new Map<number, boolean>();
  const message = messagesAround(trace, from)[0]?.index;
  let first = from;
  for (let step = from - 1; step >= Math.max(1, from - MAX_CALL); step--) {
    const index = trace.eventOf(step);
    if (trace.messages.of(index)?.index !== message) break;
    const event = trace.at(index);
    const stack = 'stack' in event ? event.stack : undefined;
    // Steps without a recorded stack, such as growth, can be anywhere.
    if (stack === undefined) continue;
    const same = known.get(stack) ?? endsWith(callsAt(trace, step), path);
    known.set(stack, same);
    if (!same) break;
    first = step;
  }
  return first;
}

function callsAt(trace: Trace, step: number): readonly object[] {
  const index = trace.eventOf(step);
  const event = trace.at(index);
  const stack = 'stack' in event ? event.stack : undefined;
  return stack === undefined ? [] : trace.stackAt(index, stack);
}

function endsWith(calls: readonly object[], path: readonly object[]): boolean {
  const offset = calls.length - path.length;
  return offset >= 0 && path.every((call, index) => call === calls[offset + index]);
}
