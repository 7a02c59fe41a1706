import { FEW, mergeUpwards, splitTowards } from './b-tree-balance.ts';
import { checkNodes } from './b-tree-check.ts';
import { ORDER, TreeNodes } from './b-tree-nodes.ts';
import { Way } from './b-tree-way.ts';

export interface Pair {
  readonly key: number;
  readonly value: number;
}

/** The neighbours of a place in the order of keys. */
export interface Gap {
  /** The highest pair whose key is not above. */
  readonly before: Pair | undefined;
  /** The lowest pair whose key is above. */
  readonly after: Pair | undefined;
}

/**
 * A set of pairs of numbers in the order of their keys, and of their values where keys are equal: a B+ tree, whose branches may also
 * know the greatest value below each child. Insertion, deletion and every search take logarithmic time, a million pairs some 30 MB; near
 * the last pair that was looked for they take less.
 */
export class BTree {
  readonly #ranksValues: boolean;
  #nodes: TreeNodes;
  #way: Way;
  #size = 0;
  /** The rank that was found last, in whichever leaf: what is looked for next mostly stands right before or behind it. */
  #rank = 0;

  /** `ranksValues`: whether the greatest values will be asked for. */
  constructor(ranksValues = false) {
    this.#ranksValues = ranksValues;
    this.#nodes = new TreeNodes(ranksValues);
    this.#way = new Way(this.#nodes);
  }

  get size(): number {
    return this.#size;
  }

  /** The greatest value of all pairs; undefined where there are none, or where the tree does not rank them. */
  get greatestValue(): number | undefined {
    return this.#size === 0 || !this.#ranksValues ? undefined : this.#nodes.level(0).mostOf(this.#nodes.root);
  }

  clear(): void {
    this.#nodes = new TreeNodes(this.#ranksValues);
    this.#way = new Way(this.#nodes);
    this.#size = 0;
  }

  /** Adds a pair that is not there yet. */
  insert(key: number, value: number): void {
    const { leaves } = this.#nodes;
    let leaf = this.#way.seek(key, value);
    if (leaves.countOf(leaf) === ORDER) {
      splitTowards(this.#nodes, key, value);
      this.#way.forget();
      leaf = this.#way.seek(key, value);
    }
    const slot = this.#rankIn(leaf, key, value);
    leaves.insert(leaf, slot, key, value);
    this.#size++;
    if (slot === 0) this.#way.lowerBounds(key, value);
    if (this.#ranksValues) this.#way.raiseGreatest(value);
  }

  /** Removes a pair; false where it is not there. */
  delete(key: number, value: number): boolean {
    const leaf = this.#way.seek(key, value);
    const slot = this.#find(leaf, key, value);
    if (slot < 0) return false;
    this.#removeAt(leaf, slot, value);
    return true;
  }

  /** Puts a pair, which is not there yet, in the place of another one. False where that is not there. */
  replace(key: number, value: number, newKey: number, newValue: number): boolean {
    const { leaves } = this.#nodes;
    const leaf = this.#way.seek(key, value);
    const slot = this.#find(leaf, key, value);
    if (slot < 0) return false;
    const staysInOrder =
      this.#way.reaches(newKey, newValue) &&
      (slot === 0 || !leaves.isBelow(newKey, newValue, leaf, slot - 1)) &&
      (slot === leaves.countOf(leaf) - 1 || leaves.isBelow(newKey, newValue, leaf, slot + 1));
    if (!staysInOrder) {
      this.#removeAt(leaf, slot, value);
      this.insert(newKey, newValue);
      return true;
    }
    leaves.put(leaf, slot, newKey, newValue);
    if (slot === 0) this.#way.lowerBounds(newKey, newValue);
    if (this.#ranksValues && newValue >= value) this.#way.raiseGreatest(newValue);
    else if (this.#ranksValues) this.#way.findGreatest(value);
    return true;
  }

  /** The highest pair that is not above this one. */
  floor(key: number, value = Number.POSITIVE_INFINITY): Pair | undefined {
    const leaf = this.#way.seek(key, value);
    return this.#pairBefore(leaf, this.#rankIn(leaf, key, value));
  }

  /** The lowest pair above this one. */
  above(key: number, value = Number.POSITIVE_INFINITY): Pair | undefined {
    const leaf = this.#way.seek(key, value);
    return this.#pairFrom(leaf, this.#rankIn(leaf, key, value));
  }

  /** The lowest pair whose key is not below this one. */
  ceiling(key: number): Pair | undefined {
    return this.above(key, Number.NEGATIVE_INFINITY);
  }

  /** What `floor` and `above` answer, in one search. */
  around(key: number): Gap {
    const leaf = this.#way.seek(key, Number.POSITIVE_INFINITY);
    const rank = this.#rankIn(leaf, key, Number.POSITIVE_INFINITY);
    return { before: this.#pairBefore(leaf, rank), after: this.#pairFrom(leaf, rank) };
  }

  /** The highest pair of all. */
  last(): Pair | undefined {
    return this.floor(Number.POSITIVE_INFINITY);
  }

  /** The lowest pair whose value is not below `value`, in a tree that ranks them. */
  firstOfValue(value: number): Pair | undefined {
    const { branches, leaves, height } = this.#nodes;
    let node = this.#nodes.root;
    for (let depth = 0; depth < height; depth++) {
      let slot = 0;
      while (slot < branches.countOf(node) && branches.greatestAt(node, slot) < value) slot++;
      if (slot === branches.countOf(node)) return undefined;
      node = branches.childAt(node, slot);
    }
    for (let slot = 0; slot < leaves.countOf(node); slot++)
      if (leaves.valueAt(node, slot) >= value) return this.#pairAt(node, slot);
    return undefined;
  }

  /** The pairs from `ceiling(from)` on, in order. The tree must not change meanwhile. */
  *pairs(from = Number.NEGATIVE_INFINITY): Generator<Pair, void, undefined> {
    const { leaves } = this.#nodes;
    let leaf = this.#way.seek(from, Number.NEGATIVE_INFINITY);
    let slot = leaves.rank(leaf, from, Number.NEGATIVE_INFINITY);
    for (; leaf >= 0; leaf = leaves.nextOf(leaf), slot = 0) {
      for (; slot < leaves.countOf(leaf); slot++) yield this.#pairAt(leaf, slot);
    }
  }

  /** The laws of the tree that do not hold, as sentences. */
  check(): string[] {
    return checkNodes(this.#nodes, this.#size);
  }

  /** How many pairs of a leaf are not above this one. */
  #rankIn(leaf: number, key: number, value: number): number {
    this.#rank = this.#nodes.leaves.rank(leaf, key, value);
    return this.#rank;
  }

  /** The slot of this very pair in a leaf; less than 0 where it is not there. */
  #find(leaf: number, key: number, value: number): number {
    const { leaves } = this.#nodes;
    if (leaves.has(leaf, this.#rank - 1, key, value)) return this.#rank - 1;
    if (leaves.has(leaf, this.#rank, key, value)) return this.#rank;
    const slot = this.#rankIn(leaf, key, value) - 1;
    return leaves.has(leaf, slot, key, value) ? slot : -1;
  }

  /** Removes what is in a slot of the leaf at the end of the way. */
  #removeAt(leaf: number, slot: number, value: number): void {
    const { leaves } = this.#nodes;
    leaves.remove(leaf, slot);
    this.#size--;
    if (this.#ranksValues) this.#way.findGreatest(value);
    if (leaves.countOf(leaf) < FEW && mergeUpwards(this.#nodes, this.#way)) this.#way.forget();
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
