import type { MemoryRegion } from '../memory-region/operate.ts';
import { Trap } from '../memory-region/trap.ts';
import type { LeafStore } from './leaf-store.ts';
import {
  BENEATH_IN_BRANCH,
  BRANCH_MAGIC,
  branchLength,
  childPlace,
  PARENT_IN_BRANCH,
  PREFIX_IN_BRANCH,
  separatorPlace,
} from './node.ts';
import { COMMON_FIELDS, type NodeFields, NodeStore, needed } from './node-store.ts';

const FIELDS: NodeFields<'beneath' | 'parent'> = {
  ...COMMON_FIELDS,
  beneath: { place: BENEATH_IN_BRANCH, width: 8 },
  parent: { place: PARENT_IN_BRANCH, width: 8 },
};
/** The library writes no more of a new branch's header. */
const WRITTEN = PREFIX_IN_BRANCH;

/**
 * The branches of a tree and what is done with them, in the order of the library: what stands behind a count tells of it. The separator of
 * index i stands between the children i and i + 1.
 */
export class BranchStore extends NodeStore<'beneath' | 'parent'> {
  readonly #capacity: number;
  readonly #leaves: LeafStore;

  constructor(region: MemoryRegion, capacity: number, leaves: LeafStore) {
    super(region, FIELDS, branchLength(capacity));
    this.#capacity = capacity;
    this.#leaves = leaves;
  }

