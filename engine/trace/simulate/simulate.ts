/** What another allocation policy would have made of a trace: the same requests in the same order, each answered anew. */
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

/** A request that the policy could not answer as it was recorded, or answered to its own damage. */
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
  /** The space whose requests were simulated; undefined where the trace asks for no block at all. */
  readonly space: SpaceNumber | undefined;
  /** Steps of the whole trace. */
  readonly steps: number;
  /** The first step whose address differs from the recorded one. */
  readonly firstDifference: number | undefined;
  /** Bytes ever handed out. */
  readonly size: number;
  readonly free: readonly Block[];
  readonly largestFree: number;
  /** Blocks that were handed out although a part of them was in use. */
  readonly overlaps: readonly Overlap[];
  readonly faults: readonly SimulationFault[];
}

export type SimulationOutcome =
  | { readonly ok: true; readonly result: SimulationResult }
  | { readonly ok: false; readonly message: string };

/** Simulates one space of a trace: the one that is named, or else the first that a block is asked of. */
export function simulate(events: Iterable<TraceEvent>, policy: string, space?: SpaceNumber): SimulationOutcome {
  if (!isPolicyName(policy)) {
    return { ok: false, message: `There is no policy "${policy}". The policies are ${POLICY_NAMES.join(', ')}.` };
  }
  const simulation = new Simulation(policy, space);
  for (const event of events) simulation.next(event);
  return { ok: true, result: simulation.end() };
}

/** A live block, where the recorded library had it and where the policy has it. */
interface LiveBlock {
  readonly recordedSize: number;
  readonly address: Address;
  readonly size: number;
}

/** A simulation under way. The policy sees only requests that lasted. */
export class Simulation {
  readonly policy: PolicyName;
  readonly allocator: Allocator;
  #space: SpaceNumber | undefined;
  readonly #committed: CommittedEvents;
  #steps = 0;
  #firstDifference: number | undefined;
  /** By recorded address, the latest last. */
  readonly #blocks = new Map<number, LiveBlock[]>();
  /** The same blocks where the policy has them: address to size. They overlap nowhere; those that do stand in `#overlapping`. */
  readonly #live = new BTree();
  readonly #overlapping: Block[] = [];
  readonly #overlaps: Overlap[] = [];
  readonly #faults: SimulationFault[] = [];

  constructor(policy: PolicyName, space?: SpaceNumber) {
    this.policy = policy;
    this.allocator = createAllocator(policy);
    this.#space = space;
    this.#committed = new CommittedEvents((event) => this.#isRequest(event));
  }

