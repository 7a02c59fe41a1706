import type { RegionHeader } from './layout.ts';
import { BRANCH_MAGIC, branchAt, LEAF_MAGIC, leafAt, type TreeShape } from './node.ts';

/** Deeper than any tree: with four children a node these are more entries than there are bytes. */
export const MOST_LEVELS = 32;

/** How deep the tree is: as its header says where that leads to a leaf, else as its root says, else whatever leads to one. */
export function judgeDepth(shape: TreeShape, { root, depth }: RegionHeader): number {
  const own = branchAt(shape, root)?.depth ?? 1;
  return [depth, own, 1].find((levels) => leadsToLeaf(shape, root, levels)) ?? depth;
}

/** Whether the first children from the root down are nodes that know their parents, and the last of them a leaf. */
function leadsToLeaf(shape: TreeShape, root: number, depth: number): boolean {
  if (depth < 1 || depth > MOST_LEVELS) return false;
  let address = root;
  let parent = 0;
  for (let level = depth; level > 1; level -= 1) {
    const branch = branchAt(shape, address);
    if (branch?.magic !== BRANCH_MAGIC || branch.parent !== parent) return false;
    parent = address;
    address = branch.child(0);
  }
  const leaf = leafAt(shape, address);
  return leaf?.magic === LEAF_MAGIC && leaf.parent === parent;
}
