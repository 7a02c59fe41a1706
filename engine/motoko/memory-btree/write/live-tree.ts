import { type Address, at } from '../../../core/memory/memory.ts';
import { encodeHeader } from '../../memory-buffer/layout.ts';
import type { Outcome } from '../../memory-region/fault.ts';
import type { MemoryRegion } from '../../memory-region/operate.ts';
import {
  COUNT_AT,
  DATA_MAGIC,
  DEPTH_AT,
  HEADER_LENGTH,
  ID_AT,
  NODE_COUNT_AT,
  ROOT_AT,
  SATELLITE_MAGICS,
  VERSION_AT,
} from '../layout.ts';
import { searchNode } from '../search.ts';
import { type Field, Words } from '../words.ts';
import type { BranchStore } from './branch-store.ts';
import type { EntryStore } from './entry-store.ts';
import { LeafStore } from './leaf-store.ts';
import { needed } from './node-store.ts';

const VERSION: Field = { place: VERSION_AT.start, width: 1 };
const ROOT: Field = { place: ROOT_AT.start, width: 8 };
const COUNT: Field = { place: COUNT_AT.start, width: 8 };
/** Written as eight bytes, which clears the id of the values region after it. */
const DEPTH: Field = { place: DEPTH_AT.start, width: 8 };
const NODES: Field = { place: NODE_COUNT_AT.start, width: 8 };
const LEAVES_ID: Field = { place: ID_AT.leaves.start, width: 4 };

/** Four regions without any allocations. The library makes them in this order. */
export interface TreeRegions {
  readonly leaves: MemoryRegion;
  readonly branches: MemoryRegion;
  readonly data: MemoryRegion;
  readonly values: MemoryRegion;
}

/** The place in a leaf where a key is, or would be. */
export interface Place {
  readonly leaf: number;
  readonly index: number;
  readonly found: boolean;
}

/** The place where a full leaf is divided. */
export interface Cut {
  /** Number of entries that stay in the left leaf, including the new one. */
  readonly kept: number;
  /** Address of the separator between both leaves, in the branch above them. */
  readonly separator: number;
}

/**
 * The nodes and headers of a tree that can change: the part that all layout versions have in common. Comparisons of keys are
 * negative if the key that is looked for comes first.
 */
export abstract class LiveTree {
  readonly regions: TreeRegions;
  readonly capacity: number;
  protected readonly entries: EntryStore;
  protected readonly leaves: LeafStore;
  protected abstract readonly branches: BranchStore;
  readonly #header: Words;
  readonly #leafHeader: Words;
  readonly #branchHeader: Words;
  // The library keeps these on the heap, too.
  #root = 0;
  #count = 0;
  #depth = 1;
  #leafCount = 0;
  #branchCount = 0;

  constructor(regions: TreeRegions, entries: EntryStore, capacity: number, version: number) {
    this.regions = regions;
    this.capacity = capacity;
    this.entries = entries;
    this.#header = new Words(regions.data);
    this.#leafHeader = new Words(regions.leaves);
    this.#branchHeader = new Words(regions.branches);
    this.leaves = new LeafStore(regions.leaves, capacity);
    this.#makeHeaders();
    this.#header.set(0, VERSION, version);
    this.makeLeaf();
  }

  /** Returns the bytes of a separator. */
  protected abstract separatorKey(separator: number): Uint8Array;
  /**
   * Returns the cut of a full leaf with one more entry at an index.
   * @throws OutOfMemory when a region cannot grow. Nothing has then changed.
   */
  protected abstract cut(leaf: number, index: number, entry: number): Cut;
  /** Removes an entry that is already freed. Does not change the counts beneath the branches. */
  abstract remove(place: Place): void;
  /** Forgets all entries. */
  abstract clear(): Outcome<void>;

  get count(): number {
    return this.#count;
  }

  get depth(): number {
    return this.#depth;
  }

  get leafCount(): number {
    return this.#leafCount;
  }

  get branchCount(): number {
    return this.#branchCount;
  }

  get root(): number {
    return this.#root;
  }

