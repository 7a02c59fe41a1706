import { LRUCache } from 'lru-cache';
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

/** Events between two kept states at first. */
const FIRST_INTERVAL = 4096;
/** Distances in events, before the wanted event, at which states are kept, so that going back replays little. */
const APPROACH = [4096, 1024, 256, 64, 16];
/** Maximum estimated bytes of all evenly spaced states, and of those around the wanted event. */
const MAX_SPACED_BYTES = 48 * 2 ** 20;
const MAX_NEAR_BYTES = 24 * 2 ** 20;
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
  /** Kept states, by the event before which they are: at multiples of the interval, and near what was asked for. */
  readonly #spaced = new Map<number, PolicyState>();
  readonly #near = new LRUCache<number, PolicyState>({ maxSize: MAX_NEAR_BYTES, sizeCalculation: bytesOf });
  readonly #maxBytes: number;
  #interval = FIRST_INTERVAL;
  #spacedBytes = 0;
  /** The last declaration that was compared, and its result. */
  #declared: SpaceEvent | undefined;
  #isOwn = false;

  /** `maxBytes`: maximum estimated bytes of the evenly spaced states. */
  constructor(trace: Trace, space: ReplayedSpace, policy: PolicyName, maxBytes = MAX_SPACED_BYTES) {
    this.policy = policy;
    this.#first = { allocator: createAllocator(policy), firstDifference: undefined, firstDamage: undefined };
    this.#trace = trace;
    this.#space = space;
    this.#maxBytes = maxBytes;
  }

  /** Returns the state before an event: after all events with a lower number. */
  before(event: number): PolicyState {
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
    const nearest = this.#nearest(event);
    let from = nearest.event;
    let state = nearest.state;
    while (from < event) {
      const stop = this.#nextStop(from, event);
      const running = { ...state, allocator: state.allocator?.copy() };
      let isOver = false;
      for (; from < stop && !isOver; from++) {
        this.#apply(running, from, event);
        isOver = !budget.spend() && !this.#trace.messages.isUndone(from + 1, event);
      }
      state = running;
      this.#keep(from, event, state);
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

  /** Returns the kept state that is nearest before an event and holds nothing that is undone by then. */
  #nearest(event: number): { readonly event: number; readonly state: PolicyState } {
    let best = 0;
    let state: PolicyState | undefined;
    for (const kept of [this.#spaced, this.#near]) {
      for (const [place, there] of kept.entries()) {
        if (place <= best || place > event || this.#trace.messages.isUndone(place, event)) continue;
        best = place;
        state = there;
      }
    }
    return { event: best, state: state ?? this.#first };
  }

  #nextStop(from: number, event: number): number {
    let stop = Math.min(event, from - (from % this.#interval) + this.#interval);
    for (const distance of APPROACH) if (event - distance > from) stop = Math.min(stop, event - distance);
    return stop;
  }

  #keep(place: number, target: number, state: PolicyState): void {
    if (this.#trace.messages.isUndone(place, target)) return;
    if (place % this.#interval !== 0) {
      this.#near.set(place, state);
      return;
    }
    if (this.#spaced.has(place)) return;
    this.#spaced.set(place, state);
    this.#spacedBytes += bytesOf(state);
    while (this.#spacedBytes > this.#maxBytes && this.#spaced.size > 1) {
      this.#interval *= 2;
      for (const [kept, there] of this.#spaced) {
        if (kept % this.#interval === 0) continue;
        this.#spaced.delete(kept);
        this.#spacedBytes -= bytesOf(there);
      }
    }
  }

  #isOfSpace(index: number, space: number): boolean {
    const declared = this.#trace.spaceAt(index, space);
    if (!declared) return false;
    if (declared !== this.#declared) {
      const identity = identityOf(declared.spaceKind, declared.params);
      const own = identityOf(this.#space.kind, this.#space.params);
      this.#declared = declared;
      // A space without an identity of its own is told by its kind and number.
      this.#isOwn =
        identity === own && (own !== undefined || (declared.spaceKind === this.#space.kind && space === this.#space.space));
    }
    return this.#isOwn;
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
