import { Budget } from '../../core/budget.ts';
import type { Address } from '../../core/memory/memory.ts';
import type { Allocator } from '../../motoko/memory-region/allocator.ts';
import type { Outcome } from '../../motoko/memory-region/fault.ts';
import type { OnLook } from '../../motoko/memory-region/look.ts';
import { bytesPerFreeBlock, createAllocator, type PolicyName } from '../../motoko/memory-region/policies.ts';
import type { TraceEvent } from '../events.ts';
import { isExact, type SpaceState } from '../state/allocation-state.ts';
import { identityOf } from '../state/space-identity.ts';
import type { Trace } from '../trace.ts';
import type { SpaceEvent } from '../trace-index.ts';
import { KeptStates } from './kept-states.ts';

/** The allocator of a space at an event, under a policy. It must not change: copy it before a request. */
export interface PolicyState {
  /** Undefined once the policy gave another address than the recorded one: from then on its state says nothing. */
  readonly allocator: Allocator | undefined;
  /** The first step whose recorded address the policy does not give. */
  readonly firstDifference: number | undefined;
  /** The first step that damaged the allocator's state, by a defect of the release or by a faulty request. */
  readonly firstDamage: number | undefined;
}

/** A request to an allocator. */
export type AllocatorRequest = Extract<TraceEvent, { kind: 'allocate' | 'deallocate' | 'reallocate' | 'free' }>;

/** The space whose requests are replayed. */
export type ReplayedSpace = Pick<SpaceState, 'space' | 'kind' | 'params' | 'identity'>;

/** Maximum estimated bytes of all kept states. */
const MAX_BYTES = 48 * 2 ** 20;
/** Estimated bytes of a kept state without its free blocks. */
const STATE_BYTES = 2048;

/** Events between two looks at the budget. */
const SLICE = 2_048;
/** Events that are replayed in a few milliseconds. */
const FAST = 4_096;

/**
 * An allocator under the policy that its trace names, at any event. Its state is kept at intervals, and replayed from the nearest
 * one. What a message requested counts from its beginning on, and no longer once it is undone.
 */
export class PolicyReplay {
  readonly policy: PolicyName;
  readonly #first: PolicyState;
  readonly #trace: Trace;
  readonly #space: ReplayedSpace;
  readonly #kept: KeptStates<PolicyState>;
  /** Declarations, and whether they are of the space. */
  readonly #isOwn = new Map<SpaceEvent, boolean>();

  /** `maxBytes`: maximum estimated bytes of all kept states. */
  constructor(trace: Trace, space: ReplayedSpace, policy: PolicyName, maxBytes = MAX_BYTES) {
    this.policy = policy;
    this.#first = { allocator: createAllocator(policy), firstDifference: undefined, firstDamage: undefined };
    this.#trace = trace;
    this.#space = space;
    const perBlock = bytesPerFreeBlock(policy);
    this.#kept = new KeptStates(maxBytes, ({ allocator }) => STATE_BYTES + perBlock * (allocator?.free.count ?? 0));
  }

  /** Returns the state before an event: after all events with a lower number. */
  before(event: number): PolicyState {
    return this.#advance(event, event, new Budget()).state;
  }

  /** Replays towards an event until the budget is spent. Returns true when `before` is fast. Call it again with another budget to go on. */
  approach(event: number, budget: Budget): boolean {
    const { place, state } = this.#advance(event, event - FAST, budget);
    return place >= event - FAST || !state.allocator;
  }

  /**
   * Replays from the nearest state before `event` up to the event `until`, or until the budget is spent. What was replayed is kept.
   * Returns the last state and its place. Without an allocator, the state is that of all later events, too.
   */
  #advance(event: number, until: number, budget: Budget): { readonly place: number; readonly state: PolicyState } {
    const { messages } = this.#trace;
    let { place, state } = this.#kept.nearest(event, (kept) => !messages.isUndone(kept, event)) ?? {
      place: 0,
      state: this.#first,
    };
    for (let isOver = false; place < until && state.allocator && !isOver; ) {
      const stop = Math.min(until, this.#kept.nextPlace(place, event));
      const running = { ...state, allocator: state.allocator.copy() };
      while (place < stop && !isOver) {
        const end = Math.min(stop, place + SLICE);
        this.#apply(running, place, end, event);
        // A state within a message that is undone is of no use for the event.
        isOver = !budget.spend(0, end - place) && !messages.isUndone(end, event);
        place = end;
      }
      state = running;
      if (!messages.isUndone(place, event)) this.#kept.keep(place, event, state);
    }
    return { place, state };
  }

  /** Applies events, as seen from `target`, before which their messages may be undone. */
  #apply(running: Running, from: number, to: number, target: number): void {
    const { messages } = this.#trace;
    this.#trace.visit(from, to, (request, index) => {
      if (!running.allocator || !isRequest(request) || !this.#isOfSpace(index, request.space)) return;
      if (messages.isUndone(index, target)) return;
      const step = this.#trace.stepOf(index);
      const outcome = answer(running.allocator, request);
      if (outcome?.ok && outcome.unnoticed) running.firstDamage ??= step;
      if (isAsRecorded(request, outcome)) return;
      running.firstDifference = step;
      running.allocator = undefined;
    });
  }

  #isOfSpace(index: number, space: number): boolean {
    const declared = this.#trace.spaceAt(index, space);
    if (!declared) return false;
    const known = this.#isOwn.get(declared);
    if (known !== undefined) return known;
    const identity = identityOf(declared.spaceKind, declared.params);
    const own = identityOf(this.#space.kind, this.#space.params);
    // A space without an identity of its own is told by its kind and number.
    const isSame = own !== undefined || (declared.spaceKind === this.#space.kind && space === this.#space.space);
    const isOwn = identity === own && isSame;
    this.#isOwn.set(declared, isOwn);
    return isOwn;
  }
}

/** A state while it is replayed. */
type Running = { -readonly [Key in keyof PolicyState]: PolicyState[Key] };

function isRequest(event: TraceEvent): event is AllocatorRequest {
  return event.kind === 'allocate' || event.kind === 'deallocate' || event.kind === 'reallocate' || event.kind === 'free';
}

/** Makes a recorded request. Returns undefined if it has sizes or addresses beyond any memory, so that it cannot be made. */
export function answer(
  allocator: Allocator,
  request: AllocatorRequest,
  onLook?: OnLook,
): Outcome<Address> | Outcome<void> | undefined {
  switch (request.kind) {
    case 'allocate': {
      const size = request.requested ?? request.size;
      return isExact(allocator.size, size) ? allocator.allocate(size, onLook) : undefined;
    }
    case 'deallocate':
      return isExact(request.address, request.size) ? allocator.deallocate(request.address, request.size, onLook) : undefined;
    case 'reallocate': {
      const { oldAddress, oldSize, size } = request;
      return isExact(oldAddress, oldSize) && isExact(allocator.size, size)
        ? allocator.reallocate(oldAddress, oldSize, size, onLook)
        : undefined;
    }
    case 'free':
      return allocator.clear(request.keep);
  }
}

/** Returns true if the outcome has the recorded address, or the request has none. */
export function isAsRecorded(request: AllocatorRequest, outcome: Outcome<unknown> | undefined): boolean {
  if (request.kind === 'deallocate' || request.kind === 'free') return outcome !== undefined;
  return outcome?.ok === true && outcome.value === request.address;
}
