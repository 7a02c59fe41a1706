import type { Branch } from './max-node.ts';

/** Rules by which a branch finds the child with the largest block when it may have changed. */
export interface MaxRules {
  /** Called when the branch's largest block, below the child at `slot`, has become smaller. */
  shrunk(branch: Branch, slot: number): void;
  /** Called when the neighbour, which had the branch's largest block, has moved blocks to the child at `slot`. */
  lent(branch: Branch, slot: number, neighbour: number): void;
  /** Removes the child at `slot`, whose items are now in the child to its left. */
  drop(branch: Branch, slot: number): void;
}

/** The rules of augmented-btrees 0.8.0, which looks at all children. */
export const RULES_0_8: MaxRules = {
  shrunk: (branch) => branch.rescan(),
  lent: (branch) => branch.rescan(),
  drop(branch, slot) {
    remove(branch, slot);
    branch.rescan();
  },
};

/**
 * The rules of earlier releases. A branch can point to a child that does not have its largest block: then the library allocates
 * bytes that are in use.
 */
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
    // Each child after it is considered at its old slot.
    for (let following = slot + 1; following < branch.count; following++) branch.consider(following);
    remove(branch, slot);
    if (branch.maxAt > slot) branch.maxAt -= 1;
  },
};

function remove(branch: Branch, slot: number): void {
  branch.items.splice(Math.min(slot, branch.count - 1), 1);
  branch.adopt();
}
