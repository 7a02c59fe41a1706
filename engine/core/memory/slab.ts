/**
 * Limits in bytes. Engines store an array of up to `TINY` bytes inside its object, so creating it is cheap; above `LARGE` a
 * separate array is worthwhile.
 */
const TINY = 64;
const LARGE = 1024;
const SLAB = 16_384;

/** Creates small arrays quickly: most are cut from a larger one, which stays in memory as long as any of them. */
export class Slab {
  #buffer = new ArrayBuffer(0);
  #used = 0;

  /** Returns zeroed bytes that no one else uses. */
  take(length: number): Uint8Array<ArrayBuffer> {
    if (length <= TINY || length > LARGE) return new Uint8Array(length);
    if (this.#used + length > this.#buffer.byteLength) {
      this.#buffer = new ArrayBuffer(SLAB);
      this.#used = 0;
    }
    const bytes = new Uint8Array(this.#buffer, this.#used, length);
    this.#used += length;
    return bytes;
  }
}
