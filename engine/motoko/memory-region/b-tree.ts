/** Slots in a node. */
const ORDER = 64;
/** A node with fewer is merged with a neighbour where both fit in one. */
const FEW = ORDER / 4;

export interface Pair {
  readonly key: number;
  readonly value: number;
}

/** A leaf holds pairs; a branch holds, for each child, a pair that is not above any of the child's, and the child's greatest value. */
class Node {
  count = 0;
  readonly keys = new Float64Array(ORDER);
  readonly values = new Float64Array(ORDER);
  /** The greatest value in or below each slot: in a leaf the very values. */
  readonly greatest: Float64Array;
  readonly children: Node[] | undefined;
  /** The leaf on either side. */
  previous: Node | undefined;
  next: Node | undefined;

  constructor(children: Node[] | undefined) {
    this.children = children;
    this.greatest = children ? new Float64Array(ORDER) : this.values;
  }

  /** How many slots have a pair that is not above this one. */
  rank(key: number, value: number): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const there = this.keys[middle] ?? 0;
      if (there < key || (there === key && (this.values[middle] ?? 0) <= value)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  mostOf(): number {
    let most = Number.NEGATIVE_INFINITY;
    for (let slot = 0; slot < this.count; slot++) most = Math.max(most, this.greatest[slot] ?? most);
    return most;
  }

  insert(slot: number, key: number, value: number, greatest: number, child?: Node): void {
    this.#shift(slot, 1);
    this.keys[slot] = key;
    this.values[slot] = value;
    this.greatest[slot] = greatest;
    if (child) this.children?.splice(slot, 0, child);
  }

  remove(slot: number): void {
    this.#shift(slot + 1, -1);
    this.children?.splice(slot, 1);
  }

  /** Moves the slots from `from` on to the end of `to`. */
  move(from: number, to: Node): void {
    to.keys.set(this.keys.subarray(from, this.count), to.count);
    to.values.set(this.values.subarray(from, this.count), to.count);
    if (this.children) {
      to.greatest.set(this.greatest.subarray(from, this.count), to.count);
      to.children?.push(...this.children.splice(from));
    }
    to.count += this.count - from;
    this.count = from;
  }

  #shift(from: number, by: number): void {
    this.keys.copyWithin(from + by, from, this.count);
    this.values.copyWithin(from + by, from, this.count);
    if (this.children) this.greatest.copyWithin(from + by, from, this.count);
    this.count += by;
  }
}

/**
 * A set of pairs of numbers in the order of their keys, and of their values where keys are equal: a B+ tree whose branches also know
 * the greatest value below each child. Insertion, deletion and every search take logarithmic time, a million pairs some 30 MB.
 */
export class BTree {
  #root = new Node(undefined);
  #size = 0;
  /** The way to the leaf of the last descent: the branches, and the slot taken in each. */
  readonly #path: Node[] = [];
  readonly #slots: number[] = [];

  get size(): number {
    return this.#size;
  }

  /** The greatest value of all pairs; undefined where there are none. */
  get greatestValue(): number | undefined {
    return this.#size === 0 ? undefined : this.#root.mostOf();
  }

  clear(): void {
    this.#root = new Node(undefined);
    this.#size = 0;
  }

