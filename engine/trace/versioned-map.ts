interface Definition<V> {
  readonly event: number;
  readonly value: V;
}

/** What the numbers of one header's events stand for. A number can be defined again: from that event on it means something else. */
export class VersionedMap<V> {
  readonly #all = new Map<number, Definition<V>[]>();

  /** Events come in their order. */
  set(number: number, event: number, value: V): void {
    const there = this.#all.get(number);
    if (there) there.push({ event, value });
    else this.#all.set(number, [{ event, value }]);
  }

  /** What the number stands for at the event: by its latest definition up to there; undefined before the first. */
  at(number: number, event: number): V | undefined {
    const all = this.#all.get(number) ?? [];
    let low = 0;
    let high = all.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((all[middle]?.event ?? 0) <= event) low = middle + 1;
      else high = middle;
    }
    return all[low - 1]?.value;
  }

  /** What it stood for last. */
  get(number: number): V | undefined {
    return this.#all.get(number)?.at(-1)?.value;
  }

  /** Of every definition, those that do not count any longer too. */
  *values(): Generator<V, void, undefined> {
    for (const all of this.#all.values()) for (const { value } of all) yield value;
  }
}
