/** A collection of sizes of free blocks, with the largest at hand. A size may be in it several times. */
export class SizeCounts {
  /** How many there are of each size. A size that is in the heap may have none. */
  readonly #counts = new Map<number, number>();
  /** The sizes in `#counts` as a binary heap, the largest first. */
  readonly #heap: number[] = [];

  add(size: number): void {
    const count = this.#counts.get(size);
    this.#counts.set(size, (count ?? 0) + 1);
    if (count === undefined) this.#push(size);
  }

  remove(size: number): void {
    this.#counts.set(size, (this.#counts.get(size) ?? 1) - 1);
  }

  /** Returns the largest size, or 0 if there is none. */
  largest(): number {
    for (let top = this.#heap[0]; top !== undefined; top = this.#heap[0]) {
      if ((this.#counts.get(top) ?? 0) > 0) return top;
      this.#counts.delete(top);
      this.#pop();
    }
    return 0;
  }

  #push(size: number): void {
    const heap = this.#heap;
    let place = heap.length;
    while (place > 0) {
      const above = (place - 1) >>> 1;
      const other = heap[above] ?? 0;
      if (other >= size) break;
      heap[place] = other;
      place = above;
    }
    heap[place] = size;
  }

  /** Removes the first size of the heap. */
  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let place = 0;
    for (;;) {
      let below = 2 * place + 1;
      if (below >= heap.length) break;
      if ((heap[below + 1] ?? 0) > (heap[below] ?? 0)) below += 1;
      const other = heap[below] ?? 0;
      if (other <= last) break;
      heap[place] = other;
      place = below;
    }
    heap[place] = last;
  }
}