  /** Adds a pair that is not there yet. */
  insert(key: number, value: number): void {
    if (this.#root.count === ORDER) {
      const root = new Node([this.#root]);
      root.count = 1;
      root.keys[0] = this.#root.keys[0] ?? 0;
      root.values[0] = this.#root.values[0] ?? 0;
      root.greatest[0] = this.#root.mostOf();
      split(root, 0);
      this.#root = root;
    }
    let node = this.#root;
    while (node.children) {
      let slot = Math.max(0, node.rank(key, value) - 1);
      let child = node.children[slot];
      if (!child) throw new Error('A branch of the tree has lost a child.');
      if (child.count === ORDER) {
        split(node, slot);
        slot = Math.max(0, node.rank(key, value) - 1);
        child = node.children[slot] ?? child;
      }
      if (slot === 0 && isBelow(key, value, node.keys[0] ?? 0, node.values[0] ?? 0)) {
        node.keys[0] = key;
        node.values[0] = value;
      }
      if (value > (node.greatest[slot] ?? 0)) node.greatest[slot] = value;
      node = child;
    }
    node.insert(node.rank(key, value), key, value, value);
    this.#size++;
  }

  /** Removes a pair; false where it is not there. */
  delete(key: number, value: number): boolean {
    const leaf = this.#descend(key, value);
    const slot = leaf.rank(key, value) - 1;
    if (slot < 0 || leaf.keys[slot] !== key || leaf.values[slot] !== value) return false;
    leaf.remove(slot);
    this.#size--;
    let child = leaf;
    for (let depth = this.#path.length - 1; depth >= 0; depth--) {
      const parent = this.#path[depth];
      const at = this.#slots[depth];
      if (!parent || at === undefined) break;
      if (parent.greatest[at] === value) parent.greatest[at] = child.mostOf();
      if (child.count < FEW) mergeChild(parent, at);
      child = parent;
    }
    while (this.#root.children && this.#root.count < 2) this.#root = this.#root.children[0] ?? new Node(undefined);
    return true;
  }

  /** Gives the pair of `key` another value, where no other pair has this key. False where it is not there. */
  replace(key: number, value: number, by: number): boolean {
    const leaf = this.#descend(key, value);
    const slot = leaf.rank(key, value) - 1;
    if (slot < 0 || leaf.keys[slot] !== key || leaf.values[slot] !== value) return false;
    if (slot === leaf.count - 1) {
      // The bound of the leaf to the right may be an older pair of the same key, between the two values.
      this.delete(key, value);
      this.insert(key, by);
      return true;
    }
    leaf.values[slot] = by;
    let child = leaf;
    for (let depth = this.#path.length - 1; depth >= 0; depth--) {
      const parent = this.#path[depth];
      const at = this.#slots[depth];
      if (!parent || at === undefined) break;
      const greatest = parent.greatest[at] ?? by;
      if (by > greatest) parent.greatest[at] = by;
      else if (greatest === value) parent.greatest[at] = child.mostOf();
      // The bound of a child follows its first pair down.
      if (parent.keys[at] === key && (parent.values[at] ?? 0) > by) parent.values[at] = by;
      child = parent;
    }
    return true;
  }

  /** The highest pair that is not above this one. */
  floor(key: number, value = Number.POSITIVE_INFINITY): Pair | undefined {
    const leaf = this.#leafOf(key, value);
    const slot = leaf.rank(key, value) - 1;
    if (slot >= 0) return pairAt(leaf, slot);
    return leaf.previous && pairAt(leaf.previous, leaf.previous.count - 1);
  }

  /** The lowest pair above this one. */
  above(key: number, value = Number.POSITIVE_INFINITY): Pair | undefined {
    const leaf = this.#leafOf(key, value);
    const slot = leaf.rank(key, value);
    if (slot < leaf.count) return pairAt(leaf, slot);
    return leaf.next && pairAt(leaf.next, 0);
  }

  /** The lowest pair whose key is not below this one. */
  ceiling(key: number): Pair | undefined {
    return this.above(key, Number.NEGATIVE_INFINITY);
  }

  /** The highest pair of all. */
  last(): Pair | undefined {
    return this.floor(Number.POSITIVE_INFINITY);
  }

  /** The lowest pair whose value is not below `value`. */
  firstOfValue(value: number): Pair | undefined {
    let node = this.#root;
    while (true) {
      let slot = 0;
      while (slot < node.count && (node.greatest[slot] ?? value) < value) slot++;
      if (slot === node.count) return undefined;
      const child = node.children?.[slot];
      if (!child) return pairAt(node, slot);
      node = child;
    }
  }

  /** The pairs from `ceiling(from)` on, in order. The tree must not change meanwhile. */
  *pairs(from = Number.NEGATIVE_INFINITY): Generator<Pair, void, undefined> {
    let leaf: Node | undefined = this.#leafOf(from, Number.NEGATIVE_INFINITY);
    let slot = leaf.rank(from, Number.NEGATIVE_INFINITY);
    for (; leaf; leaf = leaf.next, slot = 0) {
      for (; slot < leaf.count; slot++) yield pairAt(leaf, slot);
    }
  }

  /** The laws of the tree that do not hold, as sentences. */
  check(): string[] {
    const violations: string[] = [];
    let last: Pair | undefined;
    let count = 0;
    for (const pair of this.pairs()) {
      if (last && !isBelow(last.key, last.value, pair.key, pair.value))
        violations.push(`The keys ${last.key} and ${pair.key} are out of order.`);
      last = pair;
      count++;
    }
    if (count !== this.#size) violations.push(`The leaves hold ${count} pairs, and ${this.#size} are counted.`);
    let level: Node[] = [this.#root];
    while (level.length > 0) {
      const below: Node[] = [];
      for (const node of level) {
        if (node.count === 0 && node !== this.#root) violations.push('A node is empty.');
        if (node.children && node.children.length !== node.count) violations.push('A branch has lost count of its children.');
        node.children?.forEach((child, slot) => {
          below.push(child);
          if (node.greatest[slot] !== child.mostOf()) violations.push('A branch is wrong about the greatest value below it.');
          const bound = pairAt(node, slot);
          const lowest = pairAt(child, 0);
          if (isBelow(lowest.key, lowest.value, bound.key, bound.value))
            violations.push(`The key ${lowest.key} lies below its branch.`);
        });
      }
      level = below;
    }
    return violations;
  }

  #leafOf(key: number, value: number): Node {
    let node = this.#root;
    while (node.children) {
      const child = node.children[Math.max(0, node.rank(key, value) - 1)];
      if (!child) throw new Error('A branch of the tree has lost a child.');
      node = child;
    }
    return node;
  }

  #descend(key: number, value: number): Node {
    let node = this.#root;
    this.#path.length = 0;
    this.#slots.length = 0;
    while (node.children) {
      const slot = Math.max(0, node.rank(key, value) - 1);
      const child = node.children[slot];
      if (!child) throw new Error('A branch of the tree has lost a child.');
      this.#path.push(node);
      this.#slots.push(slot);
      node = child;
    }
    return node;
  }
}

function isBelow(key: number, value: number, otherKey: number, otherValue: number): boolean {
  return key < otherKey || (key === otherKey && value < otherValue);
}

function pairAt(node: Node, slot: number): Pair {
  return { key: node.keys[slot] ?? 0, value: node.values[slot] ?? 0 };
}

/** Moves the upper half of a full child to a new one beside it. The parent has room. */
function split(parent: Node, slot: number): void {
  const child = parent.children?.[slot];
  if (!child) return;
  const right = new Node(child.children && []);
  // Blocks mostly come in rising order; a leaf that grows at its end is left nearly full instead of half.
  const from = !child.children && !child.next ? ORDER - FEW : ORDER / 2;
  child.move(from, right);
  if (!child.children) {
    right.next = child.next;
    right.previous = child;
    if (child.next) child.next.previous = right;
    child.next = right;
  }
  parent.greatest[slot] = child.mostOf();
  parent.insert(slot + 1, right.keys[0] ?? 0, right.values[0] ?? 0, right.mostOf(), right);
}

/** Merges a child that has few slots with a neighbour, where both fit in one node; an empty one always goes. */
function mergeChild(parent: Node, slot: number): void {
  const child = parent.children?.[slot];
  if (!parent.children || !child) return;
  const leftSlot = slot + 1 < parent.count ? slot : slot - 1;
  const left = parent.children[leftSlot];
  const right = parent.children[leftSlot + 1];
  if (left && right) {
    if (left.count + right.count > ORDER) return;
    right.move(0, left);
    parent.greatest[leftSlot] = left.mostOf();
    unlink(right);
    parent.remove(leftSlot + 1);
  } else if (child.count === 0) {
    unlink(child);
    parent.remove(slot);
  }
}

function unlink(leaf: Node): void {
  if (leaf.children) return;
  if (leaf.previous) leaf.previous.next = leaf.next;
  if (leaf.next) leaf.next.previous = leaf.previous;
}
