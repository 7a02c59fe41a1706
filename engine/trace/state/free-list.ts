import type { Budget } from '../../core/budget.ts';
import { isPolicyName, type PolicyName, STORE_NAMES } from '../../motoko/memory-region/policies.ts';
import { PolicyReplay } from '../simulate/policy-replay.ts';
import type { Trace } from '../trace.ts';
import { type FreeBlock, gapFigures, gaps, type SpaceState } from './allocation-state.ts';
import type { Gaps } from './block-tree.ts';
import { endOf } from './replay.ts';

/** The free list of an allocator. */
export interface FreeList {
  readonly blocks: Iterable<FreeBlock>;
  /** The number of blocks, their bytes, and the size of the largest. */
  readonly figures: Gaps;
  /** Total bytes ever allocated, as the allocator counts them. */
  readonly size: number;
  /** The policy that produced the list. Undefined if the list is the merged gaps between the live blocks. */
  readonly policy: PolicyName | undefined;
}

/**
 * Policies that always merge neighbours: our own stores and the newest library. Their free blocks are the gaps, so they need no
 * replay.
 */
const MERGING: readonly string[] = STORE_NAMES;

/**
 * The free lists of a trace's allocators. If a space names a policy that does not merge neighbours, its requests are replayed under
 * that policy. Its list is used while it returns the recorded addresses.
 */
export class FreeLists {
  readonly #trace: Trace;
  readonly #merging: readonly string[];
  /** By the identity of the space and its policy. */
  readonly #replays = new Map<string, PolicyReplay>();

  /** `merging` are the policies whose free blocks are the gaps. */
  constructor(trace: Trace, merging = MERGING) {
    this.#trace = trace;
    this.#merging = merging;
  }

  /** Returns the free list of a space after `step`, where its state is `state`. */
  after(step: number, state: SpaceState): FreeList {
    const replay = this.#replayOfList(state);
    const allocator = replay?.before(endOf(this.#trace, step)).allocator;
    if (!replay || !allocator) return { blocks: gaps(state), figures: gapFigures(state), size: state.size, policy: undefined };
    const { free, size } = allocator;
    const blocks = { [Symbol.iterator]: () => free.blocks()[Symbol.iterator]() };
    const { count, bytes, largest } = free;
    return { blocks, figures: { count, bytes, largest }, size, policy: replay.policy };
  }

  /**
   * Works on the way to the free list of a space after `step` until the budget is spent. Returns true when `after` is fast. Call it again
   * with another budget to go on.
   */
  approach(step: number, state: SpaceState, budget: Budget): boolean {
    return this.#replayOfList(state)?.approach(endOf(this.#trace, step), budget) ?? true;
  }

  /**
   * Returns the replay of a space under the policy that it names. Returns undefined if that is not known, or what happened to the
   * space is not.
   */
  replayOf(state: SpaceState): PolicyReplay | undefined {
    const policy = state.params['policy'];
    if (typeof policy !== 'string' || !isPolicyName(policy) || !state.known) return undefined;
    const key = `${state.identity} under ${policy}`;
    const replay = this.#replays.get(key) ?? new PolicyReplay(this.#trace, state, policy);
    this.#replays.set(key, replay);
    return replay;
  }

  /** Returns the replay that a free list is taken from. Undefined if it is the gaps. */
  #replayOfList(state: SpaceState): PolicyReplay | undefined {
    return this.#merging.includes(String(state.params['policy'])) ? undefined : this.replayOf(state);
  }
}
