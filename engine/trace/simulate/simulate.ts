/** Simulates another allocation policy for a trace, with the same requests in the same order. */
import { formatAddress } from '../../core/format.ts';
import { type Address, at } from '../../core/memory/memory.ts';
import type { Allocator } from '../../motoko/memory-region/allocator.ts';
import type { Outcome } from '../../motoko/memory-region/fault.ts';
import {
  createAllocator,
  isPolicyName,
  isReleaseName,
  POLICY_NAMES,
  type PolicyName,
} from '../../motoko/memory-region/policies.ts';
import { BTree } from '../../motoko/memory-region/stores/b-tree.ts';
import type { Block } from '../../motoko/memory-region/stores/free-store.ts';
import { isStep, type SpaceNumber, type TraceEvent } from '../events.ts';
import { isExact } from '../state/allocation-state.ts';
import { CommittedEvents } from '../state/committed-events.ts';

/** A request that the policy could not execute as recorded, or that damaged its state. */
export interface SimulationFault {
  readonly step: number;
  readonly message: string;
}

export interface Overlap {
  readonly step: number;
  readonly address: Address;
  readonly size: number;
}

export interface SimulationResult {
  readonly policy: PolicyName;
  /** The space whose requests were simulated. Undefined if the trace requests no blocks. */
  readonly space: SpaceNumber | undefined;
  /** Number of steps of the whole trace. */
  readonly steps: number;
  /** The first step whose address differs from the recorded one. */
  readonly firstDifference: number | undefined;
  /** Total bytes from the start that were ever allocated. */
  readonly size: number;
  readonly free: readonly Block[];
  readonly largestFree: number;
  /** The most bytes that were live at once. */
  readonly peakLive: number;
  /** Blocks that were allocated although they were partly in use. */
  readonly overlaps: readonly Overlap[];
  readonly faults: readonly SimulationFault[];
}

export type SimulationOutcome =
  | { readonly ok: true; readonly result: SimulationResult }
  | { readonly ok: false; readonly message: string };

/** Simulates one space of a trace: `space`, or else the first one with a request. */
export function simulate(events: Iterable<TraceEvent>, policy: string, space?: SpaceNumber): SimulationOutcome {
  if (!isPolicyName(policy)) {
    return { ok: false, message: `There is no policy "${policy}". The policies are ${POLICY_NAMES.join(', ')}.` };
  }
  const simulation = new Simulation(policy, space);
  for (const event of events) simulation.next(event);
  return { ok: true, result: simulation.end() };
}

/** A live block, as recorded and in the simulated policy. */
interface LiveBlock {
  readonly recordedSize: number;
  readonly address: Address;
  readonly size: number;
}

/** A running simulation. The policy sees only committed requests. */
export class Simulation {
  readonly policy: PolicyName;
  readonly allocator: Allocator;
  #space: SpaceNumber | undefined;
  readonly #committed: CommittedEvents;
  #steps = 0;
  #firstDifference: number | undefined;
  /** Live blocks by recorded address, latest last. */
  readonly #blocks = new Map<number, LiveBlock[]>();
  /** The same blocks in the policy: address to size. They do not overlap; those that do are in `#overlapping`. */
  readonly #live = new BTree();
  readonly #overlapping: Block[] = [];
  readonly #overlaps: Overlap[] = [];
  readonly #faults: SimulationFault[] = [];

  readonly #onApplied: ((step: number) => void) | undefined;
  #liveBytes = 0;
  #peakLive = 0;

  /** `onApplied` is called after each request that the policy has executed, with its step. */
  constructor(policy: PolicyName, space?: SpaceNumber, onApplied?: (step: number) => void) {
    this.policy = policy;
    this.allocator = createAllocator(policy);
    this.#space = space;
    this.#onApplied = onApplied;
    this.#committed = new CommittedEvents((event) => this.#isRequest(event));
  }

