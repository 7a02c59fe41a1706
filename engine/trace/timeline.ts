import { Budget } from '../core/budget.ts';
import { type Address, offsetAt, type ReadableMemory } from '../core/memory/memory.ts';
import { inspectRegionManager } from '../motoko/regions/inspect.ts';
import { inspectManager } from '../rust/memory-manager/inspect.ts';
import { type Fault, STATE_FAULTS, type StateFaultCode } from './analysis/faults.ts';
import { StateFaults } from './analysis/state-faults.ts';
import { initialFindings, type Verification, verify } from './analysis/verify.ts';
import type { EventKind, SpaceNumber, TraceEvent } from './events.ts';
import type { TraceFinding } from './format/trace-sink.ts';
import { type FoundFaults, History } from './history.ts';
import { CHANGING, type Direction, findStep, findTouch, type Place, type StepTest } from './search.ts';
import {
  type AllocationState,
  declaredSpaces,
  isAllocator,
  type SpaceState,
  type StartingPoint,
  spaceIn,
  startWithoutImage,
} from './state/allocation-state.ts';
import type { LiveBlock } from './state/block-tree.ts';
import { type Changes, changesBetween } from './state/changes.ts';
import { type Derived, derivedBetween } from './state/derived.ts';
import { type FreeList, FreeLists } from './state/free-list.ts';
import { type MemoryState, memoryIn } from './state/memory-state.ts';
import { type KnownState, Replay } from './state/replay.ts';
import type { TimelineOptions, TraceState } from './state/trace-state.ts';
import { TraceStateBuilder } from './state/trace-state-builder.ts';
import type { Trace } from './trace.ts';

/**
 * Time travel over a trace. The timeline is at a step: 0 is before the first step, and step n is the state after n, including the
 * events up to the next step (ends of messages, labels, checkpoints). Going to any step is fast, and moving back and forth
 * changes nothing.
 */
export class Timeline {
  readonly trace: Trace;
  /** Contradictions between the trace's header and the given image. */
  readonly findings: readonly TraceFinding[];
  readonly history: History;
  readonly #options: TimelineOptions;
  readonly #replay: Replay<TraceState>;
  readonly #freeLists: FreeLists;
  readonly #stateFaults: StateFaults;
  #position = 0;

  private constructor(trace: Trace, options: TimelineOptions) {
    this.trace = trace;
    this.#options = options;
    const builder = new TraceStateBuilder(trace, startOf(trace, options.image), options.image);
    const replay = new Replay(trace, builder, options.keptBytes);
    this.#replay = replay;
    this.history = new History(
      trace,
      {
        after: (step) => replay.at(step).allocation,
        approach: (step, budget) => replay.approach(step, budget),
        visit: (from, to, visit) => replay.visit(from, to, (event, step) => visit(event, step, builder)),
      },
      options.image,
    );
    this.findings = initialFindings(trace, options.image);
    this.#freeLists = new FreeLists(trace);
    this.#stateFaults = new StateFaults(this, options);
  }

  /** Opens a timeline. Never throws because of the content of the trace or the image. */
  static open(trace: Trace, options: TimelineOptions = {}): Timeline {
    return new Timeline(trace, options);
  }

  get steps(): number {
    return this.trace.steps;
  }

  get position(): number {
    return this.#position;
  }

  /** Goes to a step, limited to the ends of the trace. */
  seek(step: number): void {
    this.#position = this.#clamped(step);
  }

