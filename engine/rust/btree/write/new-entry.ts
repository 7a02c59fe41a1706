import { putU32 } from '../layout.ts';
import { type EntryRun, VALUES } from '../nodes/tree-node.ts';

/** An entry that is in no node yet. There is one at a time: the next one takes its place. */
export class NewEntry {
  /** Bytes of a key's size: none where all keys are as long. */
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
