import type { TraceEvent } from '../events.ts';
import type { Trace } from '../trace.ts';

/** Unit of a trace's clock: the nanoseconds of its messages, or its steps. */
export type ClockUnit = 'nanoseconds' | 'steps';

/** Returns the unit that fits a trace: nanoseconds if all messages have times. */
export function clockUnitOf(trace: Trace): ClockUnit {
  if (trace.messages.count === 0) return 'steps';
  for (let message = 0; message < trace.messages.count; message++) {
    const { begin, end } = trace.messages.at(message);
    if (timeOf(trace.at(begin)) === undefined) return 'steps';
    const last = end === undefined ? undefined : trace.at(end);
    // A message that is ended by another event has no time of its own.
    if (last?.kind === 'end' && last.time === undefined && trace.messages.begunBy(end ?? 0) === begin) return 'steps';
  }
  return 'nanoseconds';
}

function timeOf(event: TraceEvent): bigint | undefined {
  return event.kind === 'begin' || event.kind === 'end' ? event.time : undefined;
}

/**
 * Gives each event of a trace a time in nanoseconds after the first one. Times never go back, and no two events have the same one. A
 * trace has no time within a message, so its events are a nanosecond apart. Without times, a step takes a microsecond.
 */
export class TraceClock {
  readonly unit: ClockUnit;
  /** The time of the first message, in nanoseconds since 1970. */
  readonly start: bigint | undefined;
  #now = 0;

  constructor(trace: Trace) {
    this.unit = clockUnitOf(trace);
    this.start = this.unit === 'nanoseconds' ? timeOf(trace.at(trace.messages.at(0).begin)) : undefined;
  }

  /** Returns the time of the next event. `step` is its step, or the one before it. */
  next(event: TraceEvent, step: number): number {
    this.#now = Math.max(this.#now + 1, this.#earliest(event, step));
    return this.#now;
  }

  #earliest(event: TraceEvent, step: number): number {
    if (this.start === undefined) return 1_000 * step;
    const time = timeOf(event);
    return time === undefined ? 0 : Number(time - this.start);
  }
}
