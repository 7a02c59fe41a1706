import { at } from '../../memory/memory.ts';
import type { Pair } from './b-tree.ts';
import { Branch, Leaf, ORDER } from './max-node.ts';

const FEWEST = ORDER / 2;

/**
 * The B+ tree by address in which MemoryRegion 0.2 and later keep their free blocks, each node with its largest block: MaxBpTree of
 * augmented-btrees 0.8.0, order 32. It is rebuilt step by step, for among blocks of equal size the one found depends on the tree's history.
 */
export class MaxTree {
  #root: Leaf | Branch = new Leaf();
  #size = 0;
  /** The way to the leaf of the last search: branches, and the child taken in each. */
  readonly #branches: Branch[] = [];
  readonly #slots: number[] = [];

  get size(): number {
    return this.#size;
  }

  /** The block that the root has as the largest. */
  get largest(): Pair | undefined {
    return this.#size === 0 ? undefined : { key: this.#root.address, value: this.#root.size };
  }

  /** The block that the leaf has as the largest where the nodes' largest lead to: as large, but where sizes are equal maybe another one. */
  get largestInLeaf(): Pair | undefined {
    let node = this.#root;
    while (node instanceof Branch) node = childAt(node, node.maxAt);
    return this.#size === 0 ? undefined : { key: node.address, value: node.size };
  }

  clear(): void {
    this.#root = new Leaf();
    this.#size = 0;
  }

  /** Adds a block whose address is not there yet. */
  insert(address: number, size: number): void {
    const leaf = this.#descend(address);
    const entry = { address: at(0, address), size };
    const slot = leaf.rank(address);
    this.#size++;
    if (leaf.count < ORDER) {
      leaf.insert(slot, entry);
      leaf.consider(slot);
      this.#considerUpwards(this.#branches.length - 1);
      return;
    }
    const right = new Leaf();
    leaf.split(slot, entry, right);
    linkAfter(leaf, right);
    this.#addRight(leaf, right, right.items[0]?.address ?? address);
  }

