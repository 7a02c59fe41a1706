import { Budget } from '../core/budget.ts';
import { formatCount } from '../core/format.ts';
import type { ReadableMemory } from '../core/memory/memory.ts';
import { orderFaults } from './analysis/bucket-order.ts';
import { type Fault, faultsOf } from './analysis/faults.ts';
import type { TraceEvent } from './events.ts';
import { findStep, touches } from './search.ts';
import {
  type AllocationState,
  advanced,
  firstAllocationState,
  type StartingPoint,
  startWithoutImage,
} from './state/allocation-state.ts';
import { Replay } from './state/replay.ts';
import type { Trace } from './trace.ts';

/** The faults of a trace, as far as they were looked for. */
export interface FoundFaults {
  readonly faults: readonly Fault[];
  /** Why the search ended early. */
  readonly cutShort: string | undefined;
}

/** Faults that are told at most; what goes on going wrong has been understood by then. */
const MAX_FAULTS = 10_000;
/** Of so many faults the cause is looked for, over so many events. */
const MAX_EXPLAINED = 100;
const MAX_LOOKED_BACK = 200_000;

/** The ledger after each step of a trace, and what is wrong with its steps. Cheap: no byte of any memory is touched. */
export class History {
  readonly trace: Trace;
  readonly #start: StartingPoint;
  readonly #replay: Replay<AllocationState>;
  readonly #image: ReadableMemory | undefined;
  #faults: FoundFaults | undefined;
  #orderFaults: ReadonlyMap<number, Fault> | undefined;

  /** `image`: the snapshot that the recording began with, which `start` tells of. */
  constructor(trace: Trace, start: StartingPoint = startWithoutImage(trace), image?: ReadableMemory) {
    this.trace = trace;
    this.#image = image;
    this.#start = start;
    const first = this.#apply(firstAllocationState(start), endOf(trace, 0));
    this.#replay = new Replay(first, (allocation, _, to) => this.#apply(allocation, endOf(trace, to)));
  }

  /** What the spaces hold after `step` and the events behind it that are no steps; 0 is the state before the first. */
  after(step: number): AllocationState {
    return this.#replay.at(step);
  }

  /** What is wrong with the step. */
  faultsOf(step: number): readonly Fault[] {
    if (step < 1 || step > this.trace.steps) return [];
    const found = faultsOf(this.after(step - 1), this.trace.at(this.trace.eventOf(step)), step);
    return [...found.map((fault) => this.#explained(fault)), ...this.#orderFaultsOf(step)];
  }

  /** All faults, in the order of their steps. */
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
        for (const fault of faultsOf(allocation, event, number)) faults.push(explain ? this.#explained(fault) : fault);
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

  /** With the step that gave the bytes back first, where it is not too far. */
  #explained(fault: Fault): Fault {
    if (fault.code !== 'trace.double-free') return fault;
    const test = touches(fault.space, fault.address, fault.size);
    const first = findStep(this.trace, test, fault.step, 'backward', new Budget({ steps: MAX_LOOKED_BACK }), 'effective');
    return first === undefined ? fault : { ...fault, message: `${fault.message} Step ${formatCount(first)} gave them back.` };
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

/** Behind the last event that belongs to the state after `step`: the events up to the next step tell of the same state. */
export function endOf(trace: Trace, step: number): number {
  return step < trace.steps ? trace.eventOf(step + 1) : trace.count;
}
