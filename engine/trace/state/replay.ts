import type { Budget } from '../../core/budget.ts';
import type { TraceEvent } from '../events.ts';
import type { Trace } from '../trace.ts';
import { Trails } from './trails.ts';

/** Steps between two kept states, at least, and the states of a long trace to begin with. Fewer are kept if they take too many bytes. */
const MIN_INTERVAL = 16_384;
const FIRST_STATES = 32;
/** Maximum bytes of the states that are kept, approximately: half of them for those all over the trace, half for those on the last ways. */
const KEPT_BYTES = 64 * 2 ** 20;
/** Number of steps before the requested one whose states are kept, so that stepping back recomputes nothing. */
const APPROACH = 64;
/** The same while stepping back. */
const APPROACH_BACK = 512;
/** Distances before a requested step whose states are kept, too, so that going further back begins near. The farthest comes first. */
const LADDER = [65_536, 16_384, 4_096, 1_024];

/** Applies events to a state that changes in place. */
export interface StateBuilder<T> {
  /** Bytes that were copied since the last state, because that still has them as they were. Approximate. */
  readonly cost: number;
  /** Bytes of the whole state, approximately. */
  readonly size: number;
  /** Applies the next event, number `index`. `step` is its step, or the step before it. */
  apply(event: TraceEvent, step: number, index: number): void;
  /** Returns the state as it is now. Later events do not change it. */
  state(): T;
  restore(state: T): void;
}

/** A state and its step. */
export interface KnownState<T> {
  readonly step: number;
  readonly state: T;
}

interface Kept<T> {
  readonly state: T;
  /** Bytes of the kept state before it that it does not share, at most. */
  readonly cost: number;
  /** Bytes of the whole state. */
  readonly size: number;
}

/**
 * The states of a trace, by step. Each is computed from the nearest kept state before it. States at even distances are kept, as many as
 * their limit of bytes allows, and those on the ways that were taken last: the steps before each one that was asked for, so that stepping
 * back and forth costs one step, and the last of each way, so that several who go to different steps in turns all get there.
 */
export class Replay<T extends object> {
  readonly #trace: Trace;
  readonly #builder: StateBuilder<T>;
  readonly #maxBytes: number;
  readonly #kept = new Map<number, Kept<T>>();
  readonly #trails: Trails<T>;
  #keptBytes = 0;
  #interval: number;
  /** The step of the builder. */
  #at = 0;
  #borrow: (step: number) => KnownState<T> | undefined = () => undefined;
  /** Bytes that were copied between the nearest of the states at even distances and the last state. */
  #copied = 0;

  /** `builder` is before the first event. */
  constructor(trace: Trace, builder: StateBuilder<T>, maxBytes = KEPT_BYTES) {
    this.#trace = trace;
    this.#builder = builder;
    this.#maxBytes = maxBytes / 2;
    this.#trails = new Trails(maxBytes / 2);
    this.#interval = Math.max(MIN_INTERVAL, 2 ** Math.ceil(Math.log2(trace.steps / FIRST_STATES)));
    this.#apply(0, endOf(trace, 0));
    this.#kept.set(0, { state: builder.state(), cost: 0, size: builder.size });
  }

