import { Budget } from '../../engine/core/budget.ts';
import type { TraceEvent } from '../../engine/trace/events.ts';
import { type Direction, touching } from '../../engine/trace/search.ts';
import type { Timeline } from '../../engine/trace/timeline.ts';
import type { Breakpoint, Hit, StepFacts } from './breakpoints/breakpoints.ts';
import { withChangedBytes } from './breakpoints/changed-bytes.ts';
import type { FaultFinder } from './breakpoints/fault-finder.ts';
import { StepScope } from './values/step-scope.ts';
import type { Value } from './values/value.ts';

/** Maximum distance in steps over which all states in between are computed. */
const MAX_WALK = 256;

export interface RunTarget {
  readonly direction: Direction;
  /** The step where the run ends without a hit: the end of the trace in this direction, or an earlier step. */
  readonly until: number;
}

/** A run through the trace to the next breakpoint in time slices. Other requests are handled between two slices. */
export class Run {
  readonly target: RunTarget;
  readonly #timeline: Timeline;
  readonly #breakpoints: readonly Breakpoint[];
  readonly #faults: FaultFinder;
  readonly #log: (message: string) => void;
  /** The step that was examined last. */
  #at: number;

  constructor(
    timeline: Timeline,
    breakpoints: readonly Breakpoint[],
    target: RunTarget,
    faults: FaultFinder,
    log: (message: string) => void,
  ) {
    this.#timeline = timeline;
    this.#breakpoints = breakpoints;
    this.target = target;
    this.#faults = faults;
    this.#log = log;
    this.#at = timeline.position;
  }

  /**
   * Continues for a number of milliseconds. Returns the hits where it stops, none if it reached its end, or undefined if it is
   * still running.
   */
  slice(milliseconds: number): readonly Hit[] | undefined {
    const budget = new Budget({ milliseconds });
    const end = performance.now() + milliseconds;
    const { direction, until } = this.target;
    while (performance.now() < end) {
      const step = this.#timeline.find((event, candidate) => this.#isCandidate(event, candidate), this.#at, direction, budget);
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

  /** Stops at the current step. */
  pause(): void {
    this.#timeline.seek(this.#at);
  }

  /** Goes to a step. Over a short distance it computes each state from the one before it, not from a distant one. */
  #goTo(step: number): void {
    const timeline = this.#timeline;
    if (step - timeline.position <= MAX_WALK) {
      for (let between = timeline.position + 1; between < step; between++) timeline.stateAt(between);
    }
    timeline.seek(step);
  }

  #isCandidate(event: TraceEvent, step: number): boolean {
    if (this.#isPast(step) || step === this.target.until) return true;
    this.#at = step;
    const facts = factsOf(this.#timeline, event, step, this.#faults);
    return this.#breakpoints.some((breakpoint) => breakpoint.waitsFor(facts));
  }

  #isPast(step: number): boolean {
    return this.target.direction === 'forward' ? step > this.target.until : step < this.target.until;
  }
}

/** Returns the breakpoints that stop at the current step. Writes the messages of log points. */
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
  const rootFor = ({ place }: Breakpoint): Value =>
    place.kind === 'data' ? withChangedBytes(root, timeline, place.range) : root;
  const hits = waiting.flatMap((breakpoint) => breakpoint.hit(rootFor(breakpoint)) ?? []);
  for (const hit of hits) if (hit.log !== undefined) log(direction === 'forward' ? hit.log : `◀ ${hit.log}`);
  return hits.filter((hit) => hit.log === undefined);
}

/** Returns the facts about a step. Each fact is computed on demand. */
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
    touches: (range, kinds) => touching(range, kinds)(event, step, timeline.trace.eventOf(step)),
  };
}

function messageBegunAt({ trace }: Timeline, step: number): string | undefined {
  const message = trace.messages.of(trace.eventOf(step));
  if (!message || trace.stepOf(message.begin) + 1 !== step) return undefined;
  const begin = trace.at(message.begin);
  return begin.kind === 'begin' ? trace.nameAt(message.begin, begin.name) : undefined;
}
