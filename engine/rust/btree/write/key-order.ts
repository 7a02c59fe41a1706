import type { Compare } from '../../../key-order/orders.ts';
import { compareBytes } from '../../../values/codec.ts';
import type { KeyForm } from '../nodes/node.ts';

/** Bytes of a key that are compared first, as two 32-bit numbers. */
export const HEAD_LENGTH = 8;

/** A key with its heads. */
export interface Sought {
  readonly key: Uint8Array;
  readonly first: number;
  readonly second: number;
}

/**
 * The order of a map's keys. A head is a big-endian number of four bytes of a key. The key with the lower head comes first; only
 * if all heads are equal, the whole keys are compared. If the order is not by bytes, all keys have the same heads.
 */
export class KeyOrder {
  readonly #compare: Compare | undefined;

  /** Without `compare` the order is byte by byte. */
  constructor(compare: Compare | undefined) {
    this.#compare = compare;
  }

  get byBytes(): boolean {
    return this.#compare === undefined;
  }

  /** Returns a key to search for. */
  sought(key: Uint8Array): Sought {
    return { key, first: this.headAt(key, 0, key.length), second: this.headAt(key, 4, key.length) };
  }

  /** Returns the head of a key that ends at `end` in `bytes`: the four bytes at `start`, with zeros after the end of the key. */
  headAt(bytes: Uint8Array, start: number, end: number): number {
    if (this.#compare) return 0;
    if (start + 4 <= end) {
      const upper = ((bytes[start] ?? 0) << 24) | ((bytes[start + 1] ?? 0) << 16);
      return (upper | ((bytes[start + 2] ?? 0) << 8) | (bytes[start + 3] ?? 0)) >>> 0;
    }
    let head = 0;
    for (let index = start; index < start + 4; index += 1) head = head * 256 + (index < end ? (bytes[index] ?? 0) : 0);
    return head;
  }

  /** Returns a number below zero if `a` comes before `b`. */
  compare(a: Uint8Array, b: Uint8Array): number {
    return this.#compare ? this.#compare(a, b) : compareBytes(a, b);
  }
}

/** The properties of the keys of a tree. */
export interface Keys {
  readonly form: KeyForm;
  /** Bytes of the size field in front of a key; 0 if all keys have the same length. */
  readonly prefix: 0 | 4;
  readonly order: KeyOrder;
}