  /** Returns the place in the leaves where the key is, or would be. */
  find(compare: (key: Uint8Array) => number): Place {
    let node = this.#root;
    for (let level = this.#depth; level > 1; level--) {
      const branch = node;
      const separators = this.branches.get(branch, 'count') - 1;
      const { index, found } = searchNode(separators, (each) =>
        compare(this.separatorKey(needed(this.branches.separator(branch, each)))),
      );
      node = this.branches.child(branch, found ? index + 1 : index);
    }
    return {
      leaf: node,
      ...searchNode(this.leaves.get(node, 'count'), (each) => compare(this.entries.key(this.entry(node, each)))),
    };
  }

  entry(leaf: number, index: number): number {
    return needed(this.leaves.entry(leaf, index));
  }

  /** Returns the place after the last entry. */
  get end(): Place {
    const leaf = this.#outerLeaf('last');
    return { leaf, index: this.leaves.get(leaf, 'count'), found: false };
  }

  /** Returns the first place. */
  get start(): Place {
    return { leaf: this.#outerLeaf('first'), index: 0, found: false };
  }

  /** Returns the place of the entry at a position. */
  placeOf(position: number): Place {
    let index = position;
    let node = this.#root;
    for (let level = this.#depth; level > 1; level--) {
      const branch = node;
      const last = this.branches.get(branch, 'count') - 1;
      let each = 0;
      for (; each < last; each++) {
        const weight = this.branches.weight(branch, this.branches.child(branch, each));
        if (index < weight) break;
        index -= weight;
      }
      node = this.branches.child(branch, each);
    }
    return { leaf: node, index, found: true };
  }

  /** Yields the entries from a place up to another. */
  *entriesBetween(from: Place, to: Place): Generator<number, void, undefined> {
    let { leaf, index } = from;
    while (leaf !== 0) {
      const end = leaf === to.leaf ? to.index : this.leaves.get(leaf, 'count');
      for (; index < end; index++) yield this.entry(leaf, index);
      if (leaf === to.leaf) return;
      leaf = this.leaves.get(leaf, 'next');
      index = 0;
    }
  }

  /** Yields the entries before a place down to another, the nearest first. */
  *entriesBefore(from: Place, to: Place): Generator<number, void, undefined> {
    let { leaf, index } = from;
    while (leaf !== 0) {
      const end = leaf === to.leaf ? to.index : 0;
      while (index > end) yield this.entry(leaf, --index);
      if (leaf === to.leaf) return;
      leaf = this.leaves.get(leaf, 'previous');
      index = leaf === 0 ? 0 : this.leaves.get(leaf, 'count');
    }
  }

  /** Returns the number of entries before a place. */
  positionOf({ leaf, index }: Place): number {
    let position = index;
    let parent = this.leaves.get(leaf, 'parent');
    let place = this.leaves.get(leaf, 'index');
    while (parent !== 0) {
      for (let each = 0; each < place; each++) position += this.branches.weight(parent, this.branches.child(parent, each));
      place = this.branches.get(parent, 'index');
      parent = this.branches.get(parent, 'parent');
    }
    return position;
  }

  /**
   * Inserts an entry at its place.
   * @throws OutOfMemory when a region cannot grow. Nothing has then changed.
   */
  insert({ leaf, index }: Place, entry: number): void {
    if (this.leaves.get(leaf, 'count') < this.capacity) {
      this.countBeneath(leaf, 1);
      this.leaves.insert(leaf, index, entry);
    } else this.#split(leaf, index, entry);
    this.setCount(this.#count + 1);
  }

  /** Adds to the counts of entries in the branches above a leaf. */
  countBeneath(leaf: number, by: number): void {
    for (let branch = this.leaves.get(leaf, 'parent'); branch !== 0; branch = this.branches.get(branch, 'parent')) {
      this.branches.set(branch, 'beneath', this.branches.get(branch, 'beneath') + by);
    }
  }

  #makeHeaders(): void {
    const { leaves, branches, data, values } = this.regions;
    data.allocate(HEADER_LENGTH);
    data.storeBlob(at(0, 0), encodeHeader(DATA_MAGIC, branches.id));
    this.#header.set(0, LEAVES_ID, leaves.id);
    for (const [region, magic] of [
      [values, SATELLITE_MAGICS.values],
      [branches, SATELLITE_MAGICS.branches],
      [leaves, SATELLITE_MAGICS.leaves],
    ] as const) {
      region.allocate(HEADER_LENGTH);
      region.storeBlob(at(0, 0), encodeHeader(magic, data.id));
    }
    this.setCount(0);
    this.setBranchCount(0);
  }

  #outerLeaf(side: 'first' | 'last'): number {
    let node = this.#root;
    for (let level = this.#depth; level > 1; level--) {
      node = this.branches.child(node, side === 'first' ? 0 : this.branches.get(node, 'count') - 1);
    }
    return node;
  }

