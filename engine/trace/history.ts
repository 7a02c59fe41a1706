import { Budget } from '../core/budget.ts';
import { formatCount } from '../core/format.ts';
import type { ReadableMemory } from '../core/memory/memory.ts';
import { orderFaults } from './analysis/bucket-order.ts';
import { type Fault, faultsOf } from './analysis/faults.ts';
import type { TraceEvent } from './events.ts';
import { CHANGING, findTouch } from './search.ts';
import {
  type AllocationState,
  advanced,
  firstAllocationState,
  type StartingPoint,
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

/** The allocation state after each step of a trace, and the faults of its steps. Cheap, because no memory bytes are read. */
export class History {
  readonly trace: Trace;
  readonly #start: StartingPoint;
  readonly #replay: Replay<AllocationState>;
  readonly #image: ReadableMemory | undefined;
  #faults: FoundFaults | undefined;
  #orderFaults: ReadonlyMap<number, Fault> | undefined;

  /** `image` is the snapshot at the start of the recording, which `start` describes. */
  constructor(trace: Trace, start: StartingPoint = startWithoutImage(trace), image?: ReadableMemory) {
    this.trace = trace;
    this.#image = image;
    this.#start = start;
    const first = this.#apply(firstAllocationState(start), endOf(trace, 0));
    this.#replay = new Replay(first, (allocation, _, to) => this.#apply(allocation, endOf(trace, to)));
  }

  /** Returns the allocation state after `step` and the non-step events that follow it. 0 is the state before the first step. */
  after(step: number): AllocationState {
    return this.#replay.at(step);
  }

  /** Returns the faults of a step. */
  faultsOf(step: number): readonly Fault[] {
    if (step < 1 || step > this.trace.steps) return [];
    const found = faultsOf(this.after(step - 1), this.trace.at(this.trace.eventOf(step)), step);
    return [...found.map((fault) => this.#withCause(fault)), ...this.#orderFaultsOf(step)];
  }

  /** Returns all faults, in the order of their steps. */
  faults(budget = new Budget()): FoundFaults {
    if (this.#faults) return this.#faults;
    const faults: Fault[] = [];
    let allocation = firstAllocationState(this.#start);
    let step = 0;
    for (const event of this.trace.events()) {
      if (!budget.spend()) return { faults, cutShort: budget.cutShort };
      const number = this.trace.stepOf(allocation.next);
      if (number > step && faults.length < MAX_FAULTS) {
        const explain = faults.length < MAX_EXPLAINED;
        for (const fault of faultsOf(allocation, event, number)) faults.push(explain ? this.#withCause(fault) : fault);
        faults.push(...this.#orderFaultsOf(number));
      }
      step = number;
      allocation = this.#next(allocation, event);
    }
    this.#faults = { faults, cutShort: undefined };
    return this.#faults;
  }

  #orderFaultsOf(step: number): readonly Fault[] {
    this.#orderFaults ??= new Map(orderFaults(this.trace, this.#image).map((fault) => [fault.step, fault]));
    const fault = this.#orderFaults.get(step);
    return fault ? [fault] : [];
  }

  /** Adds the step that freed the bytes first, if it is not too far back. */
  #withCause(fault: Fault): Fault {
    if (fault.code !== 'trace.double-free') return fault;
    const place = { space: fault.space, address: fault.address, length: fault.size };
    const budget = new Budget({ steps: MAX_EXPLAIN_EVENTS });
    const first = findTouch(this.trace, place, CHANGING, fault.step, 'backward', 'effective', budget);
    return first === undefined ? fault : { ...fault, message: `${fault.message} Step ${formatCount(first)} freed them.` };
  }

  #apply(allocation: AllocationState, end: number): AllocationState {
    let applied = allocation;
    while (applied.next < end) applied = this.#next(applied, this.trace.at(applied.next));
    return applied;
  }

  #next(allocation: AllocationState, event: TraceEvent): AllocationState {
    return advanced(this.trace, allocation, event, this.trace.stepOf(allocation.next), this.#start);
  }
}

/** Returns the end of the events that belong to the state after `step`: the next step's event, or the end of the trace. */
export function endOf(trace: Trace, step: number): number {
  return step < trace.steps ? trace.eventOf(step + 1) : trace.count;
}
