/** Slots in a node. */
export const ORDER = 64;
/** Numbers per node: a key and a value in each slot. */
const WIDTH = 2 * ORDER;
/** Maximum numbers that are copied one by one. More are copied faster all at once. */
const MAX_COPIED_SINGLY = 48;

/**
 * Nodes of one kind in flat arrays of numbers, without objects, so that a search touches little memory. A node is identified by
 * its number. Each slot has a pair of numbers, key and value, and the pairs of a node are in order.
 */
class Nodes {
  /** Number of slots in use, by node. */
  counts = new Uint8Array(1);
  /** Keys and values, alternating; `WIDTH` numbers per node. */
  protected pairs = new Float64Array(WIDTH);
  #made = 0;
  readonly #vacant: number[] = [];

  /** Returns an empty node. */
  create(): number {
    const node = this.#vacant.pop() ?? this.#made++;
    if (node === this.counts.length) this.enlarge(Math.ceil(1.5 * node));
    return node;
  }

  /** Releases a node for reuse. */
  release(node: number): void {
    this.counts[node] = 0;
    this.#vacant.push(node);
  }

  countOf(node: number): number {
    return this.counts[node] ?? 0;
  }

  keyAt(node: number, slot: number): number {
    return this.pairs[node * WIDTH + 2 * slot] ?? 0;
  }

  valueAt(node: number, slot: number): number {
    return this.pairs[node * WIDTH + 2 * slot + 1] ?? 0;
  }

  /** Returns whether a slot has exactly this pair. */
  has(node: number, slot: number, key: number, value: number): boolean {
    const place = node * WIDTH + 2 * slot;
    return slot >= 0 && slot < this.countOf(node) && this.pairs[place] === key && this.pairs[place + 1] === value;
  }

  /** Returns whether a pair is below the one in a slot. */
  isBelow(key: number, value: number, node: number, slot: number): boolean {
    const there = this.keyAt(node, slot);
    return key < there || (key === there && value < this.valueAt(node, slot));
  }

