/** Changes that are summarised together. */
const CHUNK = 64;

/** The least and the most of a figure. */
export interface Range {
  readonly least: number;
  readonly most: number;
}

/**
 * A figure over the steps of a trace, as its changes. The least and the most of any range of steps take a time that barely
 * depends on its length.
 */
export class StepSeries {
  readonly #steps: Uint32Array;
  readonly #values: Uint32Array | Float64Array;
  /** The least and the most of each chunk of changes. */
  readonly #least: Float64Array;
  readonly #most: Float64Array;
  /** The highest value, and the first step with it. */
  readonly peak: number;
  readonly peakStep: number;

  /** The value from `steps[i]` on is `values[i]`. The first step is 0, and steps increase. */
  constructor(steps: Uint32Array, values: Uint32Array | Float64Array) {
    this.#steps = steps;
    this.#values = values;
    const chunks = Math.ceil(values.length / CHUNK);
    this.#least = new Float64Array(chunks).fill(Number.POSITIVE_INFINITY);
    this.#most = new Float64Array(chunks).fill(Number.NEGATIVE_INFINITY);
    let peak = Number.NEGATIVE_INFINITY;
    let peakChange = 0;
    for (let change = 0; change < values.length; change++) {
      const chunk = Math.floor(change / CHUNK);
      const value = values[change] ?? 0;
      this.#least[chunk] = Math.min(this.#least[chunk] ?? value, value);
      this.#most[chunk] = Math.max(this.#most[chunk] ?? value, value);
      if (value > peak) {
        peak = value;
        peakChange = change;
      }
    }
    this.peak = Math.max(0, peak);
    this.peakStep = steps[peakChange] ?? 0;
  }

  /** Returns a series that is always 0. */
  static zero(): StepSeries {
    return new StepSeries(new Uint32Array(1), new Uint32Array(1));
  }

  /** Returns the value after a step. */
  at(step: number): number {
    return this.#values[this.#changeAt(step)] ?? 0;
  }

  /** Returns the least and the most after the steps from `from` to `to`, both included. */
  rangeOf(from: number, to: number): Range {
    const first = this.#changeAt(from);
    const last = this.#changeAt(to);
    let least = this.#values[first] ?? 0;
    let most = least;
    for (let change = first; change <= last; ) {
      const chunk = change / CHUNK;
      const whole = Number.isInteger(chunk) && change + CHUNK - 1 <= last;
      const value = this.#values[change] ?? 0;
      least = Math.min(least, whole ? (this.#least[chunk] ?? least) : value);
      most = Math.max(most, whole ? (this.#most[chunk] ?? most) : value);
      change += whole ? CHUNK : 1;
    }
    return { least, most };
  }

  /** Returns the number of the last change at or before a step. */
  #changeAt(step: number): number {
    let low = 0;
    let high = this.#steps.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#steps[middle] ?? 0) <= step) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, low - 1);
  }
}
