/** A figure over all steps of a trace, one value a column: the one at the column's end. */
export class ColumnsOverTime {
  readonly values: Float64Array;
  readonly #steps: number;
  /** The first column whose end was not reached. */
  #open = 0;
  #last = 0;

  constructor(columns: number, steps: number) {
    this.values = new Float64Array(columns);
    this.#steps = Math.max(1, steps);
  }

  /** Sets the figure from a step on. Steps must not go back. */
  set(step: number, value: number): void {
    const column = Math.min(this.values.length - 1, Math.floor(((step - 1) * this.values.length) / this.#steps));
    if (column > this.#open) {
      this.values.fill(this.#last, this.#open, column);
      this.#open = column;
    }
    this.#last = value;
  }

  /** Fills the remaining columns with the last value. Returns all. */
  end(): Float64Array {
    this.values.fill(this.#last, this.#open);
    return this.values;
  }
}
