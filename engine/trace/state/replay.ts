import { LRUCache } from 'lru-cache';

/** Maximum states that are kept over the whole trace, evenly spaced. */
const MAX_SPACED = 128;
const FIRST_INTERVAL = 256;
/** Maximum states of single steps that are kept around the current step. */
const MAX_RECENT = 512;
/** Number of steps before the requested one whose states are kept, so that stepping back recomputes nothing. */
const APPROACH = 128;

/**
 * The states of a trace, by step. Each state is computed from the nearest kept state before it. Recent states and the steps
 * before them are all kept, so that stepping back and forth costs one step.
 */
export class Replay<T extends object> {
  readonly #advance: (state: T, from: number, to: number) => T;
  readonly #kept = new Map<number, T>();
  readonly #recent = new LRUCache<number, T>({ max: MAX_RECENT });
  #interval = FIRST_INTERVAL;

  /**
   * `advance` returns the state after step `to` from the state after step `from`. States are immutable. `first` is the state
   * before step 1.
   */
  constructor(first: T, advance: (state: T, from: number, to: number) => T) {
    this.#advance = advance;
    this.#kept.set(0, first);
  }

  /** Returns the state after `step`, which must exist. */
  at(step: number): T {
    const known = this.#recent.get(step) ?? this.#kept.get(step);
    if (known) return known;
    let [from, state] = this.#nearest(step);
    while (from < step) {
      const next = this.#nextStop(from, step);
      state = this.#advance(state, from, next);
      from = next;
      if (step - from < APPROACH) this.#recent.set(from, state);
      if (from % this.#interval === 0) this.#keep(from, state);
    }
    return state;
  }

  #nearest(step: number): readonly [number, T] {
    for (let before = step - 1; before >= Math.max(0, step - APPROACH); before--) {
      const state = this.#recent.get(before);
      if (state) return [before, state];
    }
    let kept = step - (step % this.#interval);
    for (;;) {
      const state = this.#kept.get(kept);
      if (state) return [kept, state];
      kept -= this.#interval;
    }
  }

  #nextStop(from: number, target: number): number {
    if (from + 1 > target - APPROACH) return from + 1;
    return Math.min(from - (from % this.#interval) + this.#interval, target - APPROACH + 1);
  }

  #keep(step: number, state: T): void {
    this.#kept.set(step, state);
    if (this.#kept.size <= MAX_SPACED) return;
    this.#interval *= 2;
    for (const kept of [...this.#kept.keys()]) if (kept % this.#interval !== 0) this.#kept.delete(kept);
  }
}
