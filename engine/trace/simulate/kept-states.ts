/** Events between two evenly spaced states at first. */
const FIRST_INTERVAL = 4096;
/** Distances in events, before the target, at which states are kept, so that going back from there replays little. */
const APPROACH = [4096, 512];
/** Part of all bytes that those states may take. */
const NEAR_PART = 1 / 3;

/** The states of a replay that are kept, by the event before which they are. They are bounded by bytes, not by number. */
export class KeptStates<State> {
  readonly #bytesOf: (state: State) => number;
  readonly #maxSpacedBytes: number;
  readonly #maxNearBytes: number;
  /** States at multiples of the interval, which doubles when they get too large. */
  readonly #spaced = new Map<number, State>();
  #interval = FIRST_INTERVAL;
  #spacedBytes = 0;
  /** States on the way to the last targets. */
  readonly #near = new Map<number, State>();
  #nearBytes = 0;
  /** The last target's state, to go on from there. */
  #last: { readonly place: number; readonly state: State } | undefined;

  /** `maxBytes`: maximum bytes of all states, by `bytesOf`. At least one evenly spaced state and two others are kept. */
  constructor(maxBytes: number, bytesOf: (state: State) => number) {
    this.#maxNearBytes = maxBytes * NEAR_PART;
    this.#maxSpacedBytes = maxBytes - this.#maxNearBytes;
    this.#bytesOf = bytesOf;
  }

  /** Returns the state that is nearest before `target`, or at it, of those that may be used. */
  nearest(target: number, mayUse: (place: number) => boolean): { readonly place: number; readonly state: State } | undefined {
    let best: { readonly place: number; readonly state: State } | undefined;
    const consider = (place: number, state: State): void => {
      if (place <= target && (!best || place > best.place) && mayUse(place)) best = { place, state };
    };
    if (this.#last) consider(this.#last.place, this.#last.state);
    for (const states of [this.#spaced, this.#near]) for (const [place, state] of states) consider(place, state);
    return best;
  }

  /** Returns the next place between `from` and `target`, or `target`, whose state should be kept. */
  nextPlace(from: number, target: number): number {
    let place = Math.min(target, from - (from % this.#interval) + this.#interval);
    for (const distance of APPROACH) if (target - distance > from) place = Math.min(place, target - distance);
    return place;
  }

  /** Keeps a state on the way to a target. */
  keep(place: number, target: number, state: State): void {
    if (place === target) this.#last = { place, state };
    if (place % this.#interval === 0) this.#keepSpaced(place, state);
    else if (place !== target) this.#keepNear(place, target, state);
  }

  #keepSpaced(place: number, state: State): void {
    if (this.#spaced.has(place)) return;
    this.#spaced.set(place, state);
    this.#spacedBytes += this.#bytesOf(state);
    while (this.#spacedBytes > this.#maxSpacedBytes && this.#spaced.size > 1) {
      this.#interval *= 2;
      for (const [kept, there] of this.#spaced) {
        if (kept % this.#interval === 0) continue;
        this.#spaced.delete(kept);
        this.#spacedBytes -= this.#bytesOf(there);
      }
    }
  }

  #keepNear(place: number, target: number, state: State): void {
    if (this.#near.has(place)) return;
    this.#near.set(place, state);
    this.#nearBytes += this.#bytesOf(state);
    while (this.#nearBytes > this.#maxNearBytes && this.#near.size > 1) {
      // What is after the target is needed least, and then what is farthest before it.
      const places = [...this.#near.keys()];
      const highest = Math.max(...places);
      const dropped = highest > target ? highest : Math.min(...places);
      const there = this.#near.get(dropped);
      this.#near.delete(dropped);
      if (there !== undefined) this.#nearBytes -= this.#bytesOf(there);
    }
  }
}
