/** Maximum trails. */
const MAX_TRAILS = 16;
/** Maximum states of all trails. */
const MAX_STATES = 2_048;
/** Number of trails whose last state is always kept, so that several readers who take turns all get to their steps. */
const ALWAYS_KEPT = 4;
/** Number of steps at the end of the current trail whose states are always kept: these are what people step back through. */
const ALWAYS_KEPT_STEPS = 512;

/** States that were computed one from another, so that each shares nearly everything with the one before. */
interface Trail<T> {
  /** Increasing. */
  readonly steps: number[];
  readonly states: T[];
  /** For each state the bytes that it does not share with the one before. */
  readonly costs: number[];
  /** The bytes that the first one does not share with the states that are kept elsewhere. */
  readonly base: number;
}

/** The nearest state up to a step, its step, and the bytes that it does not share with the states that are kept elsewhere. */
interface Nearest<T> {
  readonly step: number;
  readonly state: T;
  readonly bytes: number;
}

/**
 * The states on the ways that were taken last through a trace, limited by their number and their bytes. A way begins wherever a state
 * was gone back to.
 */
export class Trails<T> {
  readonly #maxBytes: number;
  /** The one that was used last comes last. */
  #trails: Trail<T>[] = [];
  /** The trail of the states that come. */
  #current: Trail<T> | undefined;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Begins another trail with the next state. */
  leave(): void {
    this.#current = undefined;
  }

  /**
   * Adds a later state to the current trail, with the bytes that it does not share with the one before. `base` are those that it does not
   * share with the states that are kept elsewhere.
   */
  add(step: number, state: T, cost: number, base: number): void {
    const trail: Trail<T> = this.#current ?? { steps: [], states: [], costs: [], base };
    if (trail.steps.at(-1) === step) return;
    trail.costs.push(trail.steps.length === 0 ? 0 : cost);
    trail.steps.push(step);
    trail.states.push(state);
    this.#current = trail;
    this.#use(trail);
    this.#dropWhatIsTooMuch();
  }

  /** Returns the state of a step, if it is kept. */
  get(step: number): T | undefined {
    const nearest = this.nearest(step);
    return nearest?.step === step ? nearest.state : undefined;
  }

  /** Returns the last state that is kept up to a step. */
  nearest(step: number): Nearest<T> | undefined {
    let best: Trail<T> | undefined;
    let bestIndex = -1;
    for (const trail of this.#trails) {
      const index = lastUpTo(trail.steps, step);
      const found = trail.steps[index];
      if (found === undefined || found <= (best?.steps[bestIndex] ?? -1)) continue;
      best = trail;
      bestIndex = index;
    }
    const state = best?.states[bestIndex];
    if (!best || state === undefined) return undefined;
    this.#use(best);
    return { step: best.steps[bestIndex] ?? 0, state, bytes: best.base + sum(best.costs.slice(0, bestIndex + 1)) };
  }

  #use(trail: Trail<T>): void {
    if (this.#trails.at(-1) !== trail) this.#trails = [...this.#trails.filter((each) => each !== trail), trail];
  }

  #dropWhatIsTooMuch(): void {
    while (this.#trails.length > MAX_TRAILS) this.#drop();
    while (this.#isTooMuch() && this.#trails.length > ALWAYS_KEPT) this.#drop();
    for (const trail of this.#trails) {
      const last = trail.steps.at(-1) ?? 0;
      const kept = trail === this.#current ? last - ALWAYS_KEPT_STEPS : last;
      while ((trail.steps[0] ?? last) < kept && this.#isTooMuch()) dropFirst(trail);
    }
  }

  #drop(): void {
    this.#trails = this.#trails.filter((trail, index) => index > 0 || trail === this.#current);
  }

  #isTooMuch(): boolean {
    let bytes = 0;
    let states = 0;
    for (const trail of this.#trails) {
      // What the current trail does not share is in use anyway.
      bytes += sum(trail.costs) + (trail === this.#current ? 0 : trail.base);
      states += trail.steps.length;
    }
    return bytes > this.#maxBytes || states > MAX_STATES;
  }
}

/** Drops the first state. What the second does not share with it was kept for the first alone. */
function dropFirst(trail: Trail<unknown>): void {
  trail.steps.shift();
  trail.states.shift();
  trail.costs.shift();
  if (trail.costs.length > 0) trail.costs[0] = 0;
}

/** Returns the index of the last step up to another one; -1 if there is none. */
function lastUpTo(steps: readonly number[], step: number): number {
  let low = 0;
  let high = steps.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((steps[middle] ?? 0) <= step) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
