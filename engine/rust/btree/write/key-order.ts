import type { Compare } from '../../../key-order/orders.ts';
import { compareBytes } from '../../../values/codec.ts';
import type { KeyForm } from '../nodes/node.ts';

/** Bytes of a key that are looked at first: two numbers of 32 bits. */
export const HEAD_LENGTH = 8;

/** A key with its heads. */
export interface Sought {
  readonly key: Uint8Array;
  readonly first: number;
  readonly second: number;
}

/**
 * The order of a map's keys. A head of a key is a number of four of its bytes, the first comes first: of two keys the one with
 * the lower head comes first, and only between keys with the same heads all bytes decide. In an order that is not by bytes all
 * keys have the same heads.
 */
export class KeyOrder {
  readonly #compare: Compare | undefined;

  /** Byte by byte if nothing is said. */
  constructor(compare: Compare | undefined) {
    this.#compare = compare;
  }

  get byBytes(): boolean {
    return this.#compare === undefined;
  }

  /** What is looked for. */
  sought(key: Uint8Array): Sought {
    return { key, first: this.headAt(key, 0, key.length), second: this.headAt(key, 4, key.length) };
  }

  /** A head of the key that lies up to `end` in `bytes`: of the four bytes at `start`, zeros behind the key's end. */
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

  /** Below zero where `a` comes before `b`. */
  compare(a: Uint8Array, b: Uint8Array): number {
    return this.#compare ? this.#compare(a, b) : compareBytes(a, b);
  }
}

/** What is said of the keys of one tree. */
export interface Keys {
  readonly form: KeyForm;
  /** Bytes of a key's size before it: none where all keys are as long. */
  readonly prefix: 0 | 4;
  readonly order: KeyOrder;
}
