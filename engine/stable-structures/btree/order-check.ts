import { at, type Span } from '../../memory/memory.ts';
import { LONGEST_COMPARED, type OrderJudge } from '../order-judge.ts';
import type { KeyPair } from '../orders.ts';
import type { KeyForm, NodeReader } from './node.ts';

/** Between two keys that lie side by side there is at most the second one's size. */
const GAP = 4;

/** A key that does not come behind the one before it. */
export interface Violation extends KeyPair {
  /** Both keys where they lie side by side, otherwise the one that stands out. */
  readonly at: Span;
  readonly way: readonly string[];
}

/** In place of the address of a key that is not there, or too long to be compared. */
const NONE = -1;

/** Checks that keys ascend, as a walk comes to them. */
export class OrderCheck {
  readonly judge: OrderJudge<Violation>;
  // The last key and the one before it, in buffers that take turns: there is no new object for a key of the usual size.
  #last = new Uint8Array();
  #lastAddress = NONE;
  #lastButOne = new Uint8Array();
  #lastButOneAddress = NONE;
  #spare = new Uint8Array();

  constructor(judge: OrderJudge<Violation>) {
    this.judge = judge;
  }

  /** Takes the walk's next key: key `index` of the decoded node. `way` is asked where a key is out of order. */
  next(node: NodeReader, index: number, way: () => readonly string[]): void {
    const length = node.keyLength[index] ?? 0;
    const comparable = index < node.keys && length <= LONGEST_COMPARED;
    const start = node.keyStart[index] ?? 0;
    const key = comparable && this.#spare.length !== length ? new Uint8Array(length) : this.#spare;
    const address = comparable ? node.addressOf(start) : NONE;
    if (comparable) node.copy(start, key);
    if (address !== NONE && this.#lastAddress !== NONE) {
      this.judge.next(this.#last, key, () => this.#violation(key, address, way()));
    }
    this.#spare = this.#lastButOne;
    this.#lastButOne = this.#last;
    this.#lastButOneAddress = this.#lastAddress;
    this.#last = key;
    this.#lastAddress = address;
  }

  #violation(key: Uint8Array, address: number, way: readonly string[]): Violation {
    const [before, after] = [this.#last.slice(), key.slice()];
    const behindLast = this.#lastAddress + before.length;
    let span: Span = { start: at(0, address), length: after.length };
    if (address >= behindLast && address <= behindLast + GAP) {
      span = { start: at(0, this.#lastAddress), length: address + after.length - this.#lastAddress };
    } else if (this.#lastButOneAddress !== NONE && this.judge.compare(this.#lastButOne, key) < 0) {
      // Without the last key all would be well.
      span = { start: at(0, this.#lastAddress), length: before.length };
    }
    return { before, after, at: span, way };
  }
}

/** The neighbours among a node's keys. */
export function pairsOf(node: NodeReader, form: KeyForm): readonly KeyPair[] {
  node.decode(form);
  const keys = Array.from({ length: node.keys }, (_, index) => {
    const key = new Uint8Array(Math.min(LONGEST_COMPARED, node.keyLength[index] ?? 0));
    node.copy(node.keyStart[index] ?? 0, key);
    return key;
  });
  return keys.slice(1).map((after, index) => ({ before: keys[index] ?? after, after }));
}