  /** Makes an empty branch of a block. */
  make(branch: number, depth: number): void {
    this.clear(branch, BRANCH_MAGIC, WRITTEN, separatorPlace(0), 2 * this.#capacity - 1);
    this.set(branch, 'depth', depth);
  }

  separator(branch: number, index: number): number {
    return this.slot(branch, separatorPlace(index));
  }

  setSeparator(branch: number, index: number, entry: number): void {
    this.setSlot(branch, separatorPlace(index), entry);
  }

  child(branch: number, index: number): number {
    return this.slot(branch, childPlace(index, this.#capacity));
  }

  hasLeaves(branch: number): boolean {
    return this.get(branch, 'depth') === 2;
  }

  /** Entries below a child. */
  weight(branch: number, child: number): number {
    return this.hasLeaves(branch) ? this.#leaves.get(child, 'count') : this.get(child, 'beneath');
  }

  /** Children or entries of a child. */
  countOf(branch: number, child: number): number {
    return this.#childrenOf(branch).get(child, 'count');
  }

  /** Puts a child at an index above 0, behind its separator. The entries beneath stay as counted: they come from one of its siblings. */
  insert(branch: number, index: number, separator: number, child: number): void {
    const count = this.get(branch, 'count');
    this.#copySeparators(branch, index - 1, index, count - index);
    this.setSeparator(branch, index - 1, separator);
    this.#copyChildren(branch, index, index + 1, count - index);
    this.setSlot(branch, childPlace(index, this.#capacity), child);
    for (let each = index; each <= count; each++) this.#tell(branch, this.child(branch, each), each);
    this.set(branch, 'count', count + 1);
  }

  /** Puts a child behind the last, and counts what is beneath it. */
  append(branch: number, child: number): void {
    const count = this.get(branch, 'count');
    this.#putChild(branch, count, child);
    this.set(branch, 'beneath', this.get(branch, 'beneath') + this.weight(branch, child));
    this.set(branch, 'count', count + 1);
  }

  remove(branch: number, index: number): void {
    const count = this.get(branch, 'count');
    this.#shift(branch, index + 1, count, -1);
    this.set(branch, 'count', count - 1);
  }

  /**
   * Divides a full branch and one child more between it and a new one to its right, whose block is given. Answers the separator that goes
   * between them.
   */
  split(branch: number, index: number, separator: number, child: number, right: number): number {
    const kept = Math.floor(this.#capacity / 2) + 1;
    const moved = this.#capacity + 1 - kept;
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

  /** The new child stays left: the last children go right at once. */
  #splitLeft(branch: number, index: number, separator: number, child: number, right: number, kept: number): number {
    const first = kept - 1;
    const moved = this.#capacity - first;
    const between = this.separator(branch, first - 1);
    this.copySlots(branch + separatorPlace(first), right + separatorPlace(0), moved - 1);
    this.copySlots(branch + childPlace(first, this.#capacity), right + childPlace(0, this.#capacity), moved);
    let beneath = 0;
    for (let each = 0; each < moved; each++) {
      const one = this.child(right, each);
      this.#tell(right, one, each);
      beneath += this.weight(right, one);
    }
    this.set(right, 'beneath', beneath);
    this.set(branch, 'beneath', this.get(branch, 'beneath') - beneath);
    this.set(branch, 'count', first);
    this.insert(branch, index, separator, child);
    return between;
  }

  /** The new child goes right: what goes with it goes one by one, and leaves empty slots. */
  #splitRight(branch: number, index: number, separator: number, child: number, right: number, kept: number): number {
    const place = index - kept;
    let between = separator;
    for (let to = 0; to < this.#capacity + 1 - kept; to++) {
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

  /** Of the siblings next to a child the one with more in it, the left one of equals; undefined where there are none. */
  largerNeighbour(branch: number, index: number): number | undefined {
    const left = index > 0 ? this.child(branch, index - 1) : undefined;
    const right = index + 1 < this.get(branch, 'count') ? this.child(branch, index + 1) : undefined;
    if (left === undefined || right === undefined) return left ?? right;
    return this.countOf(branch, right) > this.countOf(branch, left) ? right : left;
  }

  /** Evens out a branch and its larger neighbour; false where both together would fit into one. */
  redistribute(branch: number): boolean {
    const parent = needed(this.get(branch, 'parent'));
    const neighbour = this.largerNeighbour(parent, this.get(branch, 'index'));
    if (neighbour === undefined) return false;
    const count = this.get(branch, 'count');
    const others = this.get(neighbour, 'count');
    if (count + others < this.#capacity) return false;
    const moved = Math.floor((count + others) / 2) - count;
    const isLeft = this.get(neighbour, 'index') < this.get(branch, 'index');
    const beneath = isLeft
      ? this.#takeFromLeft(parent, branch, neighbour, moved)
      : this.#takeFromRight(parent, branch, neighbour, moved);
    this.set(branch, 'count', count + moved);
    this.set(neighbour, 'count', others - moved);
    this.set(branch, 'beneath', this.get(branch, 'beneath') + beneath);
    this.set(neighbour, 'beneath', this.get(neighbour, 'beneath') - beneath);
    return true;
  }

  #takeFromLeft(parent: number, branch: number, left: number, moved: number): number {
    const between = this.get(left, 'index');
    const others = this.get(left, 'count');
    let separator = needed(this.separator(parent, between));
    let beneath = 0;
    this.#shift(branch, 0, this.get(branch, 'count'), moved);
    for (let index = moved - 1; index >= 0; index--) {
      const last = others - moved + index;
      const next = needed(this.separator(left, last - 1));
      const child = this.child(left, last);
      this.remove(left, last);
      this.setSeparator(branch, index, separator);
      this.#putChild(branch, index, child);
      beneath += this.weight(branch, child);
      separator = next;
    }
    this.setSeparator(parent, between, separator);
    return beneath;
  }

  #takeFromRight(parent: number, branch: number, right: number, moved: number): number {
    const between = this.get(branch, 'index');
    const count = this.get(branch, 'count');
    let separator = needed(this.separator(parent, between));
    let beneath = 0;
    for (let index = 0; index < moved; index++) {
      const child = this.child(right, index);
      this.insert(branch, count + index, separator, child);
      beneath += this.weight(branch, child);
      separator = needed(this.separator(right, index));
    }
    const first = this.child(right, moved);
    this.#shift(right, moved + 1, this.get(right, 'count'), -moved);
    this.#putChild(right, 0, first);
    this.setSeparator(parent, between, separator);
    return beneath;
  }

  /** Moves all children of a branch and its neighbour to the left one of both. Answers the other, which is still its parent's child. */
  merge(branch: number, neighbour: number): number {
    const isLeft = this.get(neighbour, 'index') < this.get(branch, 'index');
    const [left, right] = isLeft ? [neighbour, branch] : [branch, neighbour];
    const count = this.get(left, 'count');
    const others = this.get(right, 'count');
    let separator = needed(this.separator(needed(this.get(branch, 'parent')), this.get(right, 'index') - 1));
    for (let index = 0; index < others; index++) {
      this.insert(left, count + index, separator, this.child(right, index));
      if (index + 1 < others) separator = needed(this.separator(right, index));
    }
    this.set(left, 'beneath', this.get(left, 'beneath') + this.get(right, 'beneath'));
    return right;
  }

  /** Says what a child now begins with: the separator before it is that of the nearest ancestor that is not a first child. */
  setSeparatorBefore(branch: number, index: number, entry: number): void {
    let ancestor = branch;
    let place = index;
    while (place === 0) {
      place = this.get(ancestor, 'index');
      ancestor = this.get(ancestor, 'parent');
      if (ancestor === 0) return;
    }
    this.setSeparator(ancestor, place - 1, entry);
  }

  /** Makes a child a root. */
  orphan(branch: number, child: number): void {
    this.#childrenOf(branch).set(child, 'parent', 0);
  }

  #childrenOf(branch: number): LeafStore | this {
    return this.hasLeaves(branch) ? this.#leaves : this;
  }

  /** Tells a child where it is. */
  #tell(branch: number, child: number, index: number): void {
    const children = this.#childrenOf(branch);
    children.set(child, 'parent', branch);
    children.set(child, 'index', index);
  }

  #putChild(branch: number, index: number, child: number): void {
    this.setSlot(branch, childPlace(index, this.#capacity), child);
    this.#tell(branch, child, index);
  }

  #takeChild(branch: number, index: number): number {
    const child = this.child(branch, index);
    this.setSlot(branch, childPlace(index, this.#capacity), 0);
    return child;
  }

  /** Moves the children from `start` up to `end`, each with the separator before it. */
  #shift(branch: number, start: number, end: number, by: number): void {
    if (start + by < 1) throw new Trap('The library stops where the first child of a branch would go.');
    const children = this.#childrenOf(branch);
    for (let index = start; index < end; index++) children.set(this.child(branch, index), 'index', index + by);
    const first = Math.max(0, start - 1);
    this.#copySeparators(branch, first, first + by, end - 1 - first);
    this.#copyChildren(branch, start, start + by, end - start);
  }

  #copySeparators(branch: number, from: number, to: number, count: number): void {
    this.copySlots(branch + separatorPlace(from), branch + separatorPlace(to), count);
  }

  #copyChildren(branch: number, from: number, to: number, count: number): void {
    this.copySlots(branch + childPlace(from, this.#capacity), branch + childPlace(to, this.#capacity), count);
  }
}
