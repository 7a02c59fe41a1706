/** Reproducible random numbers: a seed always gives the same numbers. */
export class Random {
  #state: number;

  /** Mixes its seeds into one (xmur3's way), so that neighbouring cases have nothing in common. */
  constructor(...seeds: readonly (number | string)[]) {
    let hash = 1779033703;
    for (const letter of seeds.join('/')) {
      hash = Math.imul(hash ^ letter.charCodeAt(0), 3432918353);
      hash = (hash << 13) | (hash >>> 19);
    }
    this.#state = hash >>> 0;
  }

  /** Returns a whole number from 0 to below `end` (mulberry32). */
  below(end: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * end);
  }

  byte(): number {
    return this.below(256);
  }

  /** True in one of `of` cases. */
  once(of: number): boolean {
    return this.below(of) === 0;
  }

  pick<T>(from: readonly [T, ...T[]]): T {
    return from[this.below(from.length)] ?? from[0];
  }

  bytes(length: number): Uint8Array<ArrayBuffer> {
    return Uint8Array.from({ length }, () => this.byte());
  }

  /** Returns a length that is mostly short and sometimes up to `max`. */
  length(max: number): number {
    return this.below(1 + (this.once(4) ? max : Math.min(max, 1 + this.below(24))));
  }
}
