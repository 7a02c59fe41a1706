import { Trap } from '../../memory-region/trap.ts';
import { BranchStore } from './branch-store.ts';
import { needed } from './node-store.ts';

/**
 * Branches in layout version 0. A branch that loses children is balanced with a neighbour as long as both together have enough.
 */
export class BranchStore0 extends BranchStore {
  remove(branch: number, index: number): void {
    const count = this.get(branch, 'count');
    this.#shift(branch, index + 1, count, -1);
    this.set(branch, 'count', count - 1);
  }

  /** Balances a branch and its larger neighbour. Returns false if both together fit into one. */
  redistribute(branch: number): boolean {
    const parent = needed(this.get(branch, 'parent'));
    const neighbour = this.largerNeighbour(parent, this.get(branch, 'index'));
    if (neighbour === undefined) return false;
    const count = this.get(branch, 'count');
    const others = this.get(neighbour, 'count');
    if (count + others < this.capacity) return false;
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
      this.putChild(branch, index, child);
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
    this.putChild(right, 0, first);
    this.setSeparator(parent, between, separator);
    return beneath;
  }

  /**
   * Moves all children of a branch and its neighbour to the left one of the two. Returns the other, which is still its parent's
   * child.
   */
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

  /** Sets the separator before a child, which is in the parent of the nearest ancestor that is not a first child. */
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

  /** Moves the children from `start` up to `end`, each with the separator before it. */
  #shift(branch: number, start: number, end: number, by: number): void {
    if (start + by < 1) throw new Trap('The library stops where the first child of a branch would go.');
    const children = this.childrenOf(branch);
    for (let index = start; index < end; index++) children.set(this.child(branch, index), 'index', index + by);
    const first = Math.max(0, start - 1);
    this.copySeparators(branch, first, first + by, end - 1 - first);
    this.copyChildren(branch, start, start + by, end - start);
  }
}
