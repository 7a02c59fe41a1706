import { Budget } from '../core/budget.ts';
import { formatCount } from '../core/format.ts';
import type { ReadableMemory } from '../core/memory/memory.ts';
import { orderFaults } from './analysis/bucket-order.ts';
import { type Fault, faultsOf } from './analysis/faults.ts';
import type { SpaceNumber, TraceEvent } from './events.ts';
import { spaceOf } from './format/event-fields.ts';
import { CHANGING, findTouch } from './search.ts';
import { AllocationBuilder } from './state/allocation-builder.ts';
import {
  type AllocationState,
  firstAllocationState,
  type SpaceView,
  type StartingPoint,
  spaceIn,
  startWithoutImage,
} from './state/allocation-state.ts';
import { type KnownState, Replay } from './state/replay.ts';
import type { Trace } from './trace.ts';

/** The faults of a trace that were found. */
export interface FoundFaults {
  readonly faults: readonly Fault[];
  /** Why the search ended early. */
  readonly cutShort: string | undefined;
}

/** Maximum faults that are reported. */
const MAX_FAULTS = 10_000;
/** Maximum faults whose cause is searched for, and maximum events of each search. */
const MAX_EXPLAINED = 100;
const MAX_EXPLAIN_EVENTS = 200_000;
/** Steps that are looked at together. */
const SCANNED = 4096;

const NONE: readonly Fault[] = [];

/** The spaces of a trace before an event. */
interface Spaces {
  space(space: SpaceNumber): SpaceView | undefined;
}

/** The allocation state after each step. */
export interface AllocationStates {
  after(step: number): AllocationState;
  /** Works on the way to a step until the budget is spent. Returns true when `after(step)` is fast. */
  approach(step: number, budget: Budget): boolean;
  /** Passes the steps from `from` to `to` on to `visit`, in order, each with the spaces before it. Fast over many steps. */
  visit(from: number, to: number, visit: (event: TraceEvent, step: number, before: Spaces) => void): void;
  /** Takes states from somebody else who computes the same ones, where those are nearer than its own. */
  borrowFrom?(lender: (step: number) => KnownState<AllocationState> | undefined): void;
}

/** Has the same states as a history, and more. */
interface Lender {
  nearestAllocation(step: number): KnownState<AllocationState>;
}

/** Returns the allocation states of a trace alone. Cheap, because no memory bytes are kept. */
function allocationStates(trace: Trace, start: StartingPoint = startWithoutImage(trace)): AllocationStates {
  const builder = new AllocationBuilder(trace, start, firstAllocationState(start));
  const replay = new Replay(trace, builder);
  return {
    after: (step) => replay.at(step),
    approach: (step, budget) => replay.approach(step, budget),
    visit: (from, to, visit) => replay.visit(from, to, (event, step) => visit(event, step, builder)),
    borrowFrom: (lender) => replay.borrowFrom(lender),
  };
}

/** The allocation state after each step of a trace, and the faults of its steps. */
export class History {
  readonly trace: Trace;
  readonly #states: AllocationStates;
  readonly #image: ReadableMemory | undefined;
  #faults: FoundFaults | undefined;
  #orderFaults: ReadonlyMap<number, Fault> | undefined;

  /** `image` is the snapshot at the start of the recording. */
  constructor(trace: Trace, states: AllocationStates = allocationStates(trace), image?: ReadableMemory) {
    this.trace = trace;
    this.#states = states;
    this.#image = image;
  }

  /** Returns the allocation state after `step` and the non-step events that follow it. 0 is the state before the first step. */
  after(step: number): AllocationState {
    return this.#states.after(step);
  }

  /**
   * Works on the way to a step until the budget is spent. Returns true when `after(step)` is fast. Call it again with another budget to
   * go on.
   */
  approach(step: number, budget: Budget): boolean {
    return this.#states.approach(step, budget);
  }

  /** Takes states from the timeline of a debugger of the same trace, while there is one. Both must know the same about its beginning. */
  borrowFrom(lender: Lender): void {
    const timeline = new WeakRef(lender);
    this.#states.borrowFrom?.((step) => timeline.deref()?.nearestAllocation(step));
  }

  /** Returns the faults of a step. */
  faultsOf(step: number): readonly Fault[] {
    if (step < 1 || step > this.trace.steps) return [];
    const event = this.trace.at(this.trace.eventOf(step));
    const space = spaceOf(event);
    const state = space === undefined ? undefined : spaceIn(this.after(step - 1), space);
    const ofOrder = this.#allOrderFaults.get(step);
    const found = faultsOf(state, event, step).map((fault) => this.#withCause(fault));
    return ofOrder ? [...found, ofOrder] : found;
  }

  /** Returns the faults of the steps from `from` to `to`, in order. Fast over many steps. Their causes are not searched for. */
  faultsBetween(from: number, to: number): readonly Fault[] {
    const faults: Fault[] = [];
    const orderFaults = this.#allOrderFaults;
    this.#states.visit(from, to, (event, step, before) => {
      const space = spaceOf(event);
      const found = space === undefined ? NONE : faultsOf(before.space(space), event, step);
      if (found.length > 0) faults.push(...found);
      const ofOrder = orderFaults.size > 0 && orderFaults.get(step);
      if (ofOrder) faults.push(ofOrder);
    });
    return faults;
  }

  /** Returns all faults, in the order of their steps. */
  faults(budget = new Budget()): FoundFaults {
    if (this.#faults) return this.#faults;
    const faults: Fault[] = [];
    const { steps } = this.trace;
    for (let from = 1; from <= steps && faults.length < MAX_FAULTS; from += SCANNED) {
      const to = Math.min(steps, from + SCANNED - 1);
      if (!budget.spend(0, to - from + 1)) return { faults, cutShort: budget.cutShort };
      for (const fault of this.faultsBetween(from, to)) {
        if (faults.length < MAX_FAULTS) faults.push(faults.length < MAX_EXPLAINED ? this.#withCause(fault) : fault);
      }
    }
    this.#faults = { faults, cutShort: undefined };
    return this.#faults;
  }

  get #allOrderFaults(): ReadonlyMap<number, Fault> {
    this.#orderFaults ??= new Map(orderFaults(this.trace, this.#image).map((fault) => [fault.step, fault]));
    return this.#orderFaults;
  }

  /** Adds the step that freed the bytes first, if it is not too far back. */
  #withCause(fault: Fault): Fault {
    if (fault.code !== 'trace.double-free') return fault;
    const place = { space: fault.space, address: fault.address, length: fault.size };
    const budget = new Budget({ steps: MAX_EXPLAIN_EVENTS });
    const first = findTouch(this.trace, place, CHANGING, fault.step, 'backward', 'effective', budget);
    return first === undefined ? fault : { ...fault, message: `${fault.message} Step ${formatCount(first)} freed them.` };
  }
}