  /** Gives a block another size. False where it is not there. */
  replace(address: number, size: number, by: number): boolean {
    const leaf = this.#descend(address);
    const slot = leaf.rank(address);
    const entry = leaf.items[slot];
    if (entry?.address !== address || entry.size !== size) return false;
    leaf.items[slot] = { address: entry.address, size: by };
    if (leaf.address === address && by < leaf.size) leaf.rescan();
    else leaf.consider(slot);
    let child: Leaf | Branch = leaf;
    for (let depth = this.#branches.length - 1; depth >= 0; depth--) {
      const branch = this.#branchAt(depth);
      if (branch.address === address && by < branch.size) branch.rescan();
      else if (child.size > branch.size) branch.take(this.#slotAt(depth));
      child = branch;
    }
    return true;
  }

  /** Removes a block; false where it is not there. */
  delete(address: number, size: number): boolean {
    const leaf = this.#descend(address);
    const slot = leaf.rank(address);
    const entry = leaf.items[slot];
    if (entry?.address !== address || entry.size !== size) return false;
    leaf.remove(slot);
    this.#size--;
    for (const branch of this.#branches.toReversed()) if (branch.size === size) branch.rescan();
    if (slot === 0 && this.#branches.length > 0) this.#raiseKey(leaf);
    this.#refill(leaf);
    return true;
  }

  /** The block with the highest address that is not above this one. */
  floor(address: number): Pair | undefined {
    const leaf = this.#descend(address);
    const slot = leaf.rank(address + 1) - 1;
    return slot >= 0 ? pairAt(leaf, slot) : leaf.previous && pairAt(leaf.previous, leaf.previous.count - 1);
  }

  /** The block with the lowest address that is not below this one. */
  ceiling(address: number): Pair | undefined {
    const leaf = this.#descend(address);
    const slot = leaf.rank(address);
    return slot < leaf.count ? pairAt(leaf, slot) : leaf.next && pairAt(leaf.next, 0);
  }

  /** The blocks from `ceiling(from)` on. The tree must not change meanwhile. */
  *pairs(from = 0): Generator<Pair, void, undefined> {
    let leaf: Leaf | undefined = this.#descend(from);
    let slot = leaf.rank(from);
    for (; leaf; leaf = leaf.next, slot = 0) {
      for (; slot < leaf.count; slot++) {
        const pair = pairAt(leaf, slot);
        if (pair) yield pair;
      }
    }
  }

  /** The laws of the tree that do not hold, as sentences. */
  check(): string[] {
    const violations: string[] = [];
    let level: (Leaf | Branch)[] = [this.#root];
    let count = 0;
    while (level.length > 0) {
      const below: (Leaf | Branch)[] = [];
      for (const node of level) {
        const most = node.items.reduce((largest, item) => Math.max(largest, item.size), -1);
        const there = node.items[node.maxAt];
        if (node.size !== most) violations.push(`A node has ${node.size} as its largest size, and a block of ${most}.`);
        if (node.count > 0 && there?.size !== node.size) violations.push('A node names an item that has not the largest size.');
        if (node.count > ORDER || (node !== this.#root && node.count < FEWEST))
          violations.push(`A node has ${node.count} items.`);
        if (node instanceof Leaf) count += node.count;
        else below.push(...node.items);
        if (node instanceof Branch && node.keys.length !== node.count - 1)
          violations.push('A branch has lost count of its keys.');
      }
      level = below;
    }
    let last = -1;
    let listed = 0;
    for (const { key } of this.pairs()) {
      if (key <= last) violations.push(`The addresses ${last} and ${key} are out of order.`);
      if (this.ceiling(key)?.key !== key) violations.push(`The block at ${key} is not found.`);
      last = key;
      listed++;
    }
    if (count !== this.#size || listed !== this.#size)
      violations.push(`${count} blocks, ${listed} in order, and ${this.#size} counted.`);
    return violations;
  }

  #descend(address: number): Leaf {
    this.#branches.length = 0;
    this.#slots.length = 0;
    let node = this.#root;
    while (node instanceof Branch) {
      const slot = node.slotOf(address);
      this.#branches.push(node);
      this.#slots.push(slot);
      node = childAt(node, slot);
    }
    return node;
  }

  #branchAt(depth: number): Branch {
    const branch = this.#branches[depth];
    if (!branch) throw new Error('The way to a leaf has a gap.');
    return branch;
  }

  #slotAt(depth: number): number {
    return this.#slots[depth] ?? 0;
  }

  #considerUpwards(from: number): void {
    for (let depth = from; depth >= 0; depth--) this.#branchAt(depth).consider(this.#slotAt(depth));
  }

  /** Tells the branches above of a node that has split: `right` stands behind `left` now. */
  #addRight(splitLeft: Leaf | Branch, splitRight: Leaf | Branch, firstKey: number): void {
    let left = splitLeft;
    let right = splitRight;
    let key = firstKey;
    for (let depth = this.#branches.length - 1; depth >= 0; depth--) {
      const parent = this.#branchAt(depth);
      const slot = this.#slotAt(depth);
      if (parent.maxAt === slot || left.size > parent.size) parent.take(slot);
      if (parent.count < ORDER) {
        parent.keys.splice(slot, 0, key);
        parent.insert(slot + 1, right);
        if (right.size > parent.size) parent.take(slot + 1);
        this.#considerUpwards(depth - 1);
        return;
      }
      const half = new Branch();
      key = parent.splitWithKey(slot + 1, right, key, half);
      left = parent;
      right = half;
    }
    const root = new Branch();
    root.items = [left, right];
    root.keys = [key];
    root.rescan();
    this.#root = root;
  }

  /** The first block of a leaf is gone: the key before the leaf becomes the address of the next. */
  #raiseKey(leaf: Leaf): void {
    const first = leaf.items[0];
    for (let depth = this.#branches.length - 1; first && depth >= 0; depth--) {
      const slot = this.#slotAt(depth);
      if (slot === 0) continue;
      this.#branchAt(depth).keys[slot - 1] = first.address;
      return;
    }
  }

  /** Where a node has too few items, it gets some of a neighbour, or becomes one with it. */
  #refill(leaf: Leaf): void {
    let node: Leaf | Branch = leaf;
    for (let depth = this.#branches.length - 1; depth >= 0 && node.count < FEWEST; depth--) {
      const parent = this.#branchAt(depth);
      const slot = this.#slotAt(depth);
      if (borrow(parent, slot)) return;
      mergeChild(parent, slot);
      node = parent;
    }
    if (this.#root instanceof Branch && this.#root.count === 1) this.#root = childAt(this.#root, 0);
  }
}

/** Evens a child out with the neighbour that has more, the left one if both are the same; false where they fit in one node. */
function borrow(parent: Branch, slot: number): boolean {
  const node = childAt(parent, slot);
  const left = parent.items[slot - 1];
  const right = parent.items[slot + 1];
  const fromRight = right !== undefined && right.count > (left ?? node).count;
  const neighbour = fromRight ? right : left;
  if (!neighbour || node.count + neighbour.count < ORDER) return false;
  const moved = Math.floor((node.count + neighbour.count) / 2) - node.count;
  const neighbourSlot = fromRight ? slot + 1 : slot - 1;
  const hadLargest = parent.maxAt === neighbourSlot;
  const keyAt = fromRight ? slot : slot - 1;
  const key = parent.keys[keyAt] ?? 0;
  if (node instanceof Leaf && neighbour instanceof Leaf) {
    if (fromRight) node.borrowFromRight(neighbour, moved);
    else node.borrowFromLeft(neighbour, moved);
    parent.keys[keyAt] = (fromRight ? neighbour : node).items[0]?.address ?? key;
  } else if (node instanceof Branch && neighbour instanceof Branch) {
    if (fromRight) {
      node.borrowFromRight(neighbour, moved);
      node.keys.push(key, ...neighbour.keys.splice(0, moved - 1));
      parent.keys[keyAt] = neighbour.keys.shift() ?? key;
    } else {
      node.borrowFromLeft(neighbour, moved);
      node.keys.unshift(...neighbour.keys.splice(neighbour.keys.length - moved + 1), key);
      parent.keys[keyAt] = neighbour.keys.pop() ?? key;
    }
  }
  if (hadLargest) parent.rescan();
  return true;
}

/** Makes a child one with its left neighbour, or the first with its right one. */
function mergeChild(parent: Branch, slot: number): void {
  const leftSlot = Math.max(0, slot - 1);
  const left = childAt(parent, leftSlot);
  const right = childAt(parent, leftSlot + 1);
  const [key] = parent.keys.splice(leftSlot, 1);
  if (left instanceof Leaf && right instanceof Leaf) {
    left.merge(right);
    left.next = right.next;
    if (right.next) right.next.previous = left;
  } else if (left instanceof Branch && right instanceof Branch) {
    left.merge(right);
    left.keys.push(key ?? 0, ...right.keys);
  }
  parent.items.splice(leftSlot + 1, 1);
  parent.rescan();
}

function linkAfter(leaf: Leaf, right: Leaf): void {
  right.previous = leaf;
  right.next = leaf.next;
  if (leaf.next) leaf.next.previous = right;
  leaf.next = right;
}

function childAt(branch: Branch, slot: number): Leaf | Branch {
  const child = branch.items[slot];
  if (!child) throw new Error('A branch of the tree has lost a child.');
  return child;
}

function pairAt(leaf: Leaf, slot: number): Pair | undefined {
  const entry = leaf.items[slot];
  return entry && { key: entry.address, value: entry.size };
}
