import { done, type Outcome } from '../../memory-region/fault.ts';
import { HEADER_LENGTH } from '../layout.ts';
import { type Field, Words } from '../words.ts';
import { BranchStore1 } from './branch-store-1.ts';
import type { EntryStore } from './entry-store.ts';
import { type Cut, LiveTree, type Place, type TreeRegions } from './live-tree.ts';
import { SeparatorStore } from './separator-store.ts';
import { bestCut, shortestSeparator } from './tail-compression.ts';

/** The library writes the count of a sparse node as two bytes at 37, and clears the lower one with the depth. */
const HIGH_BYTE_OF_SPARSE: Field = { place: 38, width: 1 };

/** Limits for the separators and nodes of a tree of layout version 1. */
export interface NodeLimits {
  /** True if separators are shortened as far as possible. */
  readonly tailCompression: boolean;
  /** A node with fewer entries or children is merged with a neighbour if both fit into one. */
  readonly sparse: number;
}

/** Layout version 1: separators are separate blocks, and nodes stay as long as they are not sparse. */
export class LiveTree1 extends LiveTree {
  protected readonly branches = new BranchStore1(this.regions.branches, this.capacity, this.leaves);
  readonly #separators = new SeparatorStore(this.regions.data);
  readonly #limits: NodeLimits;

  constructor(regions: TreeRegions, entries: EntryStore, capacity: number, limits: NodeLimits) {
    super(regions, entries, capacity, 1);
    this.#limits = limits;
    new Words(regions.data).set(0, HIGH_BYTE_OF_SPARSE, Math.floor(limits.sparse / 256));
  }

  protected separatorKey(separator: number): Uint8Array {
    return this.#separators.get(separator);
  }

  protected cut(leaf: number, index: number, entry: number): Cut {
    const keyAt = (position: number) => this.entries.key(this.entryWith(leaf, index, entry, position));
    const { tailCompression, sparse } = this.#limits;
    const kept = tailCompression ? bestCut(this.capacity, sparse, keyAt) : Math.floor(this.capacity / 2) + 1;
    const key = tailCompression ? shortestSeparator(keyAt(kept - 1), keyAt(kept)) : keyAt(kept);
    return { kept, separator: this.#separators.add(key) };
  }

  remove({ leaf, index: place }: Place): void {
    this.leaves.remove(leaf, place);
    this.setCount(this.count - 1);
    const parent = this.leaves.get(leaf, 'parent');
    if (parent === 0) return;
    const index = this.leaves.get(leaf, 'index');
    if (this.leaves.get(leaf, 'count') === 0) {
      this.leaves.unlink(leaf);
      this.#removeLeaf(parent, leaf);
      return;
    }
    const neighbour = this.branches.largerNeighbour(parent, index, 'right');
    if (neighbour === undefined || !this.#shouldMerge(this.leaves.get(leaf, 'count'), this.leaves.get(neighbour, 'count')))
      return;
    const [left, right] = this.leaves.get(neighbour, 'index') < index ? [neighbour, leaf] : [leaf, neighbour];
    this.leaves.merge(left, right);
    this.leaves.set(right, 'count', 0);
    this.#removeLeaf(parent, right);
  }

  /** Frees everything, also the blocks of values, and starts over. */
  clear(): Outcome<void> {
    const { leaves, branches, data, values } = this.regions;
    for (const region of [data, values, branches, leaves]) {
      const cleared = region.clearAndRetainHeader(HEADER_LENGTH);
      if (!cleared.ok) return cleared;
    }
    this.makeLeaf();
    this.setCount(0);
    this.setBranchCount(0);
    return done(undefined);
  }

  /** Removes a leaf that is no longer needed from the tree, and a separator with it. */
  #removeLeaf(parent: number, leaf: number): void {
    this.#freeSeparator(this.branches.remove(parent, this.leaves.get(leaf, 'index')));
    this.leaves.deallocate(leaf);
    this.setLeafCount(this.leafCount - 1);
    this.#balanceBranches(parent);
  }

  /** Balances branches from one that has lost a child upwards. */
  #balanceBranches(first: number): void {
    let branch = first;
    let parent = this.branches.get(branch, 'parent');
    while (parent !== 0) {
      const count = this.branches.get(branch, 'count');
      if (count === 0) {
        this.#freeSeparator(this.branches.remove(parent, this.branches.get(branch, 'index')));
        this.#removeBranch(branch);
      } else {
        const neighbour = this.branches.largerNeighbour(parent, this.branches.get(branch, 'index'));
        if (neighbour === undefined || !this.#shouldMerge(count, this.branches.get(neighbour, 'count'))) return;
        // The merge keeps the separator between the two.
        const merged = this.branches.merge(branch, neighbour);
        this.branches.remove(parent, this.branches.get(merged, 'index'));
        this.#removeBranch(merged);
      }
      branch = parent;
      parent = this.branches.get(branch, 'parent');
    }
    if (this.replaceRoot(branch)) this.#removeBranch(branch);
  }

  #shouldMerge(count: number, others: number): boolean {
    return count + others <= this.capacity && Math.min(count, others) < this.#limits.sparse;
  }

  #removeBranch(branch: number): void {
    this.branches.deallocate(branch);
    this.setBranchCount(this.branchCount - 1);
  }

  #freeSeparator(separator: number): void {
    if (separator !== 0) this.#separators.remove(separator);
  }
}
