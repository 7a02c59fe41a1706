import type { MemoryRegion } from '../../memory-region/operate.ts';
import {
  BENEATH_IN_BRANCH,
  BRANCH_MAGIC,
  branchLength,
  childPlace,
  PARENT_IN_BRANCH,
  PREFIX_IN_BRANCH,
  separatorPlace,
} from '../node.ts';
import type { LeafStore } from './leaf-store.ts';
import { COMMON_FIELDS, type NodeFields, NodeStore, needed } from './node-store.ts';

const FIELDS: NodeFields<'beneath' | 'parent'> = {
  ...COMMON_FIELDS,
  beneath: { place: BENEATH_IN_BRANCH, width: 8 },
  parent: { place: PARENT_IN_BRANCH, width: 8 },
};
/** Bytes of a new branch's header that the library writes. */
const WRITTEN = PREFIX_IN_BRANCH;

/**
 * The branches of a tree, and the operations that all layout versions have in common. They write in the library's order, which
 * shows in the stale slots past a count. Separator i is between the children i and i + 1.
 */
export class BranchStore extends NodeStore<'beneath' | 'parent'> {
  protected readonly capacity: number;
  readonly #leaves: LeafStore;

  constructor(region: MemoryRegion, capacity: number, leaves: LeafStore) {
    super(region, FIELDS, branchLength(capacity));
    this.capacity = capacity;
    this.#leaves = leaves;
  }

  /** Initialises a block as an empty branch. */
  make(branch: number, depth: number): void {
    this.clear(branch, BRANCH_MAGIC, WRITTEN, separatorPlace(0), 2 * this.capacity - 1);
    this.set(branch, 'depth', depth);
  }

  separator(branch: number, index: number): number {
    return this.slot(branch, separatorPlace(index));
  }

  setSeparator(branch: number, index: number, entry: number): void {
    this.setSlot(branch, separatorPlace(index), entry);
  }

  child(branch: number, index: number): number {
    return this.slot(branch, childPlace(index, this.capacity));
  }

  hasLeaves(branch: number): boolean {
    return this.get(branch, 'depth') === 2;
  }

  /** Returns the number of entries beneath a child. */
  weight(branch: number, child: number): number {
    return this.hasLeaves(branch) ? this.#leaves.get(child, 'count') : this.get(child, 'beneath');
  }

  /** Returns the number of children or entries of a child. */
  countOf(branch: number, child: number): number {
    return this.childrenOf(branch).get(child, 'count');
  }

  /**
   * Inserts a child at an index above 0, after its separator. Does not change the count of entries beneath: they come from one of
   * its siblings.
   */
  insert(branch: number, index: number, separator: number, child: number): void {
    const count = this.get(branch, 'count');
    this.copySeparators(branch, index - 1, index, count - index);
    this.setSeparator(branch, index - 1, separator);
    this.copyChildren(branch, index, index + 1, count - index);
    this.setSlot(branch, childPlace(index, this.capacity), child);
    for (let each = index; each <= count; each++) this.setPlace(branch, this.child(branch, each), each);
    this.set(branch, 'count', count + 1);
  }

  /** Appends a child, and counts the entries beneath it. */
  append(branch: number, child: number): void {
    const count = this.get(branch, 'count');
    this.putChild(branch, count, child);
    this.set(branch, 'beneath', this.get(branch, 'beneath') + this.weight(branch, child));
    this.set(branch, 'count', count + 1);
  }

  /**
   * Divides a full branch and one more child between it and a new branch to its right, in the block `right`. Returns the
   * separator between them.
   */
  split(branch: number, index: number, separator: number, child: number, right: number): number {
    const kept = Math.floor(this.capacity / 2) + 1;
    const moved = this.capacity + 1 - kept;
    this.make(right, this.get(branch, 'depth'));
    const between =
      index < kept
        ? this.#splitLeft(branch, index, separator, child, right, kept)
        : this.#splitRight(branch, index, separator, child, right, kept);
    this.set(branch, 'count', kept);
    this.set(right, 'count', moved);
    this.set(right, 'index', this.get(branch, 'index') + 1);
    this.set(right, 'parent', this.get(branch, 'parent'));
    return needed(between);
  }

