import type { Budget } from '../../../core/budget.ts';
import { decodeHeader, HEADER_LENGTH } from '../layout.ts';
import { BRANCH_MAGIC, branchAt, branchLength, nodePlaces } from '../node.ts';
import type { Tree } from '../tree.ts';
import type { LeafOrder } from './leaf-order.ts';

/**
 * Finds branches that were the root until only one child was left. The library then makes that child the root, still counts the
 * branch, and never frees it. Returns none if not all branches could be reached.
 */
export function findLeakedBranches(tree: Tree, order: LeafOrder, budget: Budget): readonly number[] {
  if (!tree.branches || !order.whole || order.obstacles > 0) return [];
  const most = Number(decodeHeader(tree.branches)?.nodes ?? 0) - order.branches.length;
  const reached = new Set(order.branches);
  const length = branchLength(tree.capacity);
  const leaked: number[] = [];
  for (let place = 0; place < nodePlaces(tree.branches, length) && leaked.length < most; place += 1) {
    const address = HEADER_LENGTH + place * length;
    if (reached.has(address)) continue;
    if (!budget.spend(length)) return [];
    const branch = branchAt(tree, address);
    if (branch?.magic === BRANCH_MAGIC && branch.counted === 1 && branch.parent === 0) leaked.push(address);
  }
  return leaked;
}
