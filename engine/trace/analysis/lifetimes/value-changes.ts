/** A number over the steps of a trace, kept as its changes. */
export class ValueChanges {
  readonly #steps: number[] = [];
  readonly #values: number[] = [];
  readonly #first: number;

  /** `first` is the value before the first step. */
  constructor(first = 0) {
    this.#first = first;
  }

  get count(): number {
    return this.#steps.length;
  }

  stepOf(change: number): number {
    return this.#steps[change] ?? 0;
  }

  valueOf(change: number): number {
    return this.#values[change] ?? this.#first;
  }

  get last(): number {
    return this.#values.at(-1) ?? this.#first;
  }

  /** Sets the value from a step on. Steps must not decrease. */
  set(step: number, value: number): void {
    if (value === this.last) return;
    if (this.#steps.at(-1) === step) {
      this.#values[this.#values.length - 1] = value;
      return;
    }
    this.#steps.push(step);
    this.#values.push(value);
  }

  /** Returns the value after a step. */
  at(step: number): number {
    let low = 0;
    let high = this.#steps.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#steps[middle] ?? 0) <= step) low = middle + 1;
      else high = middle;
    }
    return this.valueOf(low - 1);
  }
}
