/** Bytes of which an engine keeps an array within its object, so that it is made at once; and above which one of its own is worth while. */
const TINY = 64;
const LARGE = 1024;
const SLAB = 16_384;

/** Makes small arrays quickly: most are cut from a larger one, which stays in memory as long as any of them. */
export class Slab {
  #buffer = new ArrayBuffer(0);
  #used = 0;

  /** Zeros that nobody else has. */
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
