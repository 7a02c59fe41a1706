import { MAX_COMPARED, type OrderJudge } from '../../../key-order/judge.ts';
import type { KeyPair } from '../../../key-order/orders.ts';
import type { KeyForm, NodeReader } from '../nodes/node.ts';

/** Keys on either side of a violation that are used to find the damaged key: more than three nodes have. */
const WINDOW = 40;
/** Maximum windows kept in one walk. */
const MAX_WINDOWS = 64;

/** A key that the walk has reached. */
export interface SeenKey {
  readonly bytes: Uint8Array;
  /** Address in the map's memory. */
  readonly address: number;
  /** The address of its node. */
  readonly node: number;
}

/** The keys around a violation, in the walk's order. */
export interface Window {
  readonly keys: SeenKey[];
  /** True if no key comes before the first one, or after the last one. */
  readonly atStart: boolean;
  atEnd: boolean;
}

/** A key that does not come after the one before it. */
export interface Violation extends KeyPair {
  readonly way: readonly string[];
  /** The addresses of the nodes from the root down to the key's. */
  readonly nodes: readonly number[];
  /** Shared with other violations nearby; undefined if there are too many. */
  readonly window: Window | undefined;
}

/** The place of a walk. */
export interface Place {
  readonly way: readonly string[];
  readonly nodes: readonly number[];
}

/** Checks that keys ascend, in the order in which a walk reaches them. */
export class OrderCheck {
  readonly judge: OrderJudge<Violation>;
  /** Ring of slots for the last keys, so that a key of the usual size needs no new array. */
  readonly #ring: { bytes: Uint8Array; address: number; node: number }[] = [];
  /** Keys seen since the last one that could not be compared. */
  #count = 0;
  #interrupted = false;
  #window: Window | undefined;
  #windows = 0;
  /** The window ends with this key. */
  #until = 0;

  constructor(judge: OrderJudge<Violation>) {
    this.judge = judge;
  }

  /** Takes the walk's next key: key `index` of the decoded node. `place` is called when a key is out of order. */
  next(node: NodeReader, index: number, place: () => Place): void {
    const length = node.keyLength[index] ?? 0;
    if (index >= node.keys || length > MAX_COMPARED) {
      this.#finishWindow(false);
      this.#count = 0;
      this.#interrupted = true;
      return;
    }
    const before = this.#ring[(this.#count - 1) % WINDOW];
    const key = this.#slot(length);
    node.copy(node.keyStart[index] ?? 0, key.bytes);
    key.address = node.addressOf(node.keyStart[index] ?? 0);
    key.node = node.address;
    this.#count += 1;
    if (before && this.#count > 1)
      this.judge.next(before.bytes, key.bytes, () => this.#violation(before.bytes, key.bytes, place()));
    if (this.#window === undefined) return;
    this.#window.keys.push({ ...key, bytes: key.bytes.slice() });
    if (this.#count >= this.#until) this.#finishWindow(false);
  }

  /** Ends the check. No key follows. */
  end(): void {
    this.#finishWindow(true);
  }

  #slot(length: number): { bytes: Uint8Array; address: number; node: number } {
    const place = this.#count % WINDOW;
    const old = this.#ring[place];
    if (old?.bytes.length === length) return old;
    const slot = { bytes: new Uint8Array(length), address: 0, node: 0 };
    this.#ring[place] = slot;
    return slot;
  }

  #violation(before: Uint8Array, after: Uint8Array, { way, nodes }: Place): Violation {
    this.#until = this.#count + WINDOW;
    if (this.#window === undefined && this.#windows < MAX_WINDOWS) {
      this.#windows += 1;
      // `next` adds the key that is out of order, after those before it.
      const earlier = Math.min(this.#count - 1, WINDOW - 1);
      const keys = Array.from({ length: earlier }, (_, index) => this.#ring[(this.#count - 1 - earlier + index) % WINDOW]);
      this.#window = {
        keys: keys.flatMap((key) => (key ? [{ ...key, bytes: key.bytes.slice() }] : [])),
        atStart: earlier === this.#count - 1 && !this.#interrupted,
        atEnd: false,
      };
    }
    return { before: before.slice(), after: after.slice(), way, nodes, window: this.#window };
  }

  #finishWindow(atEnd: boolean): void {
    if (this.#window) this.#window.atEnd = atEnd;
    this.#window = undefined;
  }
}

/** Returns the pairs of adjacent keys in a node. */
export function pairsOf(node: NodeReader, form: KeyForm): readonly KeyPair[] {
  node.decode(form);
  const keys = Array.from({ length: node.keys }, (_, index) => {
    const key = new Uint8Array(Math.min(MAX_COMPARED, node.keyLength[index] ?? 0));
    node.copy(node.keyStart[index] ?? 0, key);
    return key;
  });
  return keys.slice(1).map((after, index) => ({ before: keys[index] ?? after, after }));
}
