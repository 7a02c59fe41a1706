import { toHex } from '../core/format.ts';

/** Counts the calls that were sent and not answered yet, by canister. */
export class UnansweredCalls {
  readonly #counts = new Map<string, number>();

  count(callee: Uint8Array): number {
    return this.#counts.get(toHex(callee)) ?? 0;
  }

  /** Counts one more, or with -1 one less. */
  add(callee: Uint8Array, by: 1 | -1): void {
    const key = toHex(callee);
    const count = (this.#counts.get(key) ?? 0) + by;
    if (count > 0) this.#counts.set(key, count);
    else this.#counts.delete(key);
  }

  clear(): void {
    this.#counts.clear();
  }
}