  /** Splits a branch whose new child stays left: the last children move right all at once. */
  #splitLeft(branch: number, index: number, separator: number, child: number, right: number, kept: number): number {
    const first = kept - 1;
    const moved = this.capacity - first;
    const between = this.separator(branch, first - 1);
    this.copySlots(branch + separatorPlace(first), right + separatorPlace(0), moved - 1);
    this.copySlots(branch + childPlace(first, this.capacity), right + childPlace(0, this.capacity), moved);
    let beneath = 0;
    for (let each = 0; each < moved; each++) {
      const one = this.child(right, each);
      this.setPlace(right, one, each);
      beneath += this.weight(right, one);
    }
    this.set(right, 'beneath', beneath);
    this.set(branch, 'beneath', this.get(branch, 'beneath') - beneath);
    this.set(branch, 'count', first);
    this.insert(branch, index, separator, child);
    return between;
  }

  /** Splits a branch whose new child goes right: the children that move with it move one by one, and leave empty slots. */
  #splitRight(branch: number, index: number, separator: number, child: number, right: number, kept: number): number {
    const place = index - kept;
    let between = separator;
    for (let to = 0; to < this.capacity + 1 - kept; to++) {
      const from = kept + to - (to > place ? 1 : 0);
      const before = to === place ? separator : this.separator(branch, from - 1);
      if (to === 0) between = before;
      else this.setSeparator(right, to - 1, before);
      if (to === place) this.append(right, child);
      else {
        this.setSeparator(branch, from - 1, 0);
        this.append(right, this.#takeChild(branch, from));
      }
    }
    this.set(branch, 'beneath', this.get(branch, 'beneath') - this.get(right, 'beneath'));
    return between;
  }

  /**
   * Returns the larger of the siblings next to a child, or undefined if there are none. Of equals returns the one on the side
   * `ofEquals`.
   */
  largerNeighbour(branch: number, index: number, ofEquals: 'left' | 'right' = 'left'): number | undefined {
    const left = index > 0 ? this.child(branch, index - 1) : undefined;
    const right = index + 1 < this.get(branch, 'count') ? this.child(branch, index + 1) : undefined;
    if (left === undefined || right === undefined) return left ?? right;
    const more = this.countOf(branch, right) - this.countOf(branch, left);
    return more > 0 || (more === 0 && ofEquals === 'right') ? right : left;
  }

  /** Makes a child a root. */
  orphan(branch: number, child: number): void {
    this.childrenOf(branch).set(child, 'parent', 0);
  }

  protected childrenOf(branch: number): LeafStore | this {
    return this.hasLeaves(branch) ? this.#leaves : this;
  }

  /** Writes a child's parent and index into it. */
  protected setPlace(branch: number, child: number, index: number): void {
    const children = this.childrenOf(branch);
    children.set(child, 'parent', branch);
    children.set(child, 'index', index);
  }

  protected putChild(branch: number, index: number, child: number): void {
    this.setSlot(branch, childPlace(index, this.capacity), child);
    this.setPlace(branch, child, index);
  }

  #takeChild(branch: number, index: number): number {
    const child = this.child(branch, index);
    this.setSlot(branch, childPlace(index, this.capacity), 0);
    return child;
  }

  protected copySeparators(branch: number, from: number, to: number, count: number): void {
    this.copySlots(branch + separatorPlace(from), branch + separatorPlace(to), count);
  }

  protected copyChildren(branch: number, from: number, to: number, count: number): void {
    this.copySlots(branch + childPlace(from, this.capacity), branch + childPlace(to, this.capacity), count);
  }
}
