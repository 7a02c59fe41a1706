import type { TreeNodes } from './b-tree-nodes.ts';

/** The path to the leaf of the last search. The next search mostly ends in the same leaf. */
export class DescentPath {
  readonly #nodes: TreeNodes;
  #leaf = 0;
  /** The branches on the path, and the slot taken in each. */
  readonly #branches: number[] = [];
  readonly #slots: number[] = [];
  /** The leaf's bounds. A pair belongs there if it is not below the lower bound and is below the upper. */
  #lowKey = 0;
  #lowValue = 0;
  #highKey = 0;
  #highValue = 0;

  constructor(nodes: TreeNodes) {
    this.#nodes = nodes;
    this.forget();
  }

  branchAt(depth: number): number {
    return this.#branches[depth] ?? 0;
  }

  slotAt(depth: number): number {
    return this.#slots[depth] ?? 0;
  }

  /** Returns the leaf that a pair belongs to. */
  seek(key: number, value: number): number {
    return this.reaches(key, value) ? this.#leaf : this.#descend(key, value);
  }

  /** Returns whether a pair belongs to the leaf of the last search. */
  reaches(key: number, value: number): boolean {
    return !isBelow(key, value, this.#lowKey, this.#lowValue) && isBelow(key, value, this.#highKey, this.#highValue);
  }

  /** Forgets the path. Must be called when nodes were split or merged. */
  forget(): void {
    this.#highKey = this.#highValue = Number.NEGATIVE_INFINITY;
  }

  /** Lowers the bounds on the path to a pair that is now the first of the leaf. */
  lowerBounds(key: number, value: number): void {
    const { branches, height } = this.#nodes;
    for (let depth = 0; depth < height; depth++) {
      const branch = this.branchAt(depth);
      const slot = this.slotAt(depth);
      if (branches.isBelow(key, value, branch, slot)) branches.put(branch, slot, key, value);
    }
  }

  /** Raises the greatest values on the path to a value that was added to the leaf. */
  raiseGreatest(value: number): void {
    const { branches, height } = this.#nodes;
    for (let depth = 0; depth < height; depth++) {
      const branch = this.branchAt(depth);
      const slot = this.slotAt(depth);
      if (value > branches.greatestAt(branch, slot)) branches.setGreatest(branch, slot, value);
    }
  }

  /** Updates the greatest values on the path after a value was removed from the leaf. */
  findGreatest(value: number): void {
    const { branches, height } = this.#nodes;
    let child = this.#leaf;
    for (let depth = height - 1; depth >= 0; depth--) {
      const branch = this.branchAt(depth);
      const slot = this.slotAt(depth);
      if (branches.greatestAt(branch, slot) === value)
        branches.setGreatest(branch, slot, this.#nodes.level(depth + 1).greatestIn(child));
      child = branch;
    }
  }

  #descend(key: number, value: number): number {
    const { branches, height } = this.#nodes;
    this.#lowKey = this.#lowValue = Number.NEGATIVE_INFINITY;
    this.#highKey = this.#highValue = Number.POSITIVE_INFINITY;
    let node = this.#nodes.root;
    for (let depth = 0; depth < height; depth++) {
      const rank = branches.rank(node, key, value);
      if (rank > 0) {
        this.#lowKey = branches.keyAt(node, rank - 1);
        this.#lowValue = branches.valueAt(node, rank - 1);
      }
      const slot = Math.max(0, rank - 1);
      if (slot + 1 < branches.countOf(node)) {
        this.#highKey = branches.keyAt(node, slot + 1);
        this.#highValue = branches.valueAt(node, slot + 1);
      }
      this.#branches[depth] = node;
      this.#slots[depth] = slot;
      node = branches.childAt(node, slot);
    }
    this.#leaf = node;
    return node;
  }
}

function isBelow(key: number, value: number, otherKey: number, otherValue: number): boolean {
  return key < otherKey || (key === otherKey && value < otherValue);
}
