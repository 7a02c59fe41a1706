/** Time of one slice of long work. Milliseconds. */
const SLICE = 20;

/** Divides long work into slices. Other requests are handled between two slices. */
export class Slices {
  #end = performance.now() + SLICE;

  /** True if the slice is over. Then wait for `next`. */
  get isOver(): boolean {
    return performance.now() > this.#end;
  }

  /** Waits until other requests are handled, and starts another slice. */
  async next(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.#end = performance.now() + SLICE;
  }
}
