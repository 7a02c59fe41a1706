import { HEADER_LENGTH, type RegionHeader } from './layout.ts';
import {
  BRANCH_MAGIC,
  type Branch,
  branchAt,
  LEAF_MAGIC,
  type Leaf,
  leafAt,
  leafLength,
  nodePlaces,
  type TreeShape,
} from './node.ts';

/** Maximum levels of a tree. With four children a node, a deeper tree would have more entries than there are bytes. */
export const MAX_LEVELS = 32;
/** Maximum leaves that are tried if the header does not lead to the root. */
const MAX_TRIED = 1024;

export interface Root {
  readonly root: number;
  /** 1 if the root is a leaf. */
  readonly depth: number;
}

/**
 * Returns the root and the depth of the tree: those in the header if they lead to a leaf, otherwise those that follow from the
 * nodes.
 */
export function judgeRoot(shape: TreeShape, { root, depth }: RegionHeader): Root {
  const own = branchAt(shape, root)?.depth ?? 1;
  const fitting = [depth, own, 1].find(
    (levels) => leadsToLeaf(shape, root, levels, false) || leadsToLeaf(shape, root, levels, true),
  );
  return fitting === undefined ? (climb(shape) ?? { root, depth }) : { root, depth: fitting };
}

/** Returns whether a node is at the place in its parent that it names. */
export function isWhereItSays(shape: TreeShape, { address, parent, index }: Leaf | Branch): boolean {
  const branch = parent === 0 ? undefined : branchAt(shape, parent);
  return branch?.magic === BRANCH_MAGIC && index < branch.count && branch.child(index) === address;
}

/**
 * Returns whether the first children from the root down, or the last ones, are nodes that name their parents and end with a leaf.
 */
function leadsToLeaf(shape: TreeShape, root: number, depth: number, byLast: boolean): boolean {
  if (depth < 1 || depth > MAX_LEVELS) return false;
  let address = root;
  let parent = 0;
  for (let level = depth; level > 1; level -= 1) {
    const branch = branchAt(shape, address);
    if (branch?.magic !== BRANCH_MAGIC) return false;
    // A root may name a parent, if the parent does not lead back to it.
    if (level === depth ? isWhereItSays(shape, branch) : branch.parent !== parent) return false;
    parent = address;
    address = branch.child(byLast ? Math.max(0, branch.count - 1) : 0);
  }
  const leaf = leafAt(shape, address);
  return leaf?.magic === LEAF_MAGIC && leaf.parent === parent;
}

/** Returns the root that the parents of some leaf lead to. */
function climb(shape: TreeShape): Root | undefined {
  const length = leafLength(shape.capacity);
  const places = Math.min(MAX_TRIED, nodePlaces(shape.leaves, length));
  for (let place = 0; place < places; place += 1) {
    let node: Leaf | Branch | undefined = leafAt(shape, HEADER_LENGTH + place * length);
    if (node?.magic !== LEAF_MAGIC || node.counted === 0) continue;
    for (let depth = 1; node && depth <= MAX_LEVELS; depth += 1) {
      if (node.parent === 0) return { root: node.address, depth };
      node = isWhereItSays(shape, node) ? branchAt(shape, node.parent) : undefined;
    }
  }
  return undefined;
}