  /**
   * Works on the way to a step until the budget is spent, without going there. Returns true when the state of that step and the free
   * lists of its allocators can be had quickly. Call it again with another budget to go on.
   */
  approach(step: number, budget: Budget): boolean {
    const to = this.#clamped(step);
    if (!this.#replay.approach(to, budget)) return false;
    const allocators = declaredSpaces(this.stateAt(to).allocation).filter(isAllocator);
    return allocators.every((allocator) => this.#freeLists.approach(to, allocator, budget));
  }

  /** Returns the last step up to `step` whose state is known already. */
  nearestKnown(step: number): number {
    return this.#replay.nearest(step).step;
  }

  /** Returns the nearest state of the spaces up to a step that is known already. */
  nearestAllocation(step: number): KnownState<AllocationState> {
    const { step: known, state } = this.#replay.nearest(step);
    return { step: known, state: state.allocation };
  }

  /** Moves by a number of steps, backward if negative. Returns false if it is already at the end of the trace. */
  step(by: number): boolean {
    const before = this.#position;
    this.seek(before + by);
    return this.#position !== before;
  }

  /** Returns the state at a step, by default the current one. */
  stateAt(step = this.#position): TraceState {
    return this.#replay.at(step);
  }

  /** Returns the memories at a step. */
  memoryStateAt(step: number): MemoryState {
    return this.stateAt(step).memoryState;
  }

  /** Returns the event of a step, or undefined for step 0. */
  event(step = this.#position): TraceEvent | undefined {
    return step >= 1 && step <= this.steps ? this.trace.at(this.trace.eventOf(step)) : undefined;
  }

  /**
   * The physical memory at the current step. Undefined if the trace does not record it, such as a trace of an allocator.
   * Immutable.
   */
  get memory(): ReadableMemory | undefined {
    return this.stateAt().memoryState.image;
  }

  /** The spaces of the latest header in the order of their declaration, without the physical memory. */
  get spaces(): readonly SpaceState[] {
    return declaredSpaces(this.stateAt().allocation);
  }

  space(space: SpaceNumber): SpaceState | undefined {
    return spaceIn(this.stateAt().allocation, space);
  }

  /** Returns the bytes of a space at the current step, or undefined if the trace does not record them. */
  memoryOf(space: SpaceNumber): ReadableMemory | undefined {
    const { memoryState, allocation } = this.stateAt();
    if (space === 0) return memoryState.image;
    return memoryIn(memoryState, this.trace.spaceAt(Math.max(0, allocation.next - 1), space));
  }

  /** Returns the free list of an allocator. */
  freeList(space: SpaceNumber): FreeList | undefined {
    const state = this.space(space);
    return state && this.#freeLists.after(this.#position, state);
  }

  /** Returns the live block that contains an address. Of several that overlap, returns the one of the latest step. */
  allocationOf(space: SpaceNumber, address: number): LiveBlock | undefined {
    const blocks = [...(this.space(space)?.blocks.overlapping(address, 1) ?? [])];
    return blocks.sort((left, right) => right.step - left.step)[0];
  }

  /** Returns the changes by a step: between the states before and after it. */
  changes(step = this.#position): Changes {
    return this.changesBetween(Math.max(0, step - 1), step);
  }

  /** Returns the changes from one step to another, which may be earlier. */
  changesBetween(from: number, to: number): Changes {
    return changesBetween(this.trace, this.stateAt(from), this.stateAt(to));
  }

  /** Returns unrecorded changes that a step implies: allocated and freed buckets, blocks and chunks. */
  derived(step = this.#position): readonly Derived[] {
    return step >= 1 && step <= this.steps ? derivedBetween(this.trace, this.stateAt(step - 1), this.stateAt(step)) : [];
  }

  /** Returns the faults of a step. The quick ones leave out checkpoints, for each of which a whole memory is hashed. */
  faultsOf(step: number, which: 'all' | 'quick' = 'all'): readonly Fault[] {
    const codes = which === 'all' ? STATE_FAULTS : STATE_FAULTS.filter((code) => code !== 'trace.checkpoint');
    return [...this.history.faultsOf(step), ...codes.flatMap((code) => this.stateFaultsOf(step, code))];
  }

  /** Returns the faults of a step that only the memory or the state after it shows, by their code. */
  stateFaultsOf(step: number, code: StateFaultCode): readonly Fault[] {
    return this.#stateFaults.at(step, code);
  }

  /** Returns the faults of all steps without those of states. The first call scans the whole trace. */
  faults(budget?: Budget): FoundFaults {
    return this.history.faults(budget);
  }

  /** Returns the nearest step in a direction whose event passes the test, excluding `from`. Needs no states. */
  find(test: StepTest, from: number, direction: Direction, budget?: Budget): number | undefined {
    return findStep(this.trace, test, from, direction, budget);
  }

  /**
   * Returns the latest step up to `before` that wrote, allocated or freed a byte of the range and was not undone. Addresses of
   * the physical memory are mapped to the virtual memory that they now belong to.
   */
  lastTouch(space: SpaceNumber, address: Address, length = 1, before = this.#position): number | undefined {
    return this.findTouch({ space, address, length }, CHANGING, before + 1, 'backward', 'effective');
  }

  /**
   * Returns the nearest step in a direction, excluding `from`, whose event is of one of the kinds and touches a byte of the place.
   * Addresses of the physical memory are mapped to the virtual memory that they now belong to.
   */
  findTouch(
    { space, address, length }: Place,
    kinds: readonly EventKind[],
    from: number,
    direction: Direction,
    which: 'all' | 'effective' = 'all',
  ): number | undefined {
    const place = this.recorded({ space, address, length });
    return place && findTouch(this.trace, place, kinds, from, direction, which);
  }

  /** Compares the replayed memory with every checkpoint up to a step. */
  verify(to = this.steps, budget = new Budget()): Verification {
    return verify(this, to, this.#options, budget);
  }

  /** Returns a place as the trace records it at the current step. */
  recorded({ space, address, length }: Place): Place | undefined {
    if (space !== 0 || this.trace.physical) return { space, address, length };
    const { image, manager } = this.stateAt().memoryState;
    if (!image) return { space, address, length };
    const place = inspectManager(image, () => {}, manager?.buckets)?.bucketOf(offsetAt(0, address));
    const memory = place?.memory;
    const owner = memory && this.spaces.find((state) => state.kind === 'virtual-memory' && state.params['memory'] === memory.id);
    return owner && place ? { space: owner.space, address: place.address, length } : undefined;
  }

  #clamped(step: number): number {
    return Math.max(0, Math.min(this.steps, Math.trunc(step)));
  }
}

/** Returns the known state before the first step. */
function startOf(trace: Trace, image: ReadableMemory | undefined): StartingPoint {
  if (!image || image.pages === 0) return startWithoutImage(trace);
  const memories = inspectManager(image, () => {})?.memories ?? [];
  const regions = inspectRegionManager(image, () => {})?.regions ?? [];
  const pages = new Map([
    ...memories.map((memory): [string, number] => [`memory ${memory.id}`, memory.pages]),
    ...regions.map((region): [string, number] => [`region ${region.id}`, region.pages]),
  ]);
  return { known: false, pages: image.pages, pagesOf: (identity) => pages.get(identity) ?? 0 };
}
