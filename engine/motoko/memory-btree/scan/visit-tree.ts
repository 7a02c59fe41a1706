import type { Budget } from '../../../core/budget.ts';
import type { TreeNode, TreeVisitor } from '../../../core/structure.ts';
import { KEY_IN_ENTRY } from '../layout.ts';
import { type Branch, branchAt, branchLength, entryPlace, type Leaf, leafAt, leafLength, NODE_HEADER_LENGTH } from '../node.ts';
import { elementOf, entryOf, type Tree } from '../tree.ts';
import { LeafOrder, type PlacedLeaf } from './leaf-order.ts';

/** Entries after which the walk yields while it finds the leaves. */
const ENTRIES_PER_YIELD = 4_096;

/** Walks over all branches, then over all leaves and their entries. Returns the number of nodes that damage hides. */
export function* visitTree(tree: Tree, visitor: TreeVisitor, budget: Budget): Generator<void, number, undefined> {
  const order = new LeafOrder(tree, tree.header);
  while (!order.whole && budget.cutShort === undefined) {
    order.advance(order.entries + ENTRIES_PER_YIELD, budget);
    yield;
  }
  for (const [index, address] of order.branches.entries()) {
    const branch = branchAt(tree, address);
    if (branch) visitor.node?.(nodeOfBranch(branch, order.branchLevels[index] ?? 0));
  }
  for (const placed of order.leaves) {
    const leaf = leafAt(tree, placed.address);
    if (!budget.spend(leafLength(tree.capacity))) break;
    if (leaf && !visitLeaf(tree, leaf, placed, order.depth - 1, visitor, budget)) break;
    yield;
  }
  return order.obstacles;
}

/** Returns false if the budget is used up. */
function visitLeaf(tree: Tree, leaf: Leaf, placed: PlacedLeaf, level: number, visitor: TreeVisitor, budget: Budget): boolean {
  const bytes = leafLength(tree.capacity);
  visitor.node?.({ ...ofNode(level, placed.count, tree.capacity, bytes), entries: placed.count, used: entryPlace(placed.count) });
  for (let index = 0; index < placed.count; index += 1) {
    if (!budget.spend(KEY_IN_ENTRY)) return false;
    visitor.entry?.(elementOf(tree, leaf, entryOf(tree, leaf, index), placed.first + index));
  }
  return true;
}

/** Returns a branch as a node: it has children and the separators between them, but no entries. */
function nodeOfBranch({ count, capacity }: Branch, level: number): TreeNode {
  const used = NODE_HEADER_LENGTH + ADDRESS * (count + Math.max(0, count - 1));
  return { ...ofNode(level, count, capacity, branchLength(capacity)), entries: 0, used };
}

function ofNode(level: number, filled: number, room: number, bytes: number) {
  return { level, filled, room, bytes, overflowPages: 0, overflowBytes: 0 } as const;
}

const ADDRESS = 8;