  /** Returns the number of slots with a pair that is not above this one. */
  rank(node: number, key: number, value: number): number {
    const { pairs } = this;
    const first = node * WIDTH;
    let low = 0;
    let high = this.countOf(node);
    while (low < high) {
      const middle = (low + high) >>> 1;
      const there = pairs[first + 2 * middle] ?? 0;
      if (there < key || (there === key && (pairs[first + 2 * middle + 1] ?? 0) <= value)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  put(node: number, slot: number, key: number, value: number): void {
    this.pairs[node * WIDTH + 2 * slot] = key;
    this.pairs[node * WIDTH + 2 * slot + 1] = value;
  }

  insert(node: number, slot: number, key: number, value: number): void {
    this.shift(node, slot, 1);
    this.put(node, slot, key, value);
  }

  remove(node: number, slot: number): void {
    this.shift(node, slot + 1, -1);
  }

  /** Returns the greatest value in or below a node. */
  greatestIn(node: number): number {
    let greatest = Number.NEGATIVE_INFINITY;
    for (let slot = 0; slot < this.countOf(node); slot++) greatest = Math.max(greatest, this.valueAt(node, slot));
    return greatest;
  }

  /** Moves the slots from `from` on to the end of another node. */
  move(node: number, from: number, to: number): void {
    const count = this.countOf(node);
    this.pairs.copyWithin(to * WIDTH + 2 * this.countOf(to), node * WIDTH + 2 * from, node * WIDTH + 2 * count);
    this.counts[to] = this.countOf(to) + count - from;
    this.counts[node] = from;
  }

  /** Moves the slots from `from` on by one, up or down. */
  protected shift(node: number, from: number, by: 1 | -1): void {
    const { pairs } = this;
    const count = this.countOf(node);
    const start = node * WIDTH + 2 * from;
    const end = node * WIDTH + 2 * count;
    if (end - start > MAX_COPIED_SINGLY) pairs.copyWithin(start + 2 * by, start, end);
    else if (by > 0) for (let place = end - 1; place >= start; place--) pairs[place + 2] = pairs[place] ?? 0;
    else for (let place = start; place < end; place++) pairs[place - 2] = pairs[place] ?? 0;
    this.counts[node] = count + by;
  }

  /** Takes over the content of other nodes of the same kind. */
  copyFrom(other: Nodes): void {
    this.counts = other.counts.slice();
    this.pairs = other.pairs.slice();
    this.#made = other.#made;
    this.#vacant.push(...other.#vacant);
  }

  /** Makes room for `nodes` nodes in total. */
  protected enlarge(nodes: number): void {
    this.counts = enlarged(this.counts, new Uint8Array(nodes));
    this.pairs = enlarged(this.pairs, new Float64Array(nodes * WIDTH));
  }
}

/** The leaves of a tree, which hold its pairs. Each has links to the leaves on both sides, or -1 if there is none. */
export class Leaves extends Nodes {
  #previous = new Int32Array(1);
  #next = new Int32Array(1);

  override create(): number {
    const leaf = super.create();
    this.#previous[leaf] = -1;
    this.#next[leaf] = -1;
    return leaf;
  }

  override release(leaf: number): void {
    this.#link(this.previousOf(leaf), this.nextOf(leaf));
    super.release(leaf);
  }

  previousOf(leaf: number): number {
    return this.#previous[leaf] ?? -1;
  }

  nextOf(leaf: number): number {
    return this.#next[leaf] ?? -1;
  }

  /** Inserts a new leaf after another one. */
  linkAfter(leaf: number, right: number): void {
    this.#link(right, this.nextOf(leaf));
    this.#link(leaf, right);
  }

  override copyFrom(other: Leaves): void {
    super.copyFrom(other);
    this.#previous = other.#previous.slice();
    this.#next = other.#next.slice();
  }

  protected override enlarge(nodes: number): void {
    super.enlarge(nodes);
    this.#previous = enlarged(this.#previous, new Int32Array(nodes));
    this.#next = enlarged(this.#next, new Int32Array(nodes));
  }

  #link(left: number, right: number): void {
    if (left >= 0) this.#next[left] = right;
    if (right >= 0) this.#previous[right] = left;
  }
}

/**
 * The branches of a tree. Each slot has a child, a pair that is not above any of the child's, and, if the tree ranks values, the
 * greatest value below.
 */
export class Branches extends Nodes {
  readonly #ranksValues: boolean;
  #children = new Uint32Array(ORDER);
  #greatest = new Float64Array(ORDER);

  constructor(ranksValues: boolean) {
    super();
    this.#ranksValues = ranksValues;
  }

  childAt(branch: number, slot: number): number {
    return this.#children[branch * ORDER + slot] ?? 0;
  }

  greatestAt(branch: number, slot: number): number {
    return this.#greatest[branch * ORDER + slot] ?? 0;
  }

  setGreatest(branch: number, slot: number, value: number): void {
    this.#greatest[branch * ORDER + slot] = value;
  }

  /** Puts a child, which must not be empty, into a slot. `nodes` are the nodes of its level. */
  insertChild(branch: number, slot: number, child: number, nodes: Leaves | Branches): void {
    this.insert(branch, slot, nodes.keyAt(child, 0), nodes.valueAt(child, 0));
    this.#children[branch * ORDER + slot] = child;
    if (this.#ranksValues) this.setGreatest(branch, slot, nodes.greatestIn(child));
  }

  override greatestIn(branch: number): number {
    let greatest = Number.NEGATIVE_INFINITY;
    for (let slot = 0; slot < this.countOf(branch); slot++) greatest = Math.max(greatest, this.greatestAt(branch, slot));
    return greatest;
  }

  override move(branch: number, from: number, to: number): void {
    const target = to * ORDER + this.countOf(to);
    const start = branch * ORDER + from;
    const end = branch * ORDER + this.countOf(branch);
    this.#children.copyWithin(target, start, end);
    this.#greatest.copyWithin(target, start, end);
    super.move(branch, from, to);
  }

  protected override shift(branch: number, from: number, by: 1 | -1): void {
    const start = branch * ORDER + from;
    const end = branch * ORDER + this.countOf(branch);
    this.#children.copyWithin(start + by, start, end);
    this.#greatest.copyWithin(start + by, start, end);
    super.shift(branch, from, by);
  }

  override copyFrom(other: Branches): void {
    super.copyFrom(other);
    this.#children = other.#children.slice();
    this.#greatest = other.#greatest.slice();
  }

  protected override enlarge(nodes: number): void {
    super.enlarge(nodes);
    this.#children = enlarged(this.#children, new Uint32Array(nodes * ORDER));
    this.#greatest = enlarged(this.#greatest, new Float64Array(nodes * ORDER));
  }
}

/** All nodes of one tree. */
export class TreeNodes {
  readonly ranksValues: boolean;
  readonly leaves = new Leaves();
  readonly branches: Branches;
  root = this.leaves.create();
  /** Number of branches above each leaf. */
  height = 0;

  constructor(ranksValues: boolean) {
    this.ranksValues = ranksValues;
    this.branches = new Branches(ranksValues);
  }

  copy(): TreeNodes {
    const copy = new TreeNodes(this.ranksValues);
    copy.leaves.copyFrom(this.leaves);
    copy.branches.copyFrom(this.branches);
    copy.root = this.root;
    copy.height = this.height;
    return copy;
  }

  /** Returns the nodes at a depth below the root. */
  level(depth: number): Leaves | Branches {
    return depth < this.height ? this.branches : this.leaves;
  }
}

function enlarged<Numbers extends Uint8Array | Int32Array | Uint32Array | Float64Array>(old: Numbers, empty: Numbers): Numbers {
  empty.set(old);
  return empty;
}