  /**
   * Processes the next event of the trace, of any kind. Events that are neither requests nor ends of messages may be left out if
   * the others come with their `step`: for one that is not a step, the step before it.
   */
  next(event: TraceEvent, step = isStep(event) ? this.#steps + 1 : this.#steps): void {
    this.#steps = step;
    for (const committed of this.#committed.next(event, step)) this.#apply(committed.step, committed.event);
  }

  /** Ends the simulation and returns its result. */
  end(): SimulationResult {
    for (const { step, event } of this.#committed.end()) this.#apply(step, event);
    const free = this.allocator.free;
    return {
      policy: this.policy,
      space: this.#space,
      steps: this.#steps,
      firstDifference: this.#firstDifference,
      size: this.allocator.size,
      free: [...free.blocks()],
      largestFree: free.largest,
      peakLive: this.#peakLive,
      overlaps: this.#overlaps,
      faults: this.#faults,
    };
  }

  /**
   * Returns the violated invariants as sentences: those of the allocator, and that free and live blocks exactly cover the
   * allocated range.
   */
  violations(): string[] {
    const violations = this.allocator.check();
    let end = 0;
    const free = this.allocator.free.blocks()[Symbol.iterator]();
    let block = free.next();
    const expect = (address: number, size: number, what: string) => {
      if (address !== end)
        violations.push(`The ${what} block at ${address} does not start at ${end}, where the previous one ends.`);
      end = address + size;
    };
    for (const live of this.#live.pairs()) {
      for (; !block.done && block.value.address < live.key; block = free.next()) {
        expect(block.value.address, block.value.size, 'free');
      }
      expect(live.key, live.value, 'live');
    }
    for (; !block.done; block = free.next()) expect(block.value.address, block.value.size, 'free');
    if (end !== this.allocator.size)
      violations.push(`The blocks end at ${end}, but ${this.allocator.size} bytes were allocated.`);
    return violations;
  }

  #isRequest(event: TraceEvent): boolean {
    switch (event.kind) {
      case 'allocate':
      case 'deallocate':
      case 'reallocate':
        this.#space ??= event.space;
        return event.space === this.#space;
      case 'free':
        return event.space === this.#space;
      default:
        return false;
    }
  }

  #apply(step: number, event: TraceEvent): void {
    this.#execute(step, event);
    this.#peakLive = Math.max(this.#peakLive, this.#liveBytes);
    this.#onApplied?.(step);
  }

