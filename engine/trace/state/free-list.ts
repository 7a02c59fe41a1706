import { isPolicyName, type PolicyName, STORE_NAMES } from '../../motoko/memory-region/policies.ts';
import { endOf } from '../history.ts';
import { Simulation } from '../simulate/simulate.ts';
import type { Trace } from '../trace.ts';
import { type FreeBlock, gaps, type SpaceState } from './allocation-state.ts';

/** What an allocator has to hand out again. */
export interface FreeList {
  readonly blocks: Iterable<FreeBlock>;
  /** Bytes ever handed out, as the allocator counts them. */
  readonly size: number;
  /** The policy that keeps the list so; undefined where it is the gaps between the live blocks, merged. */
  readonly policy: PolicyName | undefined;
}

/** Our own stores and the newest library always merge neighbours: their free blocks are the gaps, so that nothing needs to be simulated. */
const MERGING: readonly string[] = STORE_NAMES;

/**
 * The free lists of a trace's allocators. Where a space names a policy that leaves neighbours unmerged, the requests are answered by
 * that policy anew; its list counts as long as it gives the recorded addresses.
 */
export class FreeLists {
  readonly #trace: Trace;
  /** The simulation that was asked last, and how many events it has seen: the next question is most often about a later step. */
  #latest: { readonly simulation: Simulation; readonly space: number; seen: number } | undefined;

  readonly #merging: readonly string[];

  /** `merging`: the policies whose free blocks are the gaps. */
  constructor(trace: Trace, merging = MERGING) {
    this.#trace = trace;
    this.#merging = merging;
  }

  /** The free list of a space after `step`, when its state is `state`. */
  after(step: number, state: SpaceState): FreeList {
    const policy = state.params['policy'];
    const simulated = typeof policy === 'string' && isPolicyName(policy) && !this.#merging.includes(policy);
    const answer = simulated && state.known ? this.#simulate(step, state.space, policy) : undefined;
    return answer ?? { blocks: gaps(state), size: state.size, policy: undefined };
  }

  #simulate(step: number, space: number, policy: PolicyName): FreeList | undefined {
    const trace = this.#trace;
    const end = endOf(trace, step);
    const usable = this.#latest && this.#latest.space === space && this.#latest.seen <= end;
    const latest = usable && this.#latest ? this.#latest : { simulation: new Simulation(policy, space), space, seen: 0 };
    for (; latest.seen < end; latest.seen++) latest.simulation.next(trace.at(latest.seen));
    // Asked inside of a message, the simulation counts it as done, and cannot go on from there.
    const inside = end > 0 && trace.messages.of(end - 1) !== undefined && !trace.isKind(end - 1, 'end');
    this.#latest = inside ? undefined : latest;
    const { size, free, firstDifference } = latest.simulation.end();
    return firstDifference === undefined ? { blocks: free, size, policy } : undefined;
  }
}
