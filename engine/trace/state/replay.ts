import { LRUCache } from 'lru-cache';

/** States that are kept along the whole run: at most so many, evenly spread. */
const MAX_KEPT = 128;
const FIRST_INTERVAL = 256;
/** States of single steps that are kept where the user is. */
const RECENT = 512;
/** How many steps before the one that was asked for are kept singly, so that going back needs nothing to be done again. */
const APPROACH = 128;

/**
 * The states of a run, by step. Any of them is found from the nearest kept one before it; what has just been seen, and the steps before
 * it, are kept one by one, so that going to and fro costs one step.
 */
export class Replay<T extends object> {
  readonly #advance: (state: T, from: number, to: number) => T;
  readonly #kept = new Map<number, T>();
  readonly #recent = new LRUCache<number, T>({ max: RECENT });
  #interval = FIRST_INTERVAL;

  /** `advance` makes of the state after step `from` the one after step `to`; states never change. `first` is the one before step 1. */
  constructor(first: T, advance: (state: T, from: number, to: number) => T) {
    this.#advance = advance;
    this.#kept.set(0, first);
  }

  /** The state after `step`, which the run has. */
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
    if (this.#kept.size <= MAX_KEPT) return;
    this.#interval *= 2;
    for (const kept of [...this.#kept.keys()]) if (kept % this.#interval !== 0) this.#kept.delete(kept);
  }
}
