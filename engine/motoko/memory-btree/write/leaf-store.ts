import type { MemoryRegion } from '../../memory-region/operate.ts';
import { entryPlace, LEAF_MAGIC, leafLength, NEXT_IN_LEAF, PARENT_IN_LEAF, PREFIX_IN_LEAF, PREVIOUS_IN_LEAF } from '../node.ts';
import { COMMON_FIELDS, type NodeFields, NodeStore } from './node-store.ts';

const FIELDS: NodeFields<'parent' | 'previous' | 'next'> = {
  ...COMMON_FIELDS,
  parent: { place: PARENT_IN_LEAF, width: 8 },
  previous: { place: PREVIOUS_IN_LEAF, width: 8 },
  next: { place: NEXT_IN_LEAF, width: 8 },
};
/** Bytes of a new leaf's header that the library writes. */
const WRITTEN = PREFIX_IN_LEAF;

/**
 * The leaves of a tree, and the operations on them. They write in the library's order, which shows in the stale slots past a
 * count.
 */
export class LeafStore extends NodeStore<'parent' | 'previous' | 'next'> {
  readonly #capacity: number;

  constructor(region: MemoryRegion, capacity: number) {
    super(region, FIELDS, leafLength(capacity));
    this.#capacity = capacity;
  }

  /** Initialises a block as an empty leaf. */
  make(leaf: number): void {
    this.clear(leaf, LEAF_MAGIC, WRITTEN, entryPlace(0), this.#capacity);
    this.set(leaf, 'depth', 1);
  }

  entry(leaf: number, index: number): number {
    return this.slot(leaf, entryPlace(index));
  }

  insert(leaf: number, index: number, entry: number): void {
    const count = this.get(leaf, 'count');
    this.#copy(leaf, index, leaf, index + 1, count - index);
    this.setSlot(leaf, entryPlace(index), entry);
    this.set(leaf, 'count', count + 1);
  }

  remove(leaf: number, index: number): void {
    const count = this.get(leaf, 'count');
    this.#copy(leaf, index + 1, leaf, index, count - index - 1);
    this.set(leaf, 'count', count - 1);
  }

  /**
   * Divides a full leaf and one more entry between it, which keeps `kept` entries, and a new leaf to its right, in the block
   * `right`.
   */
  split(leaf: number, index: number, entry: number, right: number, kept: number): void {
    const moved = this.#capacity + 1 - kept;
    this.make(right);
    if (index < kept) {
      this.#copy(leaf, kept - 1, right, 0, moved);
      this.set(leaf, 'count', kept - 1);
      this.insert(leaf, index, entry);
    } else {
      const before = index - kept;
      this.#copy(leaf, kept, right, 0, before);
      this.setSlot(right, entryPlace(before), entry);
      this.#copy(leaf, index, right, before + 1, this.#capacity - index);
      this.set(leaf, 'count', kept);
    }
    this.set(right, 'count', moved);
    this.set(right, 'index', this.get(leaf, 'index') + 1);
    this.set(right, 'parent', this.get(leaf, 'parent'));
    this.set(right, 'previous', leaf);
    this.#link(right, this.get(leaf, 'next'));
    this.set(leaf, 'next', right);
  }

  /** Balances a leaf and a fuller neighbour. Returns false if both together fit into one. */
  redistribute(leaf: number, neighbour: number): boolean {
    const count = this.get(leaf, 'count');
    const others = this.get(neighbour, 'count');
    if (count + others < this.#capacity) return false;
    const moved = Math.floor((count + others) / 2) - count;
    if (this.get(neighbour, 'index') < this.get(leaf, 'index')) {
      this.#copy(leaf, 0, leaf, moved, count);
      this.#copy(neighbour, others - moved, leaf, 0, moved);
    } else {
      this.#copy(neighbour, 0, leaf, count, moved);
      this.#copy(neighbour, moved, neighbour, 0, others - moved);
    }
    this.set(leaf, 'count', count + moved);
    this.set(neighbour, 'count', others - moved);
    return true;
  }

  /** Moves all entries of a leaf to the one on its left. */
  merge(left: number, right: number): void {
    const count = this.get(left, 'count');
    const others = this.get(right, 'count');
    this.#copy(right, 0, left, count, others);
    this.set(left, 'count', count + others);
    this.#link(left, this.get(right, 'next'));
  }

  /** Links the neighbours of a leaf to each other. */
  unlink(leaf: number): void {
    const previous = this.get(leaf, 'previous');
    const next = this.get(leaf, 'next');
    if (previous !== 0) this.set(previous, 'next', next);
    if (next !== 0) this.set(next, 'previous', previous);
  }

  /** Makes a leaf the only one, and empty. Its slots stay as they are. */
  reset(leaf: number): void {
    for (const field of ['index', 'count', 'parent', 'previous', 'next'] as const) this.set(leaf, field, 0);
  }

  #link(leaf: number, next: number): void {
    this.set(leaf, 'next', next);
    if (next !== 0) this.set(next, 'previous', leaf);
  }

  #copy(from: number, index: number, to: number, target: number, count: number): void {
    this.copySlots(from + entryPlace(index), to + entryPlace(target), count);
  }
}
