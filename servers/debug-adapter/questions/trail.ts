/** Maximum moments that are kept. */
const MAX_MOMENTS = 1000;

/** The steps at which the user was, so that one can go back and forward between them. */
export class Trail {
  readonly #steps: number[] = [];
  #at = -1;

  /** The moment before and the one after the current one; undefined at the ends. */
  get back(): number | undefined {
    return this.#steps[this.#at - 1];
  }

  get forward(): number | undefined {
    return this.#steps[this.#at + 1];
  }

  /** Adds a stop. A single step replaces the current moment. A jump adds one, and forgets those after the current one. */
  visit(step: number, isJump: boolean): void {
    const current = this.#steps[this.#at];
    if (current === step) return;
    if (current !== undefined && !isJump && Math.abs(step - current) <= 1) {
      this.#steps[this.#at] = step;
      return;
    }
    this.#steps.splice(this.#at + 1, Number.POSITIVE_INFINITY, step);
    if (this.#steps.length > MAX_MOMENTS) this.#steps.shift();
    this.#at = this.#steps.length - 1;
  }

  /** Goes to the moment before. Returns its step, or undefined if there is none. */
  goBack(): number | undefined {
    if (this.back !== undefined) this.#at -= 1;
    else return undefined;
    return this.#steps[this.#at];
  }

  goForward(): number | undefined {
    if (this.forward !== undefined) this.#at += 1;
    else return undefined;
    return this.#steps[this.#at];
  }

  clear(): void {
    this.#steps.length = 0;
    this.#at = -1;
  }
}
