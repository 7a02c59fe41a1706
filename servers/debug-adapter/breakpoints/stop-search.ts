import type { Budget } from '../../../engine/core/budget.ts';
import { EVENT_KINDS, type EventKind, type TraceEvent } from '../../../engine/trace/events.ts';
import type { Direction } from '../../../engine/trace/search.ts';
import type { Trace } from '../../../engine/trace/trace.ts';
import type { Breakpoint, Decision } from './breakpoints.ts';
import type { FaultFinder } from './fault-finder.ts';
import { firstStepsOf } from './message-steps.ts';

export interface SearchRange {
  /** The search begins at the step after this one, in its direction. */
  readonly from: number;
  /** The last step of the search. */
  readonly until: number;
  readonly direction: Direction;
}

/** A step at which a breakpoint may stop, or the last step of the search. */
export interface Candidate {
  readonly step: number;
  /** True at the last step of the search. */
  readonly isEnd: boolean;
  /** `no` at the last step if nothing stops there, `state` if only the state of the step shows it. */
  readonly stops: Decision;
}

/** Events between two looks at the budget. */
const CHUNK = 1024;

/**
 * Finds the steps at which a breakpoint may stop, without computing states: by their number, their operation, their faults, and by
 * conditions over the event alone.
 */
export class StopSearch {
  readonly #trace: Trace;
  readonly #faults: FaultFinder;
  readonly #until: number;
  readonly #by: 1 | -1;
  /** Breakpoints by the operations at which they stop. */
  readonly #byKind: ReadonlyMap<EventKind, readonly Breakpoint[]>;
  /** Breakpoints by the steps at which they stop. */
  readonly #bySteps: readonly { readonly breakpoint: Breakpoint; readonly steps: ReadonlySet<number> }[];
  readonly #ofFaults: readonly Breakpoint[];
  readonly #isEmpty: boolean;
  /** The event that was looked at last, and its step. */
  #index: number;
  #at: number;
  /** The event at which the budget was looked at last. */
  #checkedAt = -1;

  constructor(trace: Trace, breakpoints: readonly Breakpoint[], faults: FaultFinder, { from, until, direction }: SearchRange) {
    this.#trace = trace;
    this.#faults = faults;
    this.#until = until;
    this.#by = direction === 'forward' ? 1 : -1;
    this.#at = from;
    this.#index = from === 0 ? -1 : trace.eventOf(from);
    this.#isEmpty = breakpoints.length === 0;
    this.#ofFaults = breakpoints.filter(({ place }) => place.kind === 'fault');
    this.#byKind = new Map(EVENT_KINDS.map((kind) => [kind, breakpoints.filter(({ kinds }) => kinds.includes(kind))]));
    this.#bySteps = breakpoints.flatMap((breakpoint) => {
      const { place } = breakpoint;
      if (place.kind === 'step') return { breakpoint, steps: new Set([place.step]) };
      return place.kind === 'message' ? { breakpoint, steps: firstStepsOf(trace, place.name) } : [];
    });
  }

  /** The step that was looked at last. */
  get at(): number {
    return this.#at;
  }

  /** Returns the next step at which a breakpoint may stop; `cut short` if the budget is spent before it is found. */
  next(budget: Budget): Candidate | 'cut short' {
    const trace = this.#trace;
    if (this.#isEmpty || this.#at === this.#until) return this.#end();
    for (let index = this.#index + this.#by; index >= 0 && index < trace.count; index += this.#by) {
      if (index % CHUNK === 0 && index !== this.#checkedAt) {
        this.#checkedAt = index;
        if (!budget.spend(0, CHUNK)) return 'cut short';
      }
      if (!trace.isStep(index)) {
        this.#index = index;
        continue;
      }
      const step = trace.stepOf(index);
      if (this.#by > 0 ? step > this.#until : step < this.#until) break;
      if (this.#ofFaults.length > 0 && !this.#faults.prepare(step, budget)) return 'cut short';
      this.#index = index;
      this.#at = step;
      const stops = this.#decisionAt(index, step);
      const isEnd = step === this.#until;
      if (isEnd || stops !== 'no') return { step, isEnd, stops };
    }
    return this.#end();
  }

  #end(): Candidate {
    this.#at = this.#until;
    return { step: this.#until, isEnd: true, stops: 'no' };
  }

  /** Decides whether any breakpoint stops at a step, as far as that can be told without its state. */
  #decisionAt(index: number, step: number): Decision {
    const trace = this.#trace;
    let decision: Decision = 'no';
    let event: TraceEvent | undefined;
    const ask = (breakpoint: Breakpoint): void => {
      if (decision === 'state') return;
      event ??= trace.at(index);
      const own = breakpoint.decide({ trace, event, step, index });
      if (own !== 'no') decision = own;
    };
    for (const { breakpoint, steps } of this.#bySteps) if (steps.has(step)) ask(breakpoint);
    for (const breakpoint of this.#byKind.get(trace.kindAt(index)) ?? []) ask(breakpoint);
    for (const breakpoint of this.#ofFaults) {
      if (this.#faults.mayHave(breakpoint.place, index, step)) ask(breakpoint);
    }
    return decision;
  }
}