  /** Returns the state after `step`, which must exist. */
  at(step: number): T {
    const known = this.#known(step);
    if (known) return known;
    const approach = this.#trails.get(step + 1) ? APPROACH_BACK : APPROACH;
    this.#goToNearest(step);
    this.#advanceTowards(step, Math.max(this.#at, step - approach + 1));
    for (;;) {
      const state = this.#save();
      if (this.#at === step) return state;
      this.#advance(this.#at + 1);
    }
  }

  /**
   * Computes states on the way to `step` until the budget is spent. Returns true when `at(step)` is fast. Call it again with another
   * budget to go on.
   */
  approach(step: number, budget: Budget): boolean {
    if (this.#known(step)) return true;
    this.#goToNearest(step);
    while (step - this.#at > SLICE) {
      this.#advanceTowards(step, this.#at + SLICE);
      if (!budget.spend(0, SLICE)) return step - this.#at <= SLICE;
    }
    return true;
  }

  /** Returns the nearest state up to `step` that is known already. */
  nearest(step: number): KnownState<T> {
    return this.#nearest(step);
  }

  /** Takes states from somebody else who computes the same ones, where those are nearer than its own. */
  borrowFrom(lender: (step: number) => KnownState<T> | undefined): void {
    this.#borrow = lender;
  }

  /**
   * Passes the steps from `from` to `to` on to `visit`, with their events, in order. The builder is before the event then, so that
   * `visit` can look at the state before it.
   */
  visit(from: number, to: number, visit: (event: TraceEvent, step: number) => void): void {
    const trace = this.#trace;
    const builder = this.#builder;
    if (this.#at !== from - 1) {
      const before = this.at(from - 1);
      if (this.#at !== from - 1) this.#restore(from - 1, before, this.#trails.nearest(from - 1)?.bytes ?? 0);
    }
    this.#at = -1;
    let last = from - 1;
    trace.scan(endOf(trace, from - 1), endOf(trace, to), (event, index) => {
      const step = trace.stepOf(index);
      if (step > last) visit(event, step);
      last = step;
      builder.apply(event, step, index);
    });
    this.#at = to;
    if (to % this.#interval === 0 && !this.#kept.has(to)) this.#keep(to);
  }

  #known(step: number): T | undefined {
    return this.#trails.get(step) ?? this.#kept.get(step)?.state;
  }

  /** Goes to the nearest known state up to a step, unless the builder is nearer. */
  #goToNearest(step: number): void {
    if (this.#at <= step && step - this.#at <= NEAR) return;
    const own = this.#nearest(step);
    const from = Math.max(own.step, this.#at <= step ? this.#at : 0);
    const lent = this.#borrow(step);
    if (lent && lent.step > from) this.#restore(lent.step, lent.state, 0);
    else if (own.step === from) this.#restore(own.step, own.state, own.bytes);
  }

  /** Returns the nearest state up to a step that is kept, and the bytes that it does not share with those at even distances. */
  #nearest(step: number): KnownState<T> & { readonly bytes: number } {
    const onTrail = this.#trails.nearest(step);
    let from = step - (step % this.#interval);
    while (from > 0 && !this.#kept.has(from)) from -= this.#interval;
    if (onTrail && onTrail.step > from) return onTrail;
    const kept = this.#kept.get(from);
    if (!kept) throw new Error(`The state of step ${from} is not kept.`);
    return { step: from, state: kept.state, bytes: 0 };
  }

  #restore(step: number, state: T, copied: number): void {
    if (this.#at === step) return;
    if (this.#at >= 0) this.#save();
    this.#trails.leave();
    this.#builder.restore(state);
    this.#at = step;
    this.#copied = copied;
  }

  /** Saves the builder's state on the current trail. */
  #save(): T {
    const { cost } = this.#builder;
    this.#copied += cost;
    const state = this.#builder.state();
    this.#trails.add(this.#at, state, cost, this.#copied);
    return state;
  }

  /** Applies the events up to `to` on the way to `target`, and keeps states at some distances before it. */
  #advanceTowards(target: number, to: number): void {
    for (const distance of LADDER) {
      const rung = target - distance;
      if (rung <= this.#at || rung > to) continue;
      this.#advance(rung);
      this.#save();
    }
    this.#advance(to);
  }

  /** Applies the events up to a step, and keeps states on the way. */
  #advance(to: number): void {
    while (this.#at < to) {
      const stop = Math.min(to, this.#at - (this.#at % this.#interval) + this.#interval);
      this.#apply(endOf(this.#trace, this.#at), endOf(this.#trace, stop));
      this.#at = stop;
      if (stop % this.#interval === 0 && !this.#kept.has(stop)) this.#keep(stop);
    }
  }

  #apply(from: number, to: number): void {
    const trace = this.#trace;
    const builder = this.#builder;
    trace.visit(from, to, (event, index) => builder.apply(event, trace.stepOf(index), index));
  }

  #keep(step: number): void {
    const { size } = this.#builder;
    const cost = this.#copied + this.#builder.cost;
    // If the rest of the trace copies as much, too many states would be kept, and every one makes the next events copy more.
    const later = Math.floor((this.#trace.steps - step) / this.#interval);
    if (this.#keptBytes + cost * (1 + later) > this.#maxBytes) this.#thin();
    while (this.#keptBytes + cost > this.#maxBytes && this.#kept.size > 1) this.#thin();
    if (step % this.#interval !== 0) return;
    this.#kept.set(step, { state: this.#builder.state(), cost, size });
    this.#keptBytes += cost;
    this.#copied = 0;
  }

  /** Drops every other kept state. */
  #thin(): void {
    this.#interval *= 2;
    this.#keptBytes = 0;
    let dropped = 0;
    for (const [step, { state, cost, size }] of [...this.#kept].sort(([left], [right]) => left - right)) {
      if (step % this.#interval !== 0) {
        this.#kept.delete(step);
        dropped += cost;
        continue;
      }
      // What a dropped state shared with this one belongs to this one alone now.
      const all = Math.min(cost + dropped, size);
      this.#kept.set(step, { state, cost: all, size });
      this.#keptBytes += all;
      dropped = 0;
    }
  }
}

/** Steps that are faster to apply than a nearer state is to look for. */
const NEAR = 64;
/** Steps between two looks at the budget. */
const SLICE = 4096;

/** Returns the end of the events that belong to the state after `step`: the next step's event, or the end of the trace. */
export function endOf(trace: Trace, step: number): number {
  return step < trace.steps ? trace.eventOf(step + 1) : trace.count;
}
