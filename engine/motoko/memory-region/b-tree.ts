/** Slots in a node. */
const ORDER = 64;
/** A node with fewer is merged with a neighbour where both fit in one. */
const FEW = ORDER / 4;
/** More slots are moved faster all at once than one by one. */
const MANY = 16;

export interface Pair {
  readonly key: number;
  readonly value: number;
}

/** A leaf holds pairs; a branch holds, for each child, a pair that is not above any of the child's, and the child's greatest value. */
class Node {
  count = 0;
  readonly keys = new Float64Array(ORDER);
  readonly values = new Float64Array(ORDER);
  /** The greatest value in or below each slot, where the tree wants to know: in a leaf the very values. */
  readonly greatest: Float64Array | undefined;
  readonly children: Node[] | undefined;
  /** The leaf on either side. */
  previous: Node | undefined;
  next: Node | undefined;

  constructor(children: Node[] | undefined, ranksValues: boolean) {
    this.children = children;
    if (ranksValues) this.greatest = children ? new Float64Array(ORDER) : this.values;
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
    if (this.greatest) for (let slot = 0; slot < this.count; slot++) most = Math.max(most, this.greatest[slot] ?? most);
    return most;
  }

  insert(slot: number, key: number, value: number): void {
    this.#shift(slot, 1);
    this.keys[slot] = key;
    this.values[slot] = value;
  }

  /** Puts a child, which is not empty, into a slot. */
  insertChild(slot: number, child: Node): void {
    this.insert(slot, child.keys[0] ?? 0, child.values[0] ?? 0);
    this.children?.splice(slot, 0, child);
    if (this.greatest) this.greatest[slot] = child.mostOf();
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
      if (this.greatest) to.greatest?.set(this.greatest.subarray(from, this.count), to.count);
      to.children?.push(...this.children.splice(from));
    }
    to.count += this.count - from;
    this.count = from;
  }

  /** Moves the slots from `from` on by one, up or down. */
  #shift(from: number, by: 1 | -1): void {
    const moved = this.count - from;
    if (moved > MANY) {
      this.keys.copyWithin(from + by, from, this.count);
      this.values.copyWithin(from + by, from, this.count);
    } else {
      for (let done = 0; done < moved; done++) {
        const slot = by > 0 ? this.count - 1 - done : from + done;
        this.keys[slot + by] = this.keys[slot] ?? 0;
        this.values[slot + by] = this.values[slot] ?? 0;
      }
    }
    if (this.children) this.greatest?.copyWithin(from + by, from, this.count);
    this.count += by;
  }
}

/**
 * A set of pairs of numbers in the order of their keys, and of their values where keys are equal: a B+ tree, whose branches may also
 * know the greatest value below each child. Insertion, deletion and every search take logarithmic time, a million pairs some 30 MB; near
 * the last pair that was looked for they take less.
 */
export class BTree {
  readonly #ranksValues: boolean;
  #root: Node;
  #size = 0;
  /** The leaf that was looked for last, while no node has been split or merged since. */
  #leaf: Node | undefined;
  /** The way to that leaf: the branches, and the slot taken in each. */
  readonly #path: Node[] = [];
  readonly #slots: number[] = [];
  /** The leaf's bounds: a pair belongs there that is not below the lower and not from the upper on. */
  #lowKey = Number.NEGATIVE_INFINITY;
  #lowValue = Number.NEGATIVE_INFINITY;
  #highKey = Number.POSITIVE_INFINITY;
  #highValue = Number.POSITIVE_INFINITY;

  /** `ranksValues`: whether the greatest values will be asked for. */
  constructor(ranksValues = false) {
    this.#ranksValues = ranksValues;
    this.#root = new Node(undefined, ranksValues);
  }

  get size(): number {
    return this.#size;
  }

  /** The greatest value of all pairs; undefined where there are none, or where the tree does not rank them. */
  get greatestValue(): number | undefined {
    return this.#size === 0 || !this.#ranksValues ? undefined : this.#root.mostOf();
  }

  clear(): void {
    this.#root = new Node(undefined, this.#ranksValues);
    this.#size = 0;
    this.#leaf = undefined;
  }

