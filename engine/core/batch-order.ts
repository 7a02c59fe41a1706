/** Maximum items of a batch. */
export const MAX_BATCH = 16_384;
/** Places below this can be put in order: any address of a stable memory is. */
export const MAX_PLACE = 2 ** 39;

const FIRST_ROOM = 64;

/**
 * Puts the items of a batch in the order of their places, so that what is near each other is worked on together. This makes
 * many small changes all over a large structure several times faster, because each finds its neighbours in the processor's caches. Items at one place
 * stay in the order in which they were added.
 */
export class BatchOrder {
  /** The place of each item, and its number in the last 14 bits, so that numeric order is the order to work in. */
  #keys = new Float64Array(FIRST_ROOM);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Adds an item. Returns its number, from 0 to `MAX_BATCH - 1`. The place must be below `MAX_PLACE`, and the batch not full. */
  add(place: number): number {
    const item = this.#size;
    if (item === this.#keys.length) {
      const keys = new Float64Array(Math.min(MAX_BATCH, 4 * item));
      keys.set(this.#keys);
      this.#keys = keys;
    }
    this.#keys[item] = place * MAX_BATCH + item;
    this.#size += 1;
    return item;
  }

  clear(): void {
    this.#size = 0;
  }

  /** Empties the batch, and passes its items on in order, each with its place. Nothing may be added meanwhile. */
  take(visit: (item: number, place: number) => void): void {
    const keys = this.#keys.subarray(0, this.#size);
    this.#size = 0;
    if (keys.length > 1) keys.sort();
    for (const key of keys) {
      const place = Math.floor(key / MAX_BATCH);
      visit(key - place * MAX_BATCH, place);
    }
  }
}
