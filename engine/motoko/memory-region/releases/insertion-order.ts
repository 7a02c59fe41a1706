/** A set of numbers that can pop the one that was added last: the part of map 9's hash set that memory-region 0.1 uses. */
export class InsertionOrder {
  readonly #places = new Map<number, number>();
  /** Numbers in the order of insertion, with gaps where numbers were deleted. The last item is never a gap. */
  #numbers: (number | undefined)[] = [];

  get size(): number {
    return this.#places.size;
  }

  /** The number that was added last. */
  get last(): number | undefined {
    return this.#numbers.at(-1);
  }

  copy(): InsertionOrder {
    const copy = new InsertionOrder();
    for (const number of this.#numbers) if (number !== undefined) copy.add(number);
    return copy;
  }

  /** Adds a number. One that is already there keeps its place. */
  add(number: number): void {
    if (this.#places.has(number)) return;
    this.#places.set(number, this.#numbers.length);
    this.#numbers.push(number);
  }

  delete(number: number): void {
    const place = this.#places.get(number);
    if (place === undefined) return;
    this.#places.delete(number);
    this.#numbers[place] = undefined;
    while (this.#numbers.length > 0 && this.#numbers.at(-1) === undefined) this.#numbers.pop();
    if (this.#numbers.length > 2 * this.size + 16) this.#closeGaps();
  }

  /** Removes and returns the number that was added last, or returns undefined if there is none. */
  pop(): number | undefined {
    const { last } = this;
    if (last !== undefined) this.delete(last);
    return last;
  }

  #closeGaps(): void {
    this.#numbers = this.#numbers.filter((number) => number !== undefined);
    for (const [place, number] of this.#numbers.entries()) if (number !== undefined) this.#places.set(number, place);
  }
}
