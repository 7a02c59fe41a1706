import { at } from '../../../core/memory/memory.ts';
import type { OnLook } from '../look.ts';
import { Trap } from '../trap.ts';
import type { Gap, Pair } from './b-tree.ts';
import { childAt, refill } from './max-balance.ts';
import { checkMaxTree } from './max-check.ts';
import { Branch, type Entry, Leaf, ORDER } from './max-node.ts';
import { type MaxRules, RULES_0_8 } from './max-rules.ts';

/**
 * The B+ tree by address in which MemoryRegion 0.2 and later keep their free blocks, with the largest block in each node:
 * MaxBpTree of augmented-btrees, order 32. It reproduces each step, because the block that is found among equal ones depends on
 * the tree's history.
 * @throws Trap only with the defects of the rules before 0.8.0, where the library traps, too.
 */
export class MaxTree {
  readonly #rules: MaxRules;
  #root: Leaf | Branch = new Leaf();
  #size = 0;

  constructor(rules = RULES_0_8) {
    this.#rules = rules;
  }

  get size(): number {
    return this.#size;
  }

  /** Returns the largest block according to the root. */
  get largest(): Pair | undefined {
    return this.#root.size < 0 ? undefined : { key: this.#root.address, value: this.#root.size };
  }

  /**
   * Returns the leaf that the nodes' largest items lead to. Of blocks of equal size, the leaf's largest can differ from the
   * root's.
   */
  leafOfLargest(onLook?: OnLook): Leaf {
    let node = this.#root;
    while (node instanceof Branch) {
      node = childAt(node, node.maxAt);
      if (onLook && node instanceof Branch) this.#look('branch', node, onLook);
    }
    if (onLook) this.#look('leaf', node, onLook);
    return node;
  }

  clear(): void {
    this.#root = new Leaf();
    this.#size = 0;
  }

  /** Adds a block, or changes the size of the block that already begins there. */
  insert(address: number, size: number): void {
    const leaf = this.leafOf(address);
    const slot = leaf.find(address);
    if (slot < 0) this.insertAt(leaf, -1 - slot, address, size);
    else this.replaceAt(leaf, slot, address, size);
  }

  /**
   * Changes the size of a block, or removes it and inserts the new one, as memory-region 1.4.0 does. Returns false if the old
   * block is not there.
   */
  replace(address: number, size: number, newAddress: number, newSize: number): boolean {
    const leaf = this.leafOf(address);
    const slot = leaf.find(address);
    if (leaf.items[slot]?.size !== size) return false;
    if (newAddress === address) this.replaceAt(leaf, slot, address, newSize);
    else {
      this.removeAt(leaf, slot);
      this.insert(newAddress, newSize);
    }
    return true;
  }

  /** Removes the block at an address, if it has this size, or any size by default. Returns false if it is not there. */
  delete(address: number, size?: number): boolean {
    const leaf = this.leafOf(address);
    const slot = leaf.find(address);
    const there = leaf.items[slot];
    if (!there || (size !== undefined && there.size !== size)) return false;
    this.removeAt(leaf, slot);
    return true;
  }

  /** Returns the leaf that an address belongs to. */
  leafOf(address: number): Leaf {
    let node = this.#root;
    while (node instanceof Branch) node = childAt(node, node.slotOf(address));
    return node;
  }

  /** Adds a block at a slot of a leaf: the library's shortcut that skips the search. */
  insertAt(leaf: Leaf, slot: number, address: number, size: number): void {
    const entry = { address: at(0, address), size };
    this.#size++;
    if (leaf.count < ORDER) {
      leaf.insert(slot, entry);
      leaf.consider(slot);
      considerUpwards(leaf);
      return;
    }
    const right = new Leaf();
    leaf.split(slot, entry, right);
    linkAfter(leaf, right);
    this.#addRight(leaf, right, right.items[0]?.address ?? address);
  }

  /** Replaces a block by one between the same neighbours. Returns the old one. */
  replaceAt(leaf: Leaf, slot: number, address: number, size: number): Entry {
    const old = leaf.items[slot];
    if (!old) throw new Trap('There is no block to replace.');
    leaf.items[slot] = { address: at(0, address), size };
    const isOther = old.address !== address;
    if (isOther && slot === 0) setKeyBefore(leaf, address);
    if (leaf.address === old.address && size < leaf.size) leaf.rescan();
    else if (size > leaf.size || (leaf.address === old.address && isOther)) leaf.take(slot);
    else leaf.consider(slot);
    for (let child: Leaf | Branch = leaf; child.parent; child = child.parent) {
      const branch = child.parent;
      const largest = childAt(branch, child.index).size;
      if (branch.address === old.address && size < branch.size) this.#rules.shrunk(branch, child.index);
      else if (largest > branch.size || (branch.address === old.address && isOther)) branch.take(child.index);
    }
    return old;
  }

