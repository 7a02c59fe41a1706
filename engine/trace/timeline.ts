import { Budget } from '../core/budget.ts';
import { type Address, offsetAt, type ReadableMemory } from '../core/memory/memory.ts';
import { inspectRegionManager } from '../motoko/regions/inspect.ts';
import { inspectManager } from '../rust/memory-manager/inspect.ts';
import type { Fault } from './analysis/faults.ts';
import { initialFindings, type Verification, verify } from './analysis/verify.ts';
import type { SpaceNumber, TraceEvent } from './events.ts';
import type { TraceFinding } from './format/trace-sink.ts';
import { endOf, type FoundFaults, History } from './history.ts';
import { type Direction, findStep, type StepTest, touches } from './search.ts';
import { declaredSpaces, type SpaceState, type StartingPoint, spaceIn, startWithoutImage } from './state/allocation-state.ts';
import type { LiveBlock } from './state/block-map.ts';
import { type Changes, changesBetween } from './state/changes.ts';
import { type Derived, derivedBetween } from './state/derived.ts';
import { type FreeList, FreeLists } from './state/free-list.ts';
import { type MemoryState, MemoryStateBuilder, memoryIn } from './state/memory-state.ts';
import { Replay } from './state/replay.ts';
import type { TimelineOptions, TraceState } from './state/trace-state.ts';
import type { Trace } from './trace.ts';

/**
 * Time travel over a trace. The timeline stands at a step: 0 is before the first, and step n is the state that n has left behind, with
 * the events up to the next step (ends of messages, labels, checkpoints). Going anywhere is quick, and going to and fro changes nothing.
 */
export class Timeline {
  readonly trace: Trace;
  /** What the trace says of its beginning and the given image contradicts. */
  readonly findings: readonly TraceFinding[];
  readonly history: History;
  readonly #options: TimelineOptions;
  readonly #replay: Replay<MemoryState>;
  readonly #freeLists: FreeLists;
  #position = 0;

