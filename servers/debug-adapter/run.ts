import { Budget } from '../../engine/core/budget.ts';
import { formatCount } from '../../engine/core/format.ts';
import { eventParts } from '../../engine/trace/analysis/step-parts.ts';
import type { TraceEvent } from '../../engine/trace/events.ts';
import { type Direction, touching } from '../../engine/trace/search.ts';
import type { Timeline } from '../../engine/trace/timeline.ts';
import type { Breakpoint, Hit, StepFacts } from './breakpoints/breakpoints.ts';
import { withChangedBytes } from './breakpoints/changed-bytes.ts';
import type { FaultFinder } from './breakpoints/fault-finder.ts';
import { type Candidate, StopSearch } from './breakpoints/stop-search.ts';
import { StepScope } from './values/step-scope.ts';
import type { Value } from './values/value.ts';

export interface RunTarget {
  readonly direction: Direction;
  /** The step where the run ends without a hit: the end of the trace in this direction, or an earlier step. */
  readonly until: number;
}

/** A move through the trace in time slices. Other requests are handled between two slices. */
export interface Journey {
  readonly direction: Direction;
  /** A description for the user. */
  readonly title: string;
  /** Continues for a number of milliseconds. Returns the hits where it ended; undefined if it is still on its way. */
  slice(milliseconds: number): readonly Hit[] | undefined;
  /** Ends the journey at the step that it has reached. The next slices may still have to compute the state there. */
  pause(): void;
}

/** A run to the next breakpoint. */
export class Run implements Journey {
  readonly direction: Direction;
  readonly title: string;
  readonly #timeline: Timeline;
  readonly #breakpoints: readonly Breakpoint[];
  readonly #faults: FaultFinder;
  readonly #log: (message: string) => void;
  readonly #search: StopSearch;
  /** A step that is found, and whose state is not computed yet. */
  #candidate: Candidate | undefined;
  /** The step where it ends, once that is known. */
  #arrival: { readonly step: number; readonly hits: readonly Hit[] } | undefined;

  constructor(
    timeline: Timeline,
    breakpoints: readonly Breakpoint[],
    { direction, until }: RunTarget,
    faults: FaultFinder,
    log: (message: string) => void,
  ) {
    this.direction = direction;
    this.title = direction === 'forward' ? 'Running forward to the next breakpoint' : 'Running back to the next breakpoint';
    this.#timeline = timeline;
    this.#breakpoints = breakpoints;
    this.#faults = faults;
    this.#log = log;
    this.#search = new StopSearch(timeline.trace, breakpoints, faults, { from: timeline.position, until, direction });
  }

  slice(milliseconds: number): readonly Hit[] | undefined {
    const budget = new Budget({ milliseconds });
    const end = performance.now() + milliseconds;
    while (!this.#arrival) {
      const candidate = this.#candidate ?? this.#search.next(budget);
      if (candidate === 'cut short') return undefined;
      this.#candidate = candidate;
      const { step, isEnd, stops } = candidate;
      if (stops === 'state' && !this.#timeline.approach(step, budget)) return undefined;
      this.#candidate = undefined;
      const hits = stops === 'no' ? [] : this.#hitsAt(step);
      if (hits.length > 0 || isEnd) this.#arrival = { step, hits };
      else if (performance.now() > end) return undefined;
    }
    const { step, hits } = this.#arrival;
    if (!this.#timeline.approach(step, budget)) return undefined;
    this.#timeline.seek(step);
    return hits;
  }

  pause(): void {
    this.#arrival ??= { step: this.#search.at, hits: [] };
  }

  #hitsAt(step: number): readonly Hit[] {
    this.#timeline.seek(step);
    return hitsAt(this.#timeline, this.#breakpoints, this.#faults, this.#log, this.direction);
  }
}

/** A jump to a step, whose state can take a while to compute. */
export class Jump implements Journey {
  readonly direction: Direction;
  readonly title: string;
  readonly #timeline: Timeline;
  readonly #step: number;
  readonly #hitsThere: () => readonly Hit[];
  #paused = false;

  /** `hitsThere`: returns the breakpoints that a jump to the step stops at, once it is there. */
  constructor(timeline: Timeline, step: number, hitsThere: () => readonly Hit[]) {
    this.direction = step < timeline.position ? 'backward' : 'forward';
    this.title = `Going to step ${formatCount(step)}`;
    this.#timeline = timeline;
    this.#step = step;
    this.#hitsThere = hitsThere;
  }

  slice(milliseconds: number): readonly Hit[] | undefined {
    if (this.#paused) return [];
    if (!this.#timeline.approach(this.#step, new Budget({ milliseconds }))) return undefined;
    this.#timeline.seek(this.#step);
    return this.#hitsThere();
  }

  pause(): void {
    this.#paused = true;
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
  let root: Value | undefined;
  const rootFor = ({ place }: Breakpoint): Value => {
    root ??= new StepScope(timeline).root();
    return place.kind === 'data' ? withChangedBytes(root, timeline, place.range) : root;
  };
  const hits = breakpoints.flatMap((breakpoint) =>
    breakpoint.waitsFor(facts) ? (breakpoint.hit(facts, () => rootFor(breakpoint)) ?? []) : [],
  );
  for (const hit of hits) if (hit.log !== undefined) log(direction === 'forward' ? hit.log : `◀ ${hit.log}`);
  return hits.filter((hit) => hit.log === undefined);
}

/** Returns the facts about a step. Each fact is computed on demand. */
function factsOf(timeline: Timeline, event: TraceEvent, step: number, faults: FaultFinder): StepFacts {
  const { trace } = timeline;
  return {
    trace,
    event,
    step,
    index: trace.eventOf(step),
    get parts() {
      return eventParts(timeline.history.after(step - 1), event);
    },
    get messageBegun() {
      return messageBegunAt(timeline, step);
    },
    get faults() {
      return faults.codesAt(step);
    },
    hasStateFault: (code) => timeline.stateFaultsOf(step, code).length > 0,
    touches: (range, kinds) => touching(range, kinds)(event, step, trace.eventOf(step)),
  };
}

function messageBegunAt({ trace }: Timeline, step: number): string | undefined {
  const message = trace.messages.of(trace.eventOf(step));
  if (!message || trace.stepOf(message.begin) + 1 !== step) return undefined;
  const begin = trace.at(message.begin);
  return begin.kind === 'begin' ? trace.nameAt(message.begin, begin.name) : undefined;
}
