import { Budget } from '../core/budget.ts';
import { formatCount } from '../core/format.ts';
import type { ReadableMemory } from '../core/memory/memory.ts';
import { orderFaults } from './analysis/bucket-order.ts';
import { type Fault, faultsOf } from './analysis/faults.ts';
import { spaceOf } from './format/event-fields.ts';
import { findStep, touches } from './search.ts';
import { AllocationBuilder } from './state/allocation-builder.ts';
import {
  type AllocationState,
  firstAllocationState,
  type StartingPoint,
  spaceIn,
  startWithoutImage,
} from './state/allocation-state.ts';
import { Replay } from './state/replay.ts';
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

/** The allocation state after each step of a trace, and the faults of its steps. Cheap, because no memory bytes are read. */
export class History {
  readonly trace: Trace;
  readonly #builder: AllocationBuilder;
  readonly #replay: Replay<AllocationState>;
  readonly #image: ReadableMemory | undefined;
  #faults: FoundFaults | undefined;
  #orderFaults: ReadonlyMap<number, Fault> | undefined;

  /** `image` is the snapshot at the start of the recording, which `start` describes. */
  constructor(trace: Trace, start: StartingPoint = startWithoutImage(trace), image?: ReadableMemory) {
    this.trace = trace;
    this.#image = image;
    this.#builder = new AllocationBuilder(trace, start, firstAllocationState(start));
    this.#replay = new Replay(trace, this.#builder);
  }

  /** Returns the allocation state after `step` and the non-step events that follow it. 0 is the state before the first step. */
  after(step: number): AllocationState {
    return this.#replay.at(step);
  }

  /** Returns the faults of a step. */
  faultsOf(step: number): readonly Fault[] {
    if (step < 1 || step > this.trace.steps) return [];
    const event = this.trace.at(this.trace.eventOf(step));
    const space = spaceOf(event);
    const state = space === undefined ? undefined : spaceIn(this.after(step - 1), space);
    return [...faultsOf(state, event, step).map((fault) => this.#withCause(fault)), ...this.#orderFaultsOf(step)];
  }

  /** Returns the faults of the steps from `from` to `to`, in order. Fast over many steps. Their causes are not searched for. */
  faultsBetween(from: number, to: number): readonly Fault[] {
    const faults: Fault[] = [];
    this.#replay.visit(from, to, (event, step) => {
      const space = spaceOf(event);
      if (space !== undefined) faults.push(...faultsOf(this.#builder.space(space), event, step));
      faults.push(...this.#orderFaultsOf(step));
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
      for (let step = from; step <= to; step++) if (!budget.spend()) return { faults, cutShort: budget.cutShort };
      for (const fault of this.faultsBetween(from, to)) {
        if (faults.length < MAX_FAULTS) faults.push(faults.length < MAX_EXPLAINED ? this.#withCause(fault) : fault);
      }
    }
    this.#faults = { faults, cutShort: undefined };
    return this.#faults;
  }

  #orderFaultsOf(step: number): readonly Fault[] {
    this.#orderFaults ??= new Map(orderFaults(this.trace, this.#image).map((fault) => [fault.step, fault]));
    const fault = this.#orderFaults.get(step);
    return fault ? [fault] : NONE;
  }

  /** Adds the step that freed the bytes first, if it is not too far back. */
  #withCause(fault: Fault): Fault {
    if (fault.code !== 'trace.double-free') return fault;
    const test = touches(fault.space, fault.address, fault.size);
    const first = findStep(this.trace, test, fault.step, 'backward', new Budget({ steps: MAX_EXPLAIN_EVENTS }), 'effective');
    return first === undefined ? fault : { ...fault, message: `${fault.message} Step ${formatCount(first)} freed them.` };
  }
}
