import { isPolicyName, type PolicyName, STORE_NAMES } from '../../motoko/memory-region/policies.ts';
import { Simulation } from '../simulate/simulate.ts';
import type { Trace } from '../trace.ts';
import { type FreeBlock, gaps, type SpaceState } from './allocation-state.ts';
import { endOf } from './replay.ts';

/** The free list of an allocator. */
export interface FreeList {
  readonly blocks: Iterable<FreeBlock>;
  /** Total bytes ever allocated, as the allocator counts them. */
  readonly size: number;
  /** The policy that produced the list. Undefined if the list is the merged gaps between the live blocks. */
  readonly policy: PolicyName | undefined;
}

/**
 * Policies that always merge neighbours: our own stores and the newest library. Their free blocks are the gaps, so they need no
 * simulation.
 */
const MERGING: readonly string[] = STORE_NAMES;

/**
 * The free lists of a trace's allocators. If a space names a policy that does not merge neighbours, the policy is simulated. Its
 * list is used while it returns the recorded addresses.
 */
export class FreeLists {
  readonly #trace: Trace;
  /** The last simulation and the number of events that it has processed. The next call is usually about a later step. */
  #latest: { readonly simulation: Simulation; readonly space: number; seen: number } | undefined;

  readonly #merging: readonly string[];

  /** `merging` are the policies whose free blocks are the gaps. */
  constructor(trace: Trace, merging = MERGING) {
    this.#trace = trace;
    this.#merging = merging;
  }

  /** Returns the free list of a space after `step`, where its state is `state`. */
  after(step: number, state: SpaceState): FreeList {
    const policy = state.params['policy'];
    const simulated = typeof policy === 'string' && isPolicyName(policy) && !this.#merging.includes(policy);
    const list = simulated && state.known ? this.#simulate(step, state.space, policy) : undefined;
    return list ?? { blocks: gaps(state), size: state.size, policy: undefined };
  }

  #simulate(step: number, space: number, policy: PolicyName): FreeList | undefined {
    const trace = this.#trace;
    const end = endOf(trace, step);
    const usable = this.#latest && this.#latest.space === space && this.#latest.seen <= end;
    const latest = usable && this.#latest ? this.#latest : { simulation: new Simulation(policy, space), space, seen: 0 };
    for (; latest.seen < end; latest.seen++) latest.simulation.next(trace.at(latest.seen));
    // Within a message, the simulation treats it as committed and cannot continue from there.
    const inside = end > 0 && trace.messages.of(end - 1) !== undefined && !trace.isKind(end - 1, 'end');
    this.#latest = inside ? undefined : latest;
    const { size, free, firstDifference } = latest.simulation.end();
    return firstDifference === undefined ? { blocks: free, size, policy } : undefined;
  }
}