  /** Adds a pair that is not there yet. */
  insert(key: number, value: number): void {
    let leaf = this.#seek(key, value);
    if (leaf.count === ORDER) {
      this.#splitTowards(key, value);
      leaf = this.#seek(key, value);
    }
    const slot = leaf.rank(key, value);
    leaf.insert(slot, key, value);
    this.#size++;
    if (slot === 0) this.#lowerBounds(key, value);
    if (this.#ranksValues) this.#raiseGreatest(value);
  }

  /** Removes a pair; false where it is not there. */
  delete(key: number, value: number): boolean {
    const leaf = this.#seek(key, value);
    const slot = leaf.rank(key, value) - 1;
    if (slot < 0 || leaf.keys[slot] !== key || leaf.values[slot] !== value) return false;
    leaf.remove(slot);
    this.#size--;
    if (this.#ranksValues) this.#findGreatest(value);
    if (leaf.count < FEW) this.#mergeUpwards();
    return true;
  }

  /** Gives the pair of `key` another value, where no other pair has this key. False where it is not there. */
  replace(key: number, value: number, by: number): boolean {
    const leaf = this.#seek(key, value);
    const slot = leaf.rank(key, value) - 1;
    if (slot < 0 || leaf.keys[slot] !== key || leaf.values[slot] !== value) return false;
    if (slot === leaf.count - 1 && this.#highKey === key) {
      // The bound of the leaf to the right is an older pair of the same key, perhaps between the two values.
      this.delete(key, value);
      this.insert(key, by);
      return true;
    }
    leaf.values[slot] = by;
    if (slot === 0) this.#lowerBounds(key, by);
    if (this.#ranksValues && by >= value) this.#raiseGreatest(by);
    else if (this.#ranksValues) this.#findGreatest(value);
    return true;
  }

  /** Gives a pair another key, which none of this value has. False where it is not there. */
  rekey(key: number, value: number, by: number): boolean {
    const leaf = this.#seek(key, value);
    const slot = leaf.rank(key, value) - 1;
    if (slot < 0 || leaf.keys[slot] !== key || leaf.values[slot] !== value) return false;
    const isInOrder =
      this.#isInReach(by, value) &&
      (slot === 0 || isBelow(leaf.keys[slot - 1] ?? 0, leaf.values[slot - 1] ?? 0, by, value)) &&
      (slot === leaf.count - 1 || isBelow(by, value, leaf.keys[slot + 1] ?? 0, leaf.values[slot + 1] ?? 0));
    if (isInOrder) {
      leaf.keys[slot] = by;
      if (slot === 0) this.#lowerBounds(by, value);
    } else {
      this.delete(key, value);
      this.insert(by, value);
    }
    return true;
  }

  /** The highest pair that is not above this one. */
  floor(key: number, value = Number.POSITIVE_INFINITY): Pair | undefined {
    const leaf = this.#seek(key, value);
    const slot = leaf.rank(key, value) - 1;
    if (slot >= 0) return pairAt(leaf, slot);
    return leaf.previous && pairAt(leaf.previous, leaf.previous.count - 1);
  }

  /** The lowest pair above this one. */
  above(key: number, value = Number.POSITIVE_INFINITY): Pair | undefined {
    const leaf = this.#seek(key, value);
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

  /** The lowest pair whose value is not below `value`, in a tree that ranks them. */
  firstOfValue(value: number): Pair | undefined {
    let node = this.#root;
    while (true) {
      let slot = 0;
      while (slot < node.count && (node.greatest?.[slot] ?? value) < value) slot++;
      if (slot === node.count) return undefined;
      const child = node.children?.[slot];
      if (!child) return pairAt(node, slot);
      node = child;
    }
  }

  /** The pairs from `ceiling(from)` on, in order. The tree must not change meanwhile. */
  *pairs(from = Number.NEGATIVE_INFINITY): Generator<Pair, void, undefined> {
    let leaf: Node | undefined = this.#seek(from, Number.NEGATIVE_INFINITY);
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
          if (node.greatest && node.greatest[slot] !== child.mostOf())
            violations.push('A branch is wrong about the greatest value below it.');
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

  /** The leaf that a pair belongs to, and the way to it. */
  #seek(key: number, value: number): Node {
    if (this.#leaf && this.#isInReach(key, value)) return this.#leaf;
    this.#lowKey = this.#lowValue = Number.NEGATIVE_INFINITY;
    this.#highKey = this.#highValue = Number.POSITIVE_INFINITY;
    let node = this.#root;
    let depth = 0;
    for (; node.children; depth++) {
      const rank = node.rank(key, value);
      if (rank > 0) {
        this.#lowKey = node.keys[rank - 1] ?? 0;
        this.#lowValue = node.values[rank - 1] ?? 0;
      }
      const slot = Math.max(0, rank - 1);
      if (slot + 1 < node.count) {
        this.#highKey = node.keys[slot + 1] ?? 0;
        this.#highValue = node.values[slot + 1] ?? 0;
      }
      const child = node.children[slot];
      if (!child) throw new Error('A branch of the tree has lost a child.');
      this.#path[depth] = node;
      this.#slots[depth] = slot;
      node = child;
    }
    this.#path.length = depth;
    this.#slots.length = depth;
    this.#leaf = node;
    return node;
  }

  /** Whether a pair belongs to the leaf that was looked for last. */
  #isInReach(key: number, value: number): boolean {
    return !isBelow(key, value, this.#lowKey, this.#lowValue) && isBelow(key, value, this.#highKey, this.#highValue);
  }

  /** Splits every full node on the way to where a pair belongs, from the root on, so that each parent has room. */
  #splitTowards(key: number, value: number): void {
    this.#leaf = undefined;
    if (this.#root.count === ORDER) {
      const root = new Node([], this.#ranksValues);
      root.insertChild(0, this.#root);
      split(root, 0);
      this.#root = root;
    }
    for (let node = this.#root; node.children; ) {
      const slot = Math.max(0, node.rank(key, value) - 1);
      const child = node.children[slot];
      if (!child) throw new Error('A branch of the tree has lost a child.');
      if (child.count === ORDER) split(node, slot);
      else node = child;
    }
  }

  /** The pair is the first of the leaf that was looked for: no bound on the way there may be above it. */
  #lowerBounds(key: number, value: number): void {
    for (const [depth, branch] of this.#path.entries()) {
      const slot = this.#slots[depth] ?? 0;
      if (!isBelow(key, value, branch.keys[slot] ?? 0, branch.values[slot] ?? 0)) continue;
      branch.keys[slot] = key;
      branch.values[slot] = value;
    }
  }

  /** The leaf that was looked for has this value now. */
  #raiseGreatest(value: number): void {
    for (const [depth, { greatest }] of this.#path.entries()) {
      const slot = this.#slots[depth] ?? 0;
      if (greatest && value > (greatest[slot] ?? value)) greatest[slot] = value;
    }
  }

  /** The leaf that was looked for no longer has this value. */
  #findGreatest(value: number): void {
    let child = this.#leaf;
    for (let depth = this.#path.length - 1; depth >= 0; depth--) {
      const branch = this.#path[depth];
      const slot = this.#slots[depth] ?? 0;
      if (child && branch?.greatest?.[slot] === value) branch.greatest[slot] = child.mostOf();
      child = branch;
    }
  }

  /** Merges what has few slots with a neighbour, from the leaf that was looked for upwards. */
  #mergeUpwards(): void {
    for (let depth = this.#path.length - 1; depth >= 0; depth--) {
      const branch = this.#path[depth];
      const slot = this.#slots[depth] ?? 0;
      if (!branch || (branch.children?.[slot]?.count ?? FEW) >= FEW || !mergeChild(branch, slot)) break;
      this.#leaf = undefined;
    }
    while (this.#root.children && this.#root.count < 2)
      this.#root = this.#root.children[0] ?? new Node(undefined, this.#ranksValues);
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
  const right = new Node(child.children && [], child.greatest !== undefined);
  // Blocks mostly come in rising order; a leaf that grows at its end is left nearly full instead of half.
  const from = !child.children && !child.next ? ORDER - FEW : ORDER / 2;
  child.move(from, right);
  if (!child.children) {
    right.next = child.next;
    right.previous = child;
    if (child.next) child.next.previous = right;
    child.next = right;
  }
  if (parent.greatest) parent.greatest[slot] = child.mostOf();
  parent.insertChild(slot + 1, right);
}

/** Merges a child that has few slots with a neighbour, where both fit in one node; an empty one always goes. False where nothing was done. */
function mergeChild(parent: Node, slot: number): boolean {
  const child = parent.children?.[slot];
  if (!parent.children || !child) return false;
  const leftSlot = slot + 1 < parent.count ? slot : slot - 1;
  const left = parent.children[leftSlot];
  const right = parent.children[leftSlot + 1];
  if (left && right) {
    if (left.count + right.count > ORDER) return false;
    right.move(0, left);
    if (parent.greatest) parent.greatest[leftSlot] = left.mostOf();
    unlink(right);
    parent.remove(leftSlot + 1);
    return true;
  }
  if (child.count > 0) return false;
  unlink(child);
  parent.remove(slot);
  return true;
}

function unlink(leaf: Node): void {
  if (leaf.children) return;
  if (leaf.previous) leaf.previous.next = leaf.next;
  if (leaf.next) leaf.next.previous = leaf.previous;
}
