import type { Branch } from './max-node.ts';

/** How a branch finds the child with the largest block anew when it may have changed. */
export interface MaxRules {
  /** The branch's largest block has become smaller; it lies below the child at `slot`. */
  shrunk(branch: Branch, slot: number): void;
  /** The neighbour, which had the branch's largest block, has given blocks to the child at `slot`. */
  lent(branch: Branch, slot: number, neighbour: number): void;
  /** Takes the child at `slot` out, whose items the one to its left has now. */
  drop(branch: Branch, slot: number): void;
}

/** augmented-btrees 0.8.0 looks at all children. */
export const RULES_0_8: MaxRules = {
  shrunk: (branch) => branch.rescan(),
  lent: (branch) => branch.rescan(),
  drop(branch, slot) {
    remove(branch, slot);
    branch.rescan();
  },
};

/** Before, a branch could point to a child that has not its largest block: then the library hands out bytes that are in use. */
export const RULES_0_7: MaxRules = {
  shrunk(branch, slot) {
    const child = branch.items[slot];
    if (!child) return;
    const skipped = branch.maxAt;
    branch.address = child.address;
    branch.size = child.size;
    for (let other = 0; other < branch.count; other++) if (other !== skipped) branch.consider(other);
  },
  lent(branch, slot, neighbour) {
    if (branch.items[neighbour]?.size !== branch.size) branch.maxAt = slot;
  },
  drop(branch, slot) {
    if (branch.maxAt === slot) branch.maxAt = slot - 1;
    // Each child behind it is looked at where it has stood until now.
    for (let behind = slot + 1; behind < branch.count; behind++) branch.consider(behind);
    remove(branch, slot);
    if (branch.maxAt > slot) branch.maxAt -= 1;
  },
};

function remove(branch: Branch, slot: number): void {
  branch.items.splice(Math.min(slot, branch.count - 1), 1);
  branch.adopt();
}
