/** What to do when a region runs low. */
export interface LowCapacity {
  /** Bytes: with fewer left that can be handed out without growing, the region is low. */
  readonly threshold: number;
  /** Told once the request that used up the room is done, so that it may make requests of its own, such as to grow. */
  action(room: number): void;
}

/** Tells each listener once when the room falls below its threshold, and again only after there was enough meanwhile. */
export class LowCapacityWatch {
  readonly #isLow = new Map<LowCapacity, boolean>();

  /** Answers how to stop listening. */
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
    const told: LowCapacity[] = [];
    for (const [listener, wasLow] of this.#isLow) {
      const isLow = room < listener.threshold;
      this.#isLow.set(listener, isLow);
      if (isLow && !wasLow) told.push(listener);
    }
    for (const listener of told) listener.action(room);
  }
}