  /** Splits a full leaf and the full branches above it. */
  #split(leaf: number, index: number, entry: number): void {
    const [block, blocks] = this.#blocksToSplit(leaf);
    const { kept, separator: first } = this.#cutWith(leaf, index, entry, block, blocks);
    this.countBeneath(leaf, 1);
    this.leaves.split(leaf, index, entry, block, kept);
    this.setLeafCount(this.#leafCount + 1);
    let separator = first;
    let [left, right]: [number, number] = [leaf, block];
    let parent = this.leaves.get(right, 'parent');
    let place = this.leaves.get(right, 'index');
    for (const branch of blocks) {
      this.setBranchCount(this.#branchCount + 1);
      if (parent === 0) {
        this.branches.make(branch, this.#depth + 1);
        this.branches.setSeparator(branch, 0, separator);
        this.branches.append(branch, left);
        this.branches.append(branch, right);
        this.setRoot(branch, this.#depth + 1);
        return;
      }
      separator = this.branches.split(parent, place, separator, right, branch);
      [left, right] = [parent, branch];
      parent = this.branches.get(right, 'parent');
      place = this.branches.get(right, 'index');
    }
    this.branches.insert(parent, place, separator, right);
  }

  /**
   * Allocates blocks for the new nodes that one more entry in a full leaf needs: the leaf's and the branches', the highest last.
   */
  #blocksToSplit(leaf: number): readonly [leaf: Address, branches: readonly Address[]] {
    const block = this.leaves.allocate();
    const blocks: Address[] = [];
    try {
      let branch = this.leaves.get(leaf, 'parent');
      while (branch !== 0 && this.branches.get(branch, 'count') === this.capacity) {
        blocks.push(this.branches.allocate());
        branch = this.branches.get(branch, 'parent');
      }
      if (branch === 0) blocks.push(this.branches.allocate());
    } catch (error) {
      this.#free(block, blocks);
      throw error;
    }
    return [block, blocks];
  }

  #cutWith(leaf: number, index: number, entry: number, block: Address, blocks: readonly Address[]): Cut {
    try {
      return this.cut(leaf, index, entry);
    } catch (error) {
      this.#free(block, blocks);
      throw error;
    }
  }

  #free(leaf: Address, branches: readonly Address[]): void {
    for (const block of branches.toReversed()) this.branches.deallocate(block);
    this.leaves.deallocate(leaf);
  }

  /** Returns the entry at a position among those of a full leaf and one more at an index. */
  protected entryWith(leaf: number, index: number, entry: number, position: number): number {
    if (position === index) return entry;
    return this.entry(leaf, position < index ? position : position - 1);
  }

  /** Makes an empty leaf the root. */
  protected makeLeaf(): void {
    const leaf = this.leaves.allocate();
    this.leaves.make(leaf);
    this.setLeafCount(1);
    this.setRoot(leaf, 1);
  }

  /** Makes the only child of a root the new root. Returns false if the root has more children. */
  protected replaceRoot(root: number): boolean {
    if (this.branches.get(root, 'count') !== 1) return false;
    const child = this.branches.child(root, 0);
    this.branches.orphan(root, child);
    this.setRoot(child, this.#depth - 1);
    return true;
  }

  protected setRoot(root: number, depth: number): void {
    this.#root = root;
    this.#depth = depth;
    this.#header.set(0, ROOT, root);
    this.#header.set(0, DEPTH, depth);
  }

  protected setCount(count: number): void {
    this.#count = count;
    this.#header.set(0, COUNT, count);
  }

  protected setLeafCount(count: number): void {
    this.#leafCount = count;
    this.#leafHeader.set(0, NODES, count);
  }

  protected setBranchCount(count: number): void {
    this.#branchCount = count;
    this.#branchHeader.set(0, NODES, count);
  }
}
