import { putU32 } from '../layout.ts';
import { type EntryRun, VALUES } from '../nodes/tree-node.ts';

/** An entry that is not in a node yet. There is only one at a time: the next one replaces it. */
export class NewEntry {
  /** Bytes of the size field of a key; 0 if all keys have the same length. */
  readonly #prefix: number;
  #room = new Uint8Array(256);
  readonly #starts = new Array<number>(VALUES + 2).fill(0);

  constructor(prefix: number) {
    this.#prefix = prefix;
  }

  set(key: Uint8Array, value: Uint8Array): EntryRun {
    const middle = this.#prefix + key.length;
    const end = middle + 4 + value.length;
    if (end > this.#room.length) this.#room = new Uint8Array(2 * end);
    const bytes = this.#room;
    if (this.#prefix > 0) putU32(bytes, 0, key.length);
    bytes.set(key, this.#prefix);
    putU32(bytes, middle, value.length);
    bytes.set(value, middle + 4);
    this.#starts[1] = middle;
    this.#starts[VALUES] = middle;
    this.#starts[VALUES + 1] = end;
    return { of: { bytes, starts: this.#starts, count: 1 }, from: 0, to: 1 };
  }
}