  #execute(step: number, event: TraceEvent): void {
    if (!this.#isPossible(event)) {
      this.#firstDifference ??= step;
      this.#faults.push({ step, message: 'The request reaches past 2^53 bytes, beyond any memory. It is skipped.' });
      return;
    }
    switch (event.kind) {
      case 'allocate': {
        const size = event.requested ?? event.size;
        const given = this.#withFault(step, this.allocator.allocate(size));
        if (given.ok) this.#place(step, event.address, event.size, given.value, size);
        else this.#firstDifference ??= step;
        break;
      }
      case 'deallocate':
        this.#deallocate(step, event.address, event.size);
        break;
      case 'reallocate':
        this.#reallocate(step, event);
        break;
      case 'free':
        this.#clear(step, event.keep ?? 0);
    }
  }

  /** Returns true if all sizes and addresses of the request are exact numbers. */
  #isPossible(event: TraceEvent): boolean {
    switch (event.kind) {
      case 'allocate':
        return isExact(event.address, event.size) && isExact(this.allocator.size, event.requested ?? event.size);
      case 'deallocate':
        return isExact(event.address, event.size);
      case 'reallocate':
        return (
          isExact(event.oldAddress, event.oldSize) &&
          isExact(event.address, event.size) &&
          isExact(this.allocator.size, event.size)
        );
      default:
        return true;
    }
  }

  #deallocate(step: number, address: Address, size: number): void {
    const block = this.#removeBlock(address, size);
    if (!block) {
      this.#unmatched(step, address, size, () => this.allocator.deallocate(address, size));
      return;
    }
    // If the library freed only the front of the block, free only that.
    const part = size < block.recordedSize ? Math.min(size, block.size) : block.size;
    const surplus = this.#isAsRecorded ? Math.max(0, size - block.recordedSize) : 0;
    const freed = this.#withFault(step, this.allocator.deallocate(block.address, part + surplus));
    const rest = block.size - part;
    if (!freed.ok) this.#addBlock(address, block);
    else if (rest > 0)
      this.#addBlock(at(address, size), {
        recordedSize: block.recordedSize - size,
        address: at(block.address, part),
        size: rest,
      });
  }

  #reallocate(step: number, { oldAddress, oldSize, address, size }: TraceEvent & { kind: 'reallocate' }): void {
    const block = this.#removeBlock(oldAddress, oldSize);
    const move = () => this.allocator.reallocate(block?.address ?? oldAddress, block?.size ?? oldSize, size);
    const moved = block || oldSize === 0 ? this.#withFault(step, move()) : this.#unmatched(step, oldAddress, oldSize, move);
    if (moved?.ok) this.#place(step, address, size, moved.value, size);
    else if (moved) this.#firstDifference ??= step;
    if (moved?.ok === false && block) this.#addBlock(oldAddress, block);
  }

  /**
   * True while all addresses are as recorded and the policy is an old release. Then its answers, right or wrong, are those of the
   * recording.
   */
  get #isAsRecorded(): boolean {
    return isReleaseName(this.policy) && this.#firstDifference === undefined;
  }

  /** Handles a request for a range that was not allocated. */
  #unmatched<T>(step: number, address: Address, size: number, request: () => Outcome<T>): Outcome<T> | undefined {
    const known = this.#faults.length;
    const outcome = this.#isAsRecorded ? this.#withFault(step, request()) : undefined;
    if (size > 0 && this.#faults.length === known)
      this.#faults.push({ step, message: `No live block was recorded at ${formatAddress(address)}.` });
    return outcome;
  }

  /** Records the fault of a request, whether or not the allocator noticed it. */
  #withFault<T>(step: number, outcome: Outcome<T>): Outcome<T> {
    const fault = outcome.ok ? outcome.unnoticed : outcome.fault;
    if (fault) this.#faults.push({ step, message: fault.message });
    return outcome;
  }

  #clear(step: number, keep: number): void {
    const cleared = this.allocator.clear(keep);
    if (!cleared.ok) {
      this.#faults.push({ step, message: cleared.fault.message });
      return;
    }
    this.#blocks.clear();
    this.#liveBytes = 0;
    this.#live.clear();
    this.#overlapping.length = 0;
    // The kept bytes are one block now.
    if (keep > 0) this.#addBlock(at(0, 0), { recordedSize: keep, address: at(0, 0), size: keep });
  }

  #place(step: number, recorded: Address, recordedSize: number, address: Address, size: number): void {
    if (address !== recorded) this.#firstDifference ??= step;
    const overlaps = this.#addBlock(recorded, { recordedSize, address, size });
    if (overlaps) this.#overlaps.push({ step, address, size });
  }

  /** Adds a live block. Returns true if it is partly in use already. */
  #addBlock(recorded: Address, block: LiveBlock): boolean {
    const { address, size } = block;
    const overlaps = this.#isInUse(address, size);
    if (overlaps) this.#overlapping.push({ address, size });
    else if (size > 0) this.#live.insert(address, size);
    this.#remember(recorded, block);
    return overlaps;
  }

  #remember(recorded: Address, block: LiveBlock): void {
    this.#liveBytes += block.size;
    const blocks = this.#blocks.get(recorded);
    if (blocks) blocks.push(block);
    else this.#blocks.set(recorded, [block]);
  }

  /**
   * Removes the latest live block of a recorded address, with this size if there is one, because an empty block may share its
   * address.
   */
  #removeBlock(recorded: Address, size: number): LiveBlock | undefined {
    const blocks = this.#blocks.get(recorded) ?? [];
    const index = blocks.findLastIndex((block) => block.recordedSize === size);
    const [block] = blocks.splice(index === -1 ? blocks.length - 1 : index, 1);
    if (!block) return undefined;
    this.#liveBytes -= block.size;
    if (blocks.length === 0) this.#blocks.delete(recorded);
    if (!this.#live.delete(block.address, block.size)) {
      const overlapping = this.#overlapping.findIndex((other) => other.address === block.address && other.size === block.size);
      if (overlapping !== -1) this.#overlapping.splice(overlapping, 1);
    }
    return block;
  }

  #isInUse(address: number, size: number): boolean {
    if (size === 0) return false;
    const below = this.#live.floor(address);
    if (below && below.key + below.value > address) return true;
    const above = this.#live.above(address);
    if (above && above.key < address + size) return true;
    return this.#overlapping.some((block) => block.address < address + size && address < block.address + block.size);
  }
}
