import { childPlace, separatorPlace } from '../node.ts';
import { BranchStore } from './branch-store.ts';
import { needed } from './node-store.ts';

/** Branches in layout version 1. They lose children one by one, or all to a neighbour. */
export class BranchStore1 extends BranchStore {
  /** Removes a child. Returns the separator before it, or after it for the first child, or 0 if it was the only child. */
  remove(branch: number, index: number): number {
    const count = this.get(branch, 'count');
    const before = Math.max(0, index - 1);
    const separator = count > 1 ? needed(this.separator(branch, before)) : 0;
    // For the first child the library clears a different slot than for others, and before the move instead of after it.
    if (index > 0) this.setSeparator(branch, before, 0);
    this.copySeparators(branch, before + 1, before, count - 2 - before);
    if (index === 0 && count > 1) this.setSeparator(branch, count - 2, 0);
    this.copyChildren(branch, index + 1, index, count - 1 - index);
    for (let each = index; each < count - 1; each++) this.setPlace(branch, this.child(branch, each), each);
    if (index > 0 || count === 1) this.setSlot(branch, childPlace(count - 1, this.capacity), 0);
    this.set(branch, 'count', count - 1);
    return separator;
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
    const between = needed(this.separator(needed(this.get(branch, 'parent')), this.get(right, 'index') - 1));
    this.setSeparator(left, count - 1, between);
    this.copySlots(right + separatorPlace(0), left + separatorPlace(count), others - 1);
    this.copySlots(right + childPlace(0, this.capacity), left + childPlace(count, this.capacity), others);
    for (let each = count; each < count + others; each++) this.setPlace(left, this.child(left, each), each);
    this.set(left, 'count', count + others);
    this.set(left, 'beneath', this.get(left, 'beneath') + this.get(right, 'beneath'));
    this.set(right, 'count', 0);
    return right;
  }
}
