interface Definition<V> {
  readonly event: number;
  readonly value: V;
}

/** Definitions of numbers under one header. A number can be redefined, which applies from that event on. */
export class VersionedMap<V> {
  readonly #all = new Map<number, Definition<V>[]>();

  /** Adds a definition. Events must be in order. */
  set(number: number, event: number, value: V): void {
    const definitions = this.#all.get(number);
    if (definitions) definitions.push({ event, value });
    else this.#all.set(number, [{ event, value }]);
  }

  /** Returns the value of a number at an event, by its latest definition up to there. Returns undefined before the first. */
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

  /** Returns the last value of a number. */
  get(number: number): V | undefined {
    return this.#all.get(number)?.at(-1)?.value;
  }

  /** Returns all values of a number, including replaced ones. */
  all(number: number): readonly V[] {
    return (this.#all.get(number) ?? []).map(({ value }) => value);
  }

  /** Returns the values of all definitions, including replaced ones. */
  *values(): Generator<V, void, undefined> {
    for (const all of this.#all.values()) for (const { value } of all) yield value;
  }
}