  private constructor(trace: Trace, options: TimelineOptions) {
    this.trace = trace;
    this.#options = options;
    this.history = new History(trace, startOf(trace, options.image), options.image);
    this.findings = initialFindings(trace, options.image);
    this.#freeLists = new FreeLists(trace);
    const memoryState = new MemoryStateBuilder(trace, options.image);
    const apply = (from: number, to: number): MemoryState => {
      for (let index = from; index < to; index++) memoryState.apply(index, trace.at(index));
      return memoryState.state();
    };
    this.#replay = new Replay(apply(0, endOf(trace, 0)), (state, from, to) => {
      memoryState.restore(state);
      return apply(endOf(trace, from), endOf(trace, to));
    });
  }

  /** Never throws for what the trace or the image says. */
  static open(trace: Trace, options: TimelineOptions = {}): Timeline {
    return new Timeline(trace, options);
  }

  get steps(): number {
    return this.trace.steps;
  }

  get position(): number {
    return this.#position;
  }

  /** Goes to a step; beyond an end, to the end. */
  seek(step: number): void {
    this.#position = Math.max(0, Math.min(this.steps, Math.trunc(step)));
    this.#replay.at(this.#position);
  }

  /** Goes on by so many steps, or back by as many where negative. False at the end of the trace, where it stays. */
  step(by: number): boolean {
    const before = this.#position;
    this.seek(before + by);
    return this.#position !== before;
  }

  /** Everything at a step, by default where the timeline stands. */
  stateAt(step = this.#position): TraceState {
    return { step, allocation: this.history.after(step), memoryState: this.#replay.at(step) };
  }

  /** The event that step `step` is; undefined for 0. */
  event(step = this.#position): TraceEvent | undefined {
    return step >= 1 && step <= this.steps ? this.trace.at(this.trace.eventOf(step)) : undefined;
  }

  /** The physical memory now; undefined where the trace does not tell it, as one of an allocator alone. It stays what it is. */
  get memory(): ReadableMemory | undefined {
    return this.stateAt().memoryState.image;
  }

  /** The spaces of the latest header, in the order of their declaration, without the physical memory. */
  get spaces(): readonly SpaceState[] {
    return declaredSpaces(this.stateAt().allocation);
  }

  space(space: SpaceNumber): SpaceState | undefined {
    return spaceIn(this.stateAt().allocation, space);
  }

  /** The bytes of a space now; undefined where the trace does not tell them. */
  memoryOf(space: SpaceNumber): ReadableMemory | undefined {
    const { memoryState, allocation } = this.stateAt();
    if (space === 0) return memoryState.image;
    return memoryIn(memoryState, this.trace.spaceAt(Math.max(0, allocation.next - 1), space));
  }

  /** What an allocator has to hand out again, by address. */
  freeList(space: SpaceNumber): FreeList | undefined {
    const state = this.space(space);
    return state && this.#freeLists.after(this.#position, state);
  }

  /** The live block that an address lies in; of several that overlap, the one of the latest step. */
  allocationOf(space: SpaceNumber, address: number): LiveBlock | undefined {
    const blocks = [...(this.space(space)?.blocks.overlapping(address, 1) ?? [])];
    return blocks.sort((left, right) => right.step - left.step)[0];
  }

  /** What became different by a step: between the state before it and the state after it. */
  changes(step = this.#position): Changes {
    return this.changesBetween(Math.max(0, step - 1), step);
  }

  /** What became different from one step to another, which may be the earlier one. */
  changesBetween(from: number, to: number): Changes {
    return changesBetween(this.trace, this.stateAt(from), this.stateAt(to));
  }

  /** What a step implies beside what was recorded of it: buckets and chunks handed out. */
  derived(step = this.#position): readonly Derived[] {
    return step >= 1 && step <= this.steps ? derivedBetween(this.trace, this.stateAt(step - 1), this.stateAt(step)) : [];
  }

  /** What is wrong with a step. */
  faultsOf(step: number): readonly Fault[] {
    return this.history.faultsOf(step);
  }

  /** What is wrong with any step. The first call goes through the whole trace. */
  faults(budget?: Budget): FoundFaults {
    return this.history.faults(budget);
  }

  /** The nearest step in a direction whose event passes the test, `from` itself left out; undefined where there is none. No state is needed. */
  find(test: StepTest, from: number, direction: Direction, budget?: Budget): number | undefined {
    return findStep(this.trace, test, from, direction, budget);
  }

  /**
   * The latest step up to `before` that wrote, handed out or gave back a byte of the range, and whose effect has not been undone since.
   * Addresses of the physical memory are traced to the virtual memory that they belong to now.
   */
  lastTouch(space: SpaceNumber, address: Address, length = 1, before = this.#position): number | undefined {
    const place = this.#recordedPlace(space, address);
    return (
      place &&
      findStep(this.trace, touches(place.space, place.address, length), before + 1, 'backward', new Budget(), 'effective')
    );
  }

  /** Checks every checkpoint up to a step against the replayed memory. */
  verify(to = this.steps, budget = new Budget()): Verification {
    return verify(this, to, this.#options, budget);
  }

  /** In which space, and where in it, the trace speaks of an address. */
  #recordedPlace(space: SpaceNumber, address: Address): { readonly space: SpaceNumber; readonly address: Address } | undefined {
    const { image, manager } = this.stateAt().memoryState;
    if (space !== 0 || this.trace.physical || !image) return { space, address };
    const place = inspectManager(image, () => {}, manager?.buckets)?.bucketOf(offsetAt(0, address));
    const memory = place?.memory;
    const owner = memory && this.spaces.find((state) => state.kind === 'virtual-memory' && state.params['memory'] === memory.id);
    return owner && place ? { space: owner.space, address: place.address } : undefined;
  }
}

/** What is known of the time before the first step. */
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
