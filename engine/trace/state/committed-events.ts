import type { TraceEvent } from '../events.ts';

/** An event that lasted, and the step that it is; of an event that is no step, the one before it. */
export interface CommittedEvent {
  readonly step: number;
  readonly event: TraceEvent;
}

/**
 * Sorts out what a trace asked for in vain: the events of a message wait for its end, and what a trap or a query took back was never
 * asked for. A message whose end the trace has lost counts as done.
 */
export class CommittedEvents {
  readonly #matters: (event: TraceEvent) => boolean;
  #waiting: CommittedEvent[] | undefined;

  /** `matters`: which events are wanted at all. */
  constructor(matters: (event: TraceEvent) => boolean) {
    this.#matters = matters;
  }

  /** Takes the next event of the trace, of whatever kind, and its step. Answers those that are certain now, in their order. */
  next(event: TraceEvent, step: number): readonly CommittedEvent[] {
    const known: readonly CommittedEvent[] = this.#matters(event) ? [{ step, event }] : [];
    switch (event.kind) {
      case 'begin': {
        const before = this.end();
        this.#waiting = [...known];
        return before;
      }
      case 'end':
        if (event.outcome === 'rolled-back' || event.outcome === 'trapped') this.#waiting = undefined;
        return this.end();
      default:
        if (!this.#waiting) return known;
        this.#waiting.push(...known);
        return [];
    }
  }

  /** What waits still. */
  end(): readonly CommittedEvent[] {
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    return waiting;
  }
}