  /** Removes the block at a slot of a leaf. */
  removeAt(leaf: Leaf, slot: number): void {
    const old = leaf.items[slot];
    if (!old) throw new Trap('There is no block to remove.');
    leaf.remove(slot);
    this.#size--;
    if (this.#size === 0) return;
    for (let branch = leaf.parent; branch; branch = branch.parent) if (branch.size === old.size) branch.rescan();
    if (slot === 0 && leaf.parent) {
      const first = leaf.items[0];
      if (!first) throw new Trap('A leaf has lost its last block.');
      setKeyBefore(leaf, first.address);
    }
    const root = refill(leaf, this.#rules);
    if (root?.count !== 1) return;
    this.#root = childAt(root, 0);
    this.#root.parent = undefined;
  }

  /** Returns the block with the highest address that is not above this one. */
  floor(address: number): Pair | undefined {
    return this.around(address).before;
  }

  /** Returns the block with the lowest address that is not below this one. */
  ceiling(address: number): Pair | undefined {
    const leaf = this.leafOf(address);
    const slot = leaf.rank(address);
    return slot < leaf.count ? pairAt(leaf, slot) : leaf.next && pairAt(leaf.next, 0);
  }

  /** Returns the result of `floor`, and the block after it. */
  around(address: number): Gap {
    const leaf = this.leafOf(address);
    const rank = leaf.rank(address + 1);
    const before = rank > 0 ? pairAt(leaf, rank - 1) : leaf.previous && pairAt(leaf.previous, leaf.previous.count - 1);
    return { before, after: rank < leaf.count ? pairAt(leaf, rank) : leaf.next && pairAt(leaf.next, 0) };
  }

  /** Returns the block at the end of the last leaf. */
  last(): Pair | undefined {
    let node = this.#root;
    while (node instanceof Branch) node = childAt(node, node.count - 1);
    return pairAt(node, node.count - 1);
  }

  /** Yields the blocks from `ceiling(from)` on. The tree must not change meanwhile. */
  *pairs(from = 0): Generator<Pair, void, undefined> {
    let leaf: Leaf | undefined = this.leafOf(from);
    let slot = leaf.rank(from);
    for (; leaf; leaf = leaf.next, slot = 0) {
      for (; slot < leaf.count; slot++) {
        const pair = pairAt(leaf, slot);
        if (pair) yield pair;
      }
    }
  }

  /** Returns the violated invariants of the tree, as sentences. */
  check(): string[] {
    return checkMaxTree(this.#root, this);
  }

  /** Returns a copy of the tree in exactly the same state. */
  copy(): MaxTree {
    const copy = new MaxTree(this.#rules);
    copy.#root = copyNodes(this.#root);
    copy.#size = this.#size;
    return copy;
  }

  /** Reports a node that the largest items lead to. With a stale index, its largest block is not as large as the root's. */
  #look(kind: 'branch' | 'leaf', { address, size }: Leaf | Branch, onLook: OnLook): void {
    const isStale = size !== this.#root.size;
    onLook({ kind, block: { address: at(0, address), size }, verdict: isStale ? 'wrong' : kind === 'leaf' ? 'chosen' : 'seen' });
  }

  /** Adds the right half of a node that was split to the branches above it, after the left half. */
  #addRight(splitLeft: Leaf | Branch, splitRight: Leaf | Branch, firstKey: number): void {
    let left = splitLeft;
    let right = splitRight;
    let key = firstKey;
    for (let parent = left.parent; parent; parent = parent.parent) {
      const slot = left.index;
      if (parent.maxAt === slot || left.size > parent.size) parent.take(slot);
      if (parent.count < ORDER) {
        parent.keys.splice(slot, 0, key);
        parent.insert(slot + 1, right);
        parent.adopt();
        if (right.size > parent.size) parent.take(slot + 1);
        considerUpwards(parent);
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
    root.adopt();
    root.rescan();
    this.#root = root;
  }
}

function considerUpwards(node: Leaf | Branch): void {
  for (let child = node; child.parent; child = child.parent) child.parent.consider(child.index);
}

/** Updates the key before a leaf whose first block has changed, in whichever branch that key is. */
function setKeyBefore(leaf: Leaf, address: number): void {
  let node: Leaf | Branch = leaf;
  while (node.parent && node.index === 0) node = node.parent;
  const keys = node.parent?.keys;
  if (keys && node.index <= keys.length) keys[node.index - 1] = address;
}

function linkAfter(leaf: Leaf, right: Leaf): void {
  right.previous = leaf;
  right.next = leaf.next;
  if (leaf.next) leaf.next.previous = right;
  leaf.next = right;
}

function copyNodes(root: Leaf | Branch): Leaf | Branch {
  const copy = copyWithoutItems(root);
  const leaves = new Map<Leaf, Leaf>();
  const twins: [Leaf | Branch, Leaf | Branch][] = [[root, copy]];
  for (const [node, twin] of twins) {
    if (node instanceof Leaf && twin instanceof Leaf) {
      twin.items = node.items.slice();
      leaves.set(node, twin);
    } else if (node instanceof Branch && twin instanceof Branch) {
      twin.keys = node.keys.slice();
      twin.items = node.items.map(copyWithoutItems);
      twin.adopt();
      for (const [index, child] of node.items.entries()) twins.push([child, childAt(twin, index)]);
    }
  }
  for (const [leaf, twin] of leaves) {
    twin.previous = leaf.previous && leaves.get(leaf.previous);
    twin.next = leaf.next && leaves.get(leaf.next);
  }
  return copy;
}

function copyWithoutItems(node: Leaf | Branch): Leaf | Branch {
  const copy = node instanceof Leaf ? new Leaf() : new Branch();
  copy.address = node.address;
  copy.size = node.size;
  copy.maxAt = node.maxAt;
  return copy;
}

function pairAt(leaf: Leaf, slot: number): Pair | undefined {
  const entry = leaf.items[slot];
  return entry && { key: entry.address, value: entry.size };
}
