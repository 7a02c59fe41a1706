import { at, type Span } from '../../memory/memory.ts';
import { judgeOrder, type KeyOrder, type KeyPair } from './key-order.ts';
import type { KeyForm, NodeReader } from './node.ts';

/** Longer keys are not compared. */
const LONGEST_COMPARED = 4096;
/** So many pairs of a sample are judged. */
const MOST_SAMPLED = 512;
/** So many violations are kept, to be judged again at the end. */
const MOST_KEPT = 256;
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

/**
 * Checks that keys ascend, as a walk comes to them. The order is the one that a sample of the tree follows; what offends it is judged again
 * at the end, as another order may explain it, of whose peculiarity the sample had nothing.
 */
export class OrderCheck {
  readonly #sample: readonly KeyPair[];
  readonly #order: KeyOrder;
  readonly #kept: Violation[] = [];
  #violations = 0;
  #pairs = 0;
  // The last key and the one before it, in buffers that take turns: there is no new object for a key of the usual size.
  #last = new Uint8Array();
  #lastAddress = NONE;
  #lastButOne = new Uint8Array();
  #lastButOneAddress = NONE;
  #spare = new Uint8Array();

  constructor(sample: readonly NodeReader[], form: KeyForm) {
    const pairs = sample.flatMap((node) => pairsOf(node, form));
    const step = Math.ceil(pairs.length / MOST_SAMPLED);
    this.#sample = pairs.filter((_, index) => index % step === 0);
    this.#order = judgeOrder(this.#sample).order;
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
      this.#pairs += 1;
      if (this.#order.compare(this.#last, key) >= 0) {
        this.#violations += 1;
        if (this.#kept.length < MOST_KEPT) this.#kept.push(this.#violation(key, address, way()));
      }
    }
    this.#spare = this.#lastButOne;
    this.#lastButOne = this.#last;
    this.#lastButOneAddress = this.#lastAddress;
    this.#last = key;
    this.#lastAddress = address;
  }

  /** What is out of order, in the order that explains most; its name is undefined where none explains nearly all. */
  finish(): { readonly order: string | undefined; readonly violations: readonly Violation[] } {
    if (this.#violations === 0) return { order: this.#order.name, violations: [] };
    const judged = judgeOrder([...this.#sample, ...this.#kept]);
    const violations = this.#kept.filter(({ before, after }) => judged.order.compare(before, after) >= 0);
    const all = judged.order.name === this.#order.name ? this.#violations : violations.length;
    return all > this.#tolerance() ? { order: undefined, violations: [] } : { order: judged.order.name, violations };
  }

  /** More keys out of order than this are no damage, but an order that only the canister's program knows. */
  #tolerance(): number {
    return this.#pairs < 40 ? Math.max(1, Math.floor(this.#pairs / 10)) : Math.max(3, this.#pairs / 50);
  }

  #violation(key: Uint8Array, address: number, way: readonly string[]): Violation {
    const [before, after] = [this.#last.slice(), key.slice()];
    const behindLast = this.#lastAddress + before.length;
    let span: Span = { start: at(0, address), length: after.length };
    if (address >= behindLast && address <= behindLast + GAP) {
      span = { start: at(0, this.#lastAddress), length: address + after.length - this.#lastAddress };
    } else if (this.#lastButOneAddress !== NONE && this.#order.compare(this.#lastButOne, key) < 0) {
      // Without the last key all would be well.
      span = { start: at(0, this.#lastAddress), length: before.length };
    }
    return { before, after, at: span, way };
  }
}

/** The neighbours among a node's keys. */
function pairsOf(node: NodeReader, form: KeyForm): readonly KeyPair[] {
  node.decode(form);
  const keys = Array.from({ length: node.keys }, (_, index) => {
    const key = new Uint8Array(Math.min(LONGEST_COMPARED, node.keyLength[index] ?? 0));
    node.copy(node.keyStart[index] ?? 0, key);
    return key;
  });
  return keys.slice(1).map((after, index) => ({ before: keys[index] ?? after, after }));
}
