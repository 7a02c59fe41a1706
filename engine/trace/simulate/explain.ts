/** Finds out what an allocator looked at when it answered a recorded request. */
import { Budget } from '../../core/budget.ts';
import type { Sliced } from '../../core/slices.ts';
import type { Allocator } from '../../motoko/memory-region/allocator.ts';
import type { Fault } from '../../motoko/memory-region/fault.ts';
import type { Look } from '../../motoko/memory-region/look.ts';
import { createAllocator, isPolicyName, type PolicyName } from '../../motoko/memory-region/policies.ts';
import type { SpaceNumber } from '../events.ts';
import type { History } from '../history.ts';
import { gapFigures, gaps, type SpaceState, spaceIn } from '../state/allocation-state.ts';
import type { FreeLists } from '../state/free-list.ts';
import { type AllocatorRequest, answer, isAsRecorded, PolicyReplay } from './policy-replay.ts';

/** A request that gives a block to the program, or takes one. */
export type BlockRequest = Exclude<AllocatorRequest, { kind: 'free' }>;

/** Why the policy of the recording cannot be asked. */
export type Doubt =
  | { readonly kind: 'unnamed' }
  | { readonly kind: 'unknown-policy'; readonly policy: string }
  | { readonly kind: 'unknown-past' }
  /** The policy gave another address at a step, this one or an earlier one. */
  | { readonly kind: 'different'; readonly policy: PolicyName; readonly step: number };

export interface Explanation {
  readonly step: number;
  readonly request: BlockRequest;
  /** The space before the request. */
  readonly before: SpaceState;
  /** The policy that the looks are of. Undefined if no policy gives the recorded address. */
  readonly policy: PolicyName | undefined;
  /** Undefined if it is the recorded policy. */
  readonly doubt: Doubt | undefined;
  /** In their order. Empty if no policy gives the recorded address. */
  readonly looks: readonly Look[];
  /** The fault of the request, or of the answer. */
  readonly fault: Fault | undefined;
  /** Number of free blocks before the request. */
  readonly freeBlocks: number;
  /** The first step before this one that damaged the allocator's state. */
  readonly firstDamage: number | undefined;
}

/** Policies that are tried if the recorded one cannot be asked. Their choice depends on little more than the free blocks. */
const TRIED = ['two-btrees', 'first-fit', 'max-value'] as const satisfies readonly PolicyName[];

/** Events that are replayed between two pauses. */
const SLICE = 8192;

/**
 * Explains the request of a step to a space's allocator, under the policy that the trace names, or under `policy`. Returns
 * undefined if the step makes no request for a block to it.
 */
export function* explain(
  history: History,
  freeLists: FreeLists,
  space: SpaceNumber,
  step: number,
  policy?: PolicyName,
): Sliced<Explanation | undefined> {
  const { trace } = history;
  if (step < 1 || step > trace.steps) return undefined;
  const event = trace.eventOf(step);
  const request = trace.at(event);
  if (request.kind !== 'allocate' && request.kind !== 'deallocate' && request.kind !== 'reallocate') return undefined;
  if (request.space !== space) return undefined;
  while (!history.approach(step - 1, new Budget({ steps: SLICE }))) yield 0;
  const before = spaceIn(history.after(step - 1), space);
  if (!before) return undefined;
  const replay = policy && before.known ? new PolicyReplay(trace, before, policy) : freeLists.replayOf(before);
  let doubt: Doubt | undefined = replay ? undefined : doubtAbout(before, policy);
  if (replay) {
    while (!replay.approach(event, new Budget({ steps: SLICE }))) yield 0;
    const { allocator, firstDifference, firstDamage } = replay.before(event);
    const looked = allocator && looksOf(allocator.copy(), request);
    if (allocator && looked?.isAsRecorded) {
      const { looks, fault } = looked;
      return { step, request, before, policy: replay.policy, doubt, looks, fault, freeBlocks: allocator.free.count, firstDamage };
    }
    doubt = { kind: 'different', policy: replay.policy, step: firstDifference ?? step };
  }
  for (const tried of TRIED) {
    const outcome = answer(yield* allocatorOver(before, tried), request);
    if (!isAsRecorded(request, outcome)) continue;
    // A policy can look at all free blocks, so its looks are only collected where they are shown.
    const allocator = yield* allocatorOver(before, tried);
    const freeBlocks = allocator.free.count;
    const { looks, fault } = looksOf(allocator, request);
    return { step, request, before, policy: tried, doubt, looks, fault, freeBlocks, firstDamage: undefined };
  }
  const freeBlocks = gapFigures(before).count;
  return { step, request, before, policy: undefined, doubt, looks: [], fault: undefined, freeBlocks, firstDamage: undefined };
}

function doubtAbout({ params, known }: SpaceState, asked: PolicyName | undefined): Doubt {
  const policy = asked ?? params['policy'];
  if (policy === undefined) return { kind: 'unnamed' };
  if (!isPolicyName(String(policy))) return { kind: 'unknown-policy', policy: String(policy) };
  return known ? { kind: 'unnamed' } : { kind: 'unknown-past' };
}

function looksOf(allocator: Allocator, request: BlockRequest) {
  const looks: Look[] = [];
  const outcome = answer(allocator, request, (look) => looks.push(look));
  const fault = outcome?.ok ? outcome.unnoticed : outcome?.fault;
  return { looks, fault, isAsRecorded: isAsRecorded(request, outcome) };
}

/** Returns an allocator whose free blocks are the gaps between the live ones. */
function* allocatorOver(state: SpaceState, policy: PolicyName): Sliced<Allocator> {
  const allocator = createAllocator(policy);
  if (state.size > 0) allocator.allocate(state.size);
  let freed = 0;
  for (const { address, size } of gaps(state)) {
    if (freed % SLICE === 0) yield 1;
    allocator.deallocate(address, size);
    freed += 1;
  }
  return allocator;
}
