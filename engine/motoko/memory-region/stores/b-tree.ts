import { MIN_COUNT, mergeUpwards, splitTowards } from './b-tree-balance.ts';
import { checkNodes } from './b-tree-check.ts';
import { ORDER, TreeNodes } from './b-tree-nodes.ts';
import { DescentPath } from './b-tree-path.ts';

export interface Pair {
  readonly key: number;
  readonly value: number;
}

/** The pairs before and after a key. */
export interface Gap {
  /** The highest pair whose key is not above. */
  readonly before: Pair | undefined;
  /** The lowest pair whose key is above. */
  readonly after: Pair | undefined;
}

/**
 * A set of pairs of numbers, ordered by key and, for equal keys, by value. It is a B+ tree, whose branches may also store the
 * greatest value below each child. Insertion, deletion and every search take logarithmic time, and less near the last pair that
 * was searched for. A million pairs take some 30 MB.
 */
export class BTree {
  readonly #ranksValues: boolean;
  #nodes: TreeNodes;
  #path: DescentPath;
  #size = 0;
  /** The rank in a leaf that was found last. The next search mostly ends right before or after it. */
  #rank = 0;

  /** `ranksValues`: true if the greatest values are needed. */
  constructor(ranksValues = false) {
    this.#ranksValues = ranksValues;
    this.#nodes = new TreeNodes(ranksValues);
    this.#path = new DescentPath(this.#nodes);
  }

  get size(): number {
    return this.#size;
  }

  /** Returns the greatest value of all pairs, or undefined if there are none or the tree does not rank values. */
  get greatestValue(): number | undefined {
    return this.#size === 0 || !this.#ranksValues ? undefined : this.#nodes.level(0).greatestIn(this.#nodes.root);
  }

  clear(): void {
    this.#nodes = new TreeNodes(this.#ranksValues);
    this.#path = new DescentPath(this.#nodes);
    this.#size = 0;
  }

