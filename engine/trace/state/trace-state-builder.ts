import type { ReadableMemory } from '../../core/memory/memory.ts';
import type { SpaceNumber, TraceEvent } from '../events.ts';
import type { Trace } from '../trace.ts';
import { AllocationBuilder } from './allocation-builder.ts';
import { firstAllocationState, type SpaceView, type StartingPoint } from './allocation-state.ts';
import { MemoryStateBuilder } from './memory-state.ts';
import type { StateBuilder } from './replay.ts';
import type { TraceState } from './trace-state.ts';

/** Applies events to the complete state: the spaces and their bytes. */
export class TraceStateBuilder implements StateBuilder<TraceState> {
  readonly #allocation: AllocationBuilder;
  readonly #memory: MemoryStateBuilder;
  #step = 0;

  /** `image` is the memory before the first step, which `start` describes. */
  constructor(trace: Trace, start: StartingPoint, image: ReadableMemory | undefined) {
    this.#allocation = new AllocationBuilder(trace, start, firstAllocationState(start));
    this.#memory = new MemoryStateBuilder(trace, image);
  }

  /** Returns the space with a number, as it is now. */
  space(space: SpaceNumber): SpaceView | undefined {
    return this.#allocation.space(space);
  }

  get cost(): number {
    return this.#allocation.cost + this.#memory.cost;
  }

  get size(): number {
    return this.#allocation.size + this.#memory.size;
  }

  apply(event: TraceEvent, step: number, index: number): void {
    this.#allocation.apply(event, step);
    this.#memory.apply(event, step, index);
    this.#step = step;
  }

  state(): TraceState {
    return { step: this.#step, allocation: this.#allocation.state(), memoryState: this.#memory.state() };
  }

  restore(state: TraceState): void {
    this.#allocation.restore(state.allocation);
    this.#memory.restore(state.memoryState);
    this.#step = state.step;
  }
}
