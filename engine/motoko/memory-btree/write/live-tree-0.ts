import { done, type Outcome } from '../../memory-region/fault.ts';
import { HEADER_LENGTH } from '../layout.ts';
import { leafLength } from '../node.ts';
import { BranchStore0 } from './branch-store-0.ts';
import type { EntryStore } from './entry-store.ts';
import { type Cut, LiveTree, type Place, type TreeRegions } from './live-tree.ts';
import { needed } from './node-store.ts';

/** Layout version 0: separators are entries, and nodes are at least half full. */
export class LiveTree0 extends LiveTree {
  protected readonly branches = new BranchStore0(this.regions.branches, this.capacity, this.leaves);

  constructor(regions: TreeRegions, entries: EntryStore, capacity: number) {
    super(regions, entries, capacity, 0);
  }

  protected separatorKey(separator: number): Uint8Array {
    return this.entries.key(separator);
  }

  protected cut(leaf: number, index: number, entry: number): Cut {
    const kept = this.#minCount + 1;
    return { kept, separator: this.entryWith(leaf, index, entry, kept) };
  }

  remove({ leaf, index }: Place): void {
    this.leaves.remove(leaf, index);
    this.setCount(this.count - 1);
    const parent = this.leaves.get(leaf, 'parent');
    if (parent !== 0) this.#balanceLeaf(leaf, parent, index === 0);
  }

  /** Frees all nodes but the first leaf, and the blocks of entries. The blocks of values stay. */
  clear(): Outcome<void> {
    const { leaves, branches, data } = this.regions;
    this.leaves.reset(HEADER_LENGTH);
    this.setRoot(HEADER_LENGTH, 1);
    this.setCount(0);
    this.setBranchCount(0);
    this.setLeafCount(1);
    for (const [region, kept] of [
      [leaves, HEADER_LENGTH + leafLength(this.capacity)],
      [branches, HEADER_LENGTH],
      [data, HEADER_LENGTH],
    ] as const) {
      const freed = region.deallocateRange(kept, region.size);
      if (!freed.ok) return freed;
    }
    return done(undefined);
  }

  /** Balances a leaf after an entry was removed. */
  #balanceLeaf(leaf: number, parent: number, wasFirst: boolean): void {
    const index = this.leaves.get(leaf, 'index');
    if (wasFirst) this.branches.setSeparatorBefore(parent, index, this.entry(leaf, 0));
    if (this.leaves.get(leaf, 'count') >= this.#minCount) return;
    const neighbour = needed(this.branches.largerNeighbour(parent, index) ?? 0);
    const isLeft = this.leaves.get(neighbour, 'index') < index;
    const [left, right] = isLeft ? [neighbour, leaf] : [leaf, neighbour];
    const place = this.leaves.get(right, 'index');
    if (this.leaves.redistribute(leaf, neighbour)) {
      this.branches.setSeparator(parent, place - 1, this.entry(right, 0));
      return;
    }
    this.leaves.merge(left, right);
    this.branches.remove(parent, place);
    this.leaves.deallocate(right);
    this.setLeafCount(this.leafCount - 1);
    this.#balanceBranches(parent);
  }

  /** Balances branches from one that has lost a child upwards. As in the library, the block of an old root is never freed. */
  #balanceBranches(first: number): void {
    let branch = first;
    let parent = this.branches.get(branch, 'parent');
    if (parent === 0) {
      this.replaceRoot(branch);
      return;
    }
    while (this.branches.get(branch, 'count') < this.#minCount) {
      if (this.branches.redistribute(branch)) return;
      const neighbour = needed(this.branches.largerNeighbour(parent, this.branches.get(branch, 'index')) ?? 0);
      const merged = this.branches.merge(branch, neighbour);
      this.branches.remove(parent, this.branches.get(merged, 'index'));
      this.branches.deallocate(merged);
      this.setBranchCount(this.branchCount - 1);
      branch = parent;
      parent = this.branches.get(branch, 'parent');
      if (parent === 0 || this.branches.get(parent, 'count') === 1) {
        this.replaceRoot(parent === 0 ? branch : parent);
        return;
      }
    }
  }

  get #minCount(): number {
    return Math.floor(this.capacity / 2);
  }
}