  /** Returns a tree with the same pairs in the same nodes. */
  copy(): BTree {
    const copy = new BTree(this.#ranksValues);
    copy.#nodes = this.#nodes.copy();
    copy.#path = new DescentPath(copy.#nodes);
    copy.#size = this.#size;
    return copy;
  }

  /** Adds a pair, which must not be there yet. */
  insert(key: number, value: number): void {
    const { leaves } = this.#nodes;
    let leaf = this.#path.seek(key, value);
    if (leaves.countOf(leaf) === ORDER) {
      splitTowards(this.#nodes, key, value);
      this.#path.forget();
      leaf = this.#path.seek(key, value);
    }
    const slot = this.#rankIn(leaf, key, value);
    leaves.insert(leaf, slot, key, value);
    this.#size++;
    if (slot === 0) this.#path.lowerBounds(key, value);
    if (this.#ranksValues) this.#path.raiseGreatest(value);
  }

  /** Removes a pair. Returns false if it is not there. */
  delete(key: number, value: number): boolean {
    const leaf = this.#path.seek(key, value);
    const slot = this.#find(leaf, key, value);
    if (slot < 0) return false;
    this.#removeAt(leaf, slot, value);
    return true;
  }

  /** Replaces a pair by one that must not be there yet. Returns false if the old pair is not there. */
  replace(key: number, value: number, newKey: number, newValue: number): boolean {
    const { leaves } = this.#nodes;
    const leaf = this.#path.seek(key, value);
    const slot = this.#find(leaf, key, value);
    if (slot < 0) return false;
    const staysInOrder =
      this.#path.reaches(newKey, newValue) &&
      (slot === 0 || !leaves.isBelow(newKey, newValue, leaf, slot - 1)) &&
      (slot === leaves.countOf(leaf) - 1 || leaves.isBelow(newKey, newValue, leaf, slot + 1));
    if (!staysInOrder) {
      this.#removeAt(leaf, slot, value);
      this.insert(newKey, newValue);
      return true;
    }
    leaves.put(leaf, slot, newKey, newValue);
    if (slot === 0) this.#path.lowerBounds(newKey, newValue);
    if (this.#ranksValues && newValue >= value) this.#path.raiseGreatest(newValue);
    else if (this.#ranksValues) this.#path.findGreatest(value);
    return true;
  }

  /** Returns the highest pair that is not above this one. */
  floor(key: number, value = Number.POSITIVE_INFINITY): Pair | undefined {
    const leaf = this.#path.seek(key, value);
    return this.#pairBefore(leaf, this.#rankIn(leaf, key, value));
  }

  /** Returns the lowest pair above this one. */
  above(key: number, value = Number.POSITIVE_INFINITY): Pair | undefined {
    const leaf = this.#path.seek(key, value);
    return this.#pairFrom(leaf, this.#rankIn(leaf, key, value));
  }

  /** Returns the lowest pair whose key is not below this one. */
  ceiling(key: number): Pair | undefined {
    return this.above(key, Number.NEGATIVE_INFINITY);
  }

  /** Returns the results of `floor` and `above`, in one search. */
  around(key: number): Gap {
    const leaf = this.#path.seek(key, Number.POSITIVE_INFINITY);
    const rank = this.#rankIn(leaf, key, Number.POSITIVE_INFINITY);
    return { before: this.#pairBefore(leaf, rank), after: this.#pairFrom(leaf, rank) };
  }

  /** Returns the highest pair. */
  last(): Pair | undefined {
    return this.floor(Number.POSITIVE_INFINITY);
  }

  /**
   * Returns the lowest pair whose value is not below `value`, in a tree that ranks values. `onPass` hears of each pair before it
   * that is looked at, and of each node that is skipped: its lowest key and its greatest value.
   */
  firstOfValue(value: number, onPass?: (what: 'node' | 'block', pair: Pair) => void): Pair | undefined {
    const { branches, leaves, height } = this.#nodes;
    let node = this.#nodes.root;
    for (let depth = 0; depth < height; depth++) {
      let slot = 0;
      for (; slot < branches.countOf(node) && branches.greatestAt(node, slot) < value; slot++)
        onPass?.('node', { key: branches.keyAt(node, slot), value: branches.greatestAt(node, slot) });
      if (slot === branches.countOf(node)) return undefined;
      node = branches.childAt(node, slot);
    }
    for (let slot = 0; slot < leaves.countOf(node); slot++) {
      if (leaves.valueAt(node, slot) >= value) return this.#pairAt(node, slot);
      onPass?.('block', this.#pairAt(node, slot));
    }
    return undefined;
  }

  /** Yields the pairs from `ceiling(from)` on, in order. The tree must not change meanwhile. */
  *pairs(from = Number.NEGATIVE_INFINITY): Generator<Pair, void, undefined> {
    const { leaves } = this.#nodes;
    let leaf = this.#path.seek(from, Number.NEGATIVE_INFINITY);
    let slot = leaves.rank(leaf, from, Number.NEGATIVE_INFINITY);
    for (; leaf >= 0; leaf = leaves.nextOf(leaf), slot = 0) {
      for (; slot < leaves.countOf(leaf); slot++) yield this.#pairAt(leaf, slot);
    }
  }

  /** Returns the violated invariants of the tree, as sentences. */
  check(): string[] {
    return checkNodes(this.#nodes, this.#size);
  }

  /** Returns the number of pairs of a leaf that are not above this one. */
  #rankIn(leaf: number, key: number, value: number): number {
    this.#rank = this.#nodes.leaves.rank(leaf, key, value);
    return this.#rank;
  }

  /** Returns the slot of exactly this pair in a leaf, or a negative number if it is not there. */
  #find(leaf: number, key: number, value: number): number {
    const { leaves } = this.#nodes;
    if (leaves.has(leaf, this.#rank - 1, key, value)) return this.#rank - 1;
    if (leaves.has(leaf, this.#rank, key, value)) return this.#rank;
    const slot = this.#rankIn(leaf, key, value) - 1;
    return leaves.has(leaf, slot, key, value) ? slot : -1;
  }

  /** Removes the pair in a slot of the leaf at the end of the path. */
  #removeAt(leaf: number, slot: number, value: number): void {
    const { leaves } = this.#nodes;
    leaves.remove(leaf, slot);
    this.#size--;
    if (this.#ranksValues) this.#path.findGreatest(value);
    if (leaves.countOf(leaf) < MIN_COUNT && mergeUpwards(this.#nodes, this.#path)) this.#path.forget();
  }

  #pairBefore(leaf: number, slot: number): Pair | undefined {
    if (slot > 0) return this.#pairAt(leaf, slot - 1);
    const { leaves } = this.#nodes;
    const previous = leaves.previousOf(leaf);
    return previous < 0 ? undefined : this.#pairAt(previous, leaves.countOf(previous) - 1);
  }

  #pairFrom(leaf: number, slot: number): Pair | undefined {
    const { leaves } = this.#nodes;
    if (slot < leaves.countOf(leaf)) return this.#pairAt(leaf, slot);
    const next = leaves.nextOf(leaf);
    return next < 0 ? undefined : this.#pairAt(next, 0);
  }

  #pairAt(leaf: number, slot: number): Pair {
    const { leaves } = this.#nodes;
    return { key: leaves.keyAt(leaf, slot), value: leaves.valueAt(leaf, slot) };
  }
}
