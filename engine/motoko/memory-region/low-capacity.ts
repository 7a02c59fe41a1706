/** A listener for a region that runs low on free bytes. */
export interface LowCapacity {
  /** The region is low when fewer bytes than this can be allocated without growing. */
  readonly threshold: number;
  /** Called after the request that used up the room, so that it can make requests itself, such as to grow. */
  action(room: number): void;
}

/** Calls each listener once when the room falls below its threshold, and again only after the room was sufficient in between. */
export class LowCapacityWatch {
  readonly #isLow = new Map<LowCapacity, boolean>();

  /** Adds a listener. Returns a function that removes it. */
  add(listener: LowCapacity): () => void {
    // The same object may be added twice.
    const own: LowCapacity = { threshold: listener.threshold, action: (room) => listener.action(room) };
    this.#isLow.set(own, false);
    return () => {
      this.#isLow.delete(own);
    };
  }

  get isIdle(): boolean {
    return this.#isLow.size === 0;
  }

  check(room: number): void {
    const falling: LowCapacity[] = [];
    for (const [listener, wasLow] of this.#isLow) {
      const isLow = room < listener.threshold;
      this.#isLow.set(listener, isLow);
      if (isLow && !wasLow) falling.push(listener);
    }
    for (const listener of falling) listener.action(room);
  }
}