  /** Takes the next event of the trace, of whatever kind. */
  next(event: TraceEvent): void {
    if (isStep(event)) this.#steps++;
    for (const { step, event: request } of this.#committed.next(event, this.#steps)) this.#answer(step, request);
  }

  /** What became of the requests. */
  end(): SimulationResult {
    for (const { step, event } of this.#committed.end()) this.#answer(step, event);
    const free = this.allocator.free;
    return {
      policy: this.policy,
      space: this.#space,
      steps: this.#steps,
      firstDifference: this.#firstDifference,
      size: this.allocator.size,
      free: [...free.blocks()],
      largestFree: free.largest,
      overlaps: this.#overlaps,
      faults: this.#faults,
    };
  }

  /** The laws that do not hold now, as sentences: those of the allocator, and that free and live blocks tile what was handed out. */
  violations(): string[] {
    const violations = this.allocator.check();
    let end = 0;
    const free = this.allocator.free.blocks()[Symbol.iterator]();
    let block = free.next();
    const expect = (address: number, size: number, what: string) => {
      if (address !== end)
        violations.push(`The ${what} block at ${address} does not begin at ${end}, where the one before it ends.`);
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
      violations.push(`The blocks end at ${end}, and ${this.allocator.size} bytes were handed out.`);
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

  #answer(step: number, event: TraceEvent): void {
    if (!this.#isPossible(event)) {
      this.#firstDifference ??= step;
      this.#faults.push({ step, message: 'The request reaches behind 2^53 bytes, where no memory does. It is not answered.' });
      return;
    }
    switch (event.kind) {
      case 'allocate': {
        const size = event.requested ?? event.size;
        const given = this.#settled(step, this.allocator.allocate(size));
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

  /** Whether all sizes and addresses that the request leads to are exact numbers. */
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
    const block = this.#withdraw(address, size);
    if (!block) {
      this.#unmatched(step, address, size, () => this.allocator.deallocate(address, size));
      return;
    }
    // Only the front of the block is given back where the library was asked for no more.
    const part = size < block.recordedSize ? Math.min(size, block.size) : block.size;
    const surplus = this.#isLiteral ? Math.max(0, size - block.recordedSize) : 0;
    const freed = this.#settled(step, this.allocator.deallocate(block.address, part + surplus));
    const rest = block.size - part;
    if (!freed.ok) this.#book(address, block);
    else if (rest > 0)
      this.#book(at(address, size), { recordedSize: block.recordedSize - size, address: at(block.address, part), size: rest });
  }

  #reallocate(step: number, { oldAddress, oldSize, address, size }: TraceEvent & { kind: 'reallocate' }): void {
    const block = this.#withdraw(oldAddress, oldSize);
    const move = () => this.allocator.reallocate(block?.address ?? oldAddress, block?.size ?? oldSize, size);
    const moved = block || oldSize === 0 ? this.#settled(step, move()) : this.#unmatched(step, oldAddress, oldSize, move);
    if (moved?.ok) this.#place(step, address, size, moved.value, size);
    else if (moved) this.#firstDifference ??= step;
    if (moved?.ok === false && block) this.#book(oldAddress, block);
  }

  /** Whether addresses are those of the recorded run, and an old release answers them, right or wrong, as it did there. */
  get #isLiteral(): boolean {
    return isReleaseName(this.policy) && this.#firstDifference === undefined;
  }

  /** A request about a range that was not handed out. */
  #unmatched<T>(step: number, address: Address, size: number, request: () => Outcome<T>): Outcome<T> | undefined {
    const known = this.#faults.length;
    const outcome = this.#isLiteral ? this.#settled(step, request()) : undefined;
    if (size > 0 && this.#faults.length === known)
      this.#faults.push({ step, message: `No live block was recorded at ${formatAddress(address)}.` });
    return outcome;
  }

  /** Names what was wrong with a request, whether or not the allocator noticed. */
  #settled<T>(step: number, outcome: Outcome<T>): Outcome<T> {
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
    this.#live.clear();
    this.#overlapping.length = 0;
    // Whatever the kept bytes were, they are one block now.
    if (keep > 0) this.#book(at(0, 0), { recordedSize: keep, address: at(0, 0), size: keep });
  }

  #place(step: number, recorded: Address, recordedSize: number, address: Address, size: number): void {
    if (address !== recorded) this.#firstDifference ??= step;
    const overlaps = this.#book(recorded, { recordedSize, address, size });
    if (overlaps) this.#overlaps.push({ step, address, size });
  }

  /** Takes a live block into the books; true where a part of it is in use already. */
  #book(recorded: Address, block: LiveBlock): boolean {
    const { address, size } = block;
    const overlaps = this.#isInUse(address, size);
    if (overlaps) this.#overlapping.push({ address, size });
    else if (size > 0) this.#live.insert(address, size);
    this.#remember(recorded, block);
    return overlaps;
  }

  #remember(recorded: Address, block: LiveBlock): void {
    const there = this.#blocks.get(recorded);
    if (there) there.push(block);
    else this.#blocks.set(recorded, [block]);
  }

  /** Takes the latest live block of a recorded address out of the books: of this size, if one is; an empty block may share its address. */
  #withdraw(recorded: Address, size: number): LiveBlock | undefined {
    const there = this.#blocks.get(recorded) ?? [];
    const index = there.findLastIndex((block) => block.recordedSize === size);
    const [block] = there.splice(index === -1 ? there.length - 1 : index, 1);
    if (!block) return undefined;
    if (there.length === 0) this.#blocks.delete(recorded);
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
