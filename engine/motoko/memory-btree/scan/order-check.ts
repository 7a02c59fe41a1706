import type { AddressRange, ReadableMemory } from '../../../core/memory/memory.ts';
import { readStored } from '../../../core/structure.ts';
import { MAX_COMPARED, type OrderJudge } from '../../../key-order/judge.ts';
import type { KeyPair } from '../../../key-order/orders.ts';
import { leafAt } from '../node.ts';
import { elementOf, entryOf, type Tree } from '../tree.ts';
import type { LeafOrder } from './leaf-order.ts';

/** Maximum keys, spread over all, and maximum leaves that are sampled to find out the order of the keys. */
const SAMPLED_KEYS = 512;
const SAMPLED_LEAVES = 64;

/** A key and its place: in its entry, or as a separator in its branch. */
export interface PlacedKey {
  readonly bytes: Uint8Array;
  readonly memory: ReadableMemory;
  readonly at: AddressRange;
  readonly path: () => readonly string[];
}

/** A pair of neighbouring keys in the wrong order. */
export interface Violation extends KeyPair {
  /** The key that is out of place. */
  readonly culprit: PlacedKey;
}

/** Checks that keys ascend, with separators between them. */
export class OrderCheck {
  readonly #judge: OrderJudge<Violation>;
  #last: PlacedKey | undefined;
  #lastButOne: PlacedKey | undefined;

  constructor(judge: OrderJudge<Violation>) {
    this.#judge = judge;
  }

  /** Takes the next key, or undefined if it cannot be read. `separator` is the one before it in the branches. */
  next(key: PlacedKey | undefined, separator: PlacedKey | undefined): void {
    const last = this.#last;
    const comparable = key && key.bytes.length <= MAX_COMPARED ? key : undefined;
    if (comparable && last) this.#judge.next(last.bytes, comparable.bytes, () => this.#violation(last, comparable));
    if (comparable && separator && !isEqual(separator.bytes, comparable.bytes)) {
      this.#compareSeparator(separator.bytes, comparable.bytes, separator);
      if (last) this.#compareSeparator(last.bytes, separator.bytes, separator);
    }
    this.#lastButOne = last;
    this.#last = comparable;
  }

  #compareSeparator(before: Uint8Array, after: Uint8Array, culprit: PlacedKey): void {
    this.#judge.next(before, after, () => ({ before, after, culprit }));
  }

  #violation(last: PlacedKey, key: PlacedKey): Violation {
    // If the order is right without the last key, that one is out of place.
    const lastStandsOut = this.#lastButOne !== undefined && this.#judge.compare(this.#lastButOne.bytes, key.bytes) < 0;
    return { before: last.bytes, after: key.bytes, culprit: lastStandsOut ? last : key };
  }
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

/** Returns pairs of neighbouring keys, spread over all leaves; in a small tree all pairs. */
export function samplePairs(tree: Tree, { leaves }: LeafOrder): readonly KeyPair[] {
  const pairs: KeyPair[] = [];
  const leafStep = Math.max(1, Math.ceil(leaves.length / SAMPLED_LEAVES));
  const keysALeaf = SAMPLED_KEYS / Math.max(1, Math.ceil(leaves.length / leafStep));
  let before: Uint8Array | undefined;
  for (let position = 0; position < leaves.length; position += leafStep) {
    const leaf = leafAt(tree, leaves[position]?.address ?? 0);
    const step = Math.max(1, Math.ceil((leaf?.count ?? 0) / keysALeaf));
    for (let index = 0; leaf && index < leaf.count; index += step) {
      const { key } = elementOf(tree, leaf, entryOf(tree, leaf, index), index);
      const after = key && key.size <= MAX_COMPARED ? readStored(key) : undefined;
      if (before && after) pairs.push({ before, after });
      before = after;
    }
  }
  return pairs;
}
