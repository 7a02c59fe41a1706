/** How much a walk may cost. What is left out is not limited. */
export interface BudgetLimits {
  /** Nodes, chunks, entries, table rows: whatever the walk counts. */
  readonly steps?: number;
  /** Bytes read from the memory. */
  readonly bytes?: number;
  /** Milliseconds from now. */
  readonly milliseconds?: number;
  readonly signal?: AbortSignal;
  /** What this walk spends is spent of that budget, too. */
  readonly within?: Budget;
}

/** How many steps go by between two looks at the clock. */
const CLOCK_EVERY = 1024;

/**
 * What a walk has left to spend. Every walk over bytes asks before each step and stops when told to, so that it always ends,
 * whatever the bytes say; `cutShort` then tells why, for the user.
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

  /** Why the walk had to stop before its end; undefined while it may go on. */
  get cutShort(): string | undefined {
    return this.#cutShort;
  }

  /** Takes a step that reads `bytes`. False when the walk has to stop here. */
  spend(bytes = 0): boolean {
    if (this.#cutShort !== undefined) return false;
    this.#steps -= 1;
    this.#bytes -= bytes;
    if (this.#steps < 0) this.#cutShort = 'The limit of steps was reached.';
    else if (this.#bytes < 0) this.#cutShort = 'The limit of bytes to read was reached.';
    else if (this.#within?.spend(bytes) === false) this.#cutShort = this.#within.cutShort;
    else if (this.#signal?.aborted) this.#cutShort = 'It was cancelled.';
    else if (--this.#untilClock <= 0) {
      this.#untilClock = CLOCK_EVERY;
      if (performance.now() > this.#end) this.#cutShort = 'The time for it was over.';
    }
    return this.#cutShort === undefined;
  }
}

/** Returns the budget of a walk whose result someone waits for; a full scan has no such limit. */
export function interactiveBudget(): Budget {
  return new Budget({ milliseconds: 2_000 });
}
