/** Limits of a walk. A limit that is left out does not apply. */
export interface BudgetLimits {
  /** Maximum steps: nodes, chunks, entries, table rows, whatever the walk counts. */
  readonly steps?: number;
  /** Maximum bytes read from the memory. */
  readonly bytes?: number;
  /** Milliseconds from now. */
  readonly milliseconds?: number;
  readonly signal?: AbortSignal;
  /** An outer budget, which everything that this walk spends also counts against. */
  readonly within?: Budget;
}

/** Steps between two checks of the clock. */
const CLOCK_EVERY = 1024;

/**
 * Remaining budget of a walk. Every walk over bytes asks the budget before each step and stops when it is used up, so a walk
 * always ends, whatever the bytes are. `cutShort` is then the reason, for the user.
 */
export class Budget {
  #steps: number;
  #bytes: number;
  readonly #end: number;
  readonly #signal: AbortSignal | undefined;
  readonly #within: Budget | undefined;
  #untilClock = CLOCK_EVERY;
  #cutShort: string | undefined;

  constructor(limits: BudgetLimits = {}) {
    this.#steps = limits.steps ?? Number.POSITIVE_INFINITY;
    this.#bytes = limits.bytes ?? Number.POSITIVE_INFINITY;
    this.#end = limits.milliseconds === undefined ? Number.POSITIVE_INFINITY : performance.now() + limits.milliseconds;
    this.#signal = limits.signal;
    this.#within = limits.within;
  }

  /** Returns the reason why the walk had to stop early; undefined while it may continue. */
  get cutShort(): string | undefined {
    return this.#cutShort;
  }

  /** Spends steps, by default one, that read `bytes` bytes. Returns false when the walk has to stop. */
  spend(bytes = 0, steps = 1): boolean {
    if (this.#cutShort !== undefined) return false;
    this.#steps -= steps;
    this.#bytes -= bytes;
    this.#untilClock -= steps;
    if (this.#steps < 0) this.#cutShort = 'The limit of steps was reached.';
    else if (this.#bytes < 0) this.#cutShort = 'The limit of bytes to read was reached.';
    else if (this.#within?.spend(bytes, steps) === false) this.#cutShort = this.#within.cutShort;
    else if (this.#signal?.aborted) this.#cutShort = 'It was cancelled.';
    else if (this.#untilClock <= 0) {
      this.#untilClock = CLOCK_EVERY;
      if (performance.now() > this.#end) this.#cutShort = 'The time limit was reached.';
    }
    return this.#cutShort === undefined;
  }
}

/** Returns the budget of a walk whose result a user waits for. A full scan has no such limit. */
export function interactiveBudget(): Budget {
  return new Budget({ milliseconds: 2_000 });
}
