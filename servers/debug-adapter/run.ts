import { Budget } from '../../engine/core/budget.ts';
import type { TraceEvent } from '../../engine/trace/events.ts';
import type { Direction } from '../../engine/trace/search.ts';
import type { Timeline } from '../../engine/trace/timeline.ts';
import type { Breakpoint, Hit, StepFacts } from './breakpoints/breakpoints.ts';
import type { FaultFinder } from './breakpoints/fault-finder.ts';
import { StepScope } from './values/step-scope.ts';

/** Steps. */
const SHORT_WAY = 256;

export interface RunOrder {
  readonly direction: Direction;
  /** Where it ends without a hit: the end of the trace that lies ahead, or a step before that. */
  readonly until: number;
}

/** A way through the trace to the next breakpoint, by slices of time: between two of them other requests are answered. */
export class Run {
  readonly order: RunOrder;
  readonly #timeline: Timeline;
  readonly #breakpoints: readonly Breakpoint[];
  readonly #faults: FaultFinder;
  readonly #log: (message: string) => void;
  /** The step that was looked at last. */
  #at: number;

  constructor(
    timeline: Timeline,
    breakpoints: readonly Breakpoint[],
    order: RunOrder,
    faults: FaultFinder,
    log: (message: string) => void,
  ) {
    this.#timeline = timeline;
    this.#breakpoints = breakpoints;
    this.order = order;
    this.#faults = faults;
    this.#log = log;
    this.#at = timeline.position;
  }

  /** Goes on for so many milliseconds. Gives the hits where it has arrived, none at its end; undefined while it is under way. */
  slice(milliseconds: number): readonly Hit[] | undefined {
    const budget = new Budget({ milliseconds });
    const end = performance.now() + milliseconds;
    const { direction, until } = this.order;
    while (performance.now() < end) {
      const step = this.#timeline.find((event, candidate) => this.#looksAt(event, candidate), this.#at, direction, budget);
      if (step === undefined && budget.cutShort !== undefined) return undefined;
      if (step === undefined || this.#isPast(step)) {
        this.#timeline.seek(until);
        return [];
      }
      this.#at = step;
      this.#goTo(step);
      const hits = hitsAt(this.#timeline, this.#breakpoints, this.#faults, this.#log, direction);
      if (hits.length > 0) return hits;
      if (step === until) return [];
    }
    return undefined;
  }

  /** Stops where it is. */
  pause(): void {
    this.#timeline.seek(this.#at);
  }

  /** A short way on is walked: then each state is made from the one before it, and not from one far behind. */
  #goTo(step: number): void {
    const timeline = this.#timeline;
    if (step - timeline.position <= SHORT_WAY) {
      for (let between = timeline.position + 1; between < step; between++) timeline.stateAt(between);
    }
    timeline.seek(step);
  }

  #looksAt(event: TraceEvent, step: number): boolean {
    if (this.#isPast(step) || step === this.order.until) return true;
    this.#at = step;
    const facts = factsOf(this.#timeline, event, step, this.#faults);
    return this.#breakpoints.some((breakpoint) => breakpoint.waitsFor(facts));
  }

  #isPast(step: number): boolean {
    return this.order.direction === 'forward' ? step > this.order.until : step < this.order.until;
  }
}

/** The breakpoints that stop where the timeline stands. Log points say what they have to say. */
export function hitsAt(
  timeline: Timeline,
  breakpoints: readonly Breakpoint[],
  faults: FaultFinder,
  log: (message: string) => void,
  direction: Direction,
): readonly Hit[] {
  const event = timeline.event();
  if (!event) return [];
  const facts = factsOf(timeline, event, timeline.position, faults);
  const waiting = breakpoints.filter((breakpoint) => breakpoint.waitsFor(facts));
  if (waiting.length === 0) return [];
  const root = new StepScope(timeline).root();
  const hits = waiting.flatMap((breakpoint) => breakpoint.hit(root) ?? []);
  for (const hit of hits) if (hit.log !== undefined) log(direction === 'forward' ? hit.log : `◀ ${hit.log}`);
  return hits.filter((hit) => hit.log === undefined);
}

/** Each fact is only found out when a breakpoint asks for it. */
function factsOf(timeline: Timeline, event: TraceEvent, step: number, faults: FaultFinder): StepFacts {
  return {
    step,
    operation: event.kind,
    get messageBegun() {
      return messageBegunAt(timeline, step);
    },
    get faults() {
      return faults.codesAt(step);
    },
  };
}

function messageBegunAt({ trace }: Timeline, step: number): string | undefined {
  const message = trace.messages.of(trace.eventOf(step));
  if (!message || trace.stepOf(message.begin) + 1 !== step) return undefined;
  const begin = trace.at(message.begin);
  return begin.kind === 'begin' ? trace.nameAt(message.begin, begin.name) : undefined;
}
