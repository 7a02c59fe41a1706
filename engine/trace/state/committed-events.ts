import type { TraceEvent } from '../events.ts';

/** A committed event and its step. For an event that is not a step, the step before it. */
export interface CommittedEvent {
  readonly step: number;
  readonly event: TraceEvent;
}

/**
 * Filters out events that were undone. The events of a message wait for its end, and a trap or a query discards them. A message
 * without a recorded end counts as committed.
 */
export class CommittedEvents {
  readonly #matters: (event: TraceEvent) => boolean;
  #waiting: CommittedEvent[] | undefined;

  /** `matters` returns true for events that are of interest. */
  constructor(matters: (event: TraceEvent) => boolean) {
    this.#matters = matters;
  }

  /** Processes the next event of the trace, of any kind, and its step. Returns the events that are now committed, in order. */
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

  /** Returns the events that are still waiting. */
  end(): readonly CommittedEvent[] {
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    return waiting;
  }
}
