import { sha256 } from '@noble/hashes/sha2.js';
import { viewOf } from '../core/memory/memory.ts';

/** Random bytes that only a seed decides, so that two recordings are equal. */
export class Random {
  readonly #state = new Uint8Array(16);

  constructor(seed: bigint) {
    viewOf(this.#state).setBigUint64(0, seed, true);
  }

  /** Returns the next 32 bytes. */
  next(): Uint8Array {
    const view = viewOf(this.#state);
    view.setBigUint64(8, view.getBigUint64(8, true) + 1n, true);
    return sha256(this.#state);
  }
}
