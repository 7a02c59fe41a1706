/** Counts added for each byte value, so that a value that was not seen is not impossible. Zeros are common in any memory. */
const BASE = 1;
const BASE_OF_ZERO = 512;
const BASES = 255 * BASE + BASE_OF_ZERO;

/** How often each byte value occurs in bytes that were read, and how likely other bytes occur in them by accident. */
export class ByteOdds {
  readonly #counts = new Float64Array(256);
  #total = 0;

  add(bytes: Uint8Array): void {
    for (const byte of bytes) this.#counts[byte] = (this.#counts[byte] ?? 0) + 1;
    this.#total += bytes.length;
  }

  /**
   * Returns the probability, from 0 to 1, that bytes occur somewhere in those that were read by accident. A byte that repeats the one
   * before it proves nothing, so that a run of zeros is never certain.
   */
  chanceOf(bytes: Uint8Array): number {
    let chance = Math.max(1, this.#total - bytes.length + 1);
    for (let index = 0; index < bytes.length; index++) {
      const byte = bytes[index] ?? 0;
      if (index > 0 && byte === bytes[index - 1]) continue;
      chance *= ((this.#counts[byte] ?? 0) + (byte === 0 ? BASE_OF_ZERO : BASE)) / (this.#total + BASES);
    }
    return Math.min(1, chance);
  }
}
