import type { TraceEvent } from '../events.ts';

/** A committed event and its step. For an event that is not a step, the step before it. */
export interface CommittedEvent {
  readonly step: number;
  readonly event: TraceEvent;
}

/** A message whose end has not come, and its events of interest. */
interface OpenMessage {
  readonly message: number;
  readonly events: CommittedEvent[];
}

/**
 * Filters out events that were undone. The events of a message wait for its end, and for the ends of the messages around it; a
 * trap or a query discards them. A message without a recorded end counts as committed.
 */
export class CommittedEvents {
  readonly #matters: (event: TraceEvent) => boolean;
  /** Open messages, innermost last. */
  readonly #open: OpenMessage[] = [];

  /** `matters` returns true for events that are of interest. */
  constructor(matters: (event: TraceEvent) => boolean) {
    this.#matters = matters;
  }

  /** Processes the next event of the trace, of any kind, and its step. Returns the events that are now committed, in order. */
  next(event: TraceEvent, step: number): readonly CommittedEvent[] {
    if (event.kind === 'begin') this.#open.push({ message: event.message, events: [] });
    const known: readonly CommittedEvent[] = this.#matters(event) ? [{ step, event }] : [];
    const innermost = this.#open.at(-1);
    if (!innermost) return known;
    innermost.events.push(...known);
    if (event.kind !== 'end') return [];
    const ended = this.#open.findLastIndex(({ message }) => message === event.message);
    if (ended === -1) return [];
    const events = this.#open.splice(ended).flatMap((open) => open.events);
    if (event.outcome === 'rolled-back' || event.outcome === 'trapped') return [];
    const outer = this.#open.at(-1);
    if (!outer) return events;
    outer.events.push(...events);
    return [];
  }

  /** Returns the events that are still waiting. */
  end(): readonly CommittedEvent[] {
    return this.#open.splice(0).flatMap((open) => open.events);
  }
}
