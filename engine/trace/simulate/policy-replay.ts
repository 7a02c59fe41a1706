import { Budget } from '../../core/budget.ts';
import type { Address } from '../../core/memory/memory.ts';
import type { Allocator } from '../../motoko/memory-region/allocator.ts';
import type { Outcome } from '../../motoko/memory-region/fault.ts';
import type { OnLook } from '../../motoko/memory-region/look.ts';
import { createAllocator, type PolicyName } from '../../motoko/memory-region/policies.ts';
import type { EventKind, TraceEvent } from '../events.ts';
import { identityOf, isExact, type SpaceState } from '../state/allocation-state.ts';
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

const KINDS = ['allocate', 'deallocate', 'reallocate', 'free'] as const satisfies readonly EventKind[];

/** A request to an allocator. */
export type AllocatorRequest = Extract<TraceEvent, { kind: (typeof KINDS)[number] }>;

/** The space whose requests are replayed. */
export type ReplayedSpace = Pick<SpaceState, 'space' | 'kind' | 'params' | 'identity'>;

/** Maximum estimated bytes of the evenly spaced states. */
const MAX_BYTES = 48 * 2 ** 20;
/** Estimated bytes of a kept state, and of each of its free blocks. */
const STATE_BYTES = 2048;
const BLOCK_BYTES = 32;

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

  /** `maxBytes`: maximum estimated bytes of the evenly spaced states. */
  constructor(trace: Trace, space: ReplayedSpace, policy: PolicyName, maxBytes = MAX_BYTES) {
    this.policy = policy;
    this.#first = { allocator: createAllocator(policy), firstDifference: undefined, firstDamage: undefined };
    this.#trace = trace;
    this.#space = space;
    this.#kept = new KeptStates(maxBytes, bytesOf);
  }

  /** Returns the state before an event: after all events with a lower number. */
  before(event: number): PolicyState {
    // A budget without limits never ends, so this does not repeat.
    for (;;) {
      const state = this.#advance(event, new Budget());
      if (state) return state;
    }
  }

  /** Replays towards an event while the budget lasts. Returns true once `before` has nothing left to do. */
  prepare(event: number, budget: Budget): boolean {
    return this.#advance(event, budget) !== undefined;
  }

  /** Returns the request of an event to the space's allocator, or undefined if it is none. */
  requestAt(index: number): AllocatorRequest | undefined {
    if (!KINDS.some((kind) => this.#trace.isKind(index, kind))) return undefined;
    const event = this.#trace.at(index);
    return isRequest(event) && this.#isOfSpace(index, event.space) ? event : undefined;
  }

  /** Returns the state before an event. Returns undefined if the budget ends first; what was replayed is then kept. */
  #advance(event: number, budget: Budget): PolicyState | undefined {
    const { messages } = this.#trace;
    const nearest = this.#kept.nearest(event, (place) => !messages.isUndone(place, event));
    let from = nearest?.place ?? 0;
    let state = nearest?.state ?? this.#first;
    while (from < event) {
      const stop = this.#kept.nextPlace(from, event);
      const running = { ...state, allocator: state.allocator?.copy() };
      let isOver = false;
      for (; from < stop && !isOver; from++) {
        this.#apply(running, from, event);
        isOver = !budget.spend() && !messages.isUndone(from + 1, event);
      }
      state = running;
      if (!messages.isUndone(from, event)) this.#kept.keep(from, event, state);
      if (isOver && from < event) return undefined;
    }
    return state;
  }

  /** Applies an event, as seen from `target`, before which its message may be undone. */
  #apply(running: Running, index: number, target: number): void {
    const request = running.allocator && this.requestAt(index);
    if (!running.allocator || !request || this.#trace.messages.isUndone(index, target)) return;
    const step = this.#trace.stepOf(index);
    const outcome = answer(running.allocator, request);
    if (outcome?.ok && outcome.unnoticed) running.firstDamage ??= step;
    if (isAsRecorded(request, outcome)) return;
    running.firstDifference = step;
    running.allocator = undefined;
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

function bytesOf({ allocator }: PolicyState): number {
  return STATE_BYTES + BLOCK_BYTES * (allocator?.free.count ?? 0);
}

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
