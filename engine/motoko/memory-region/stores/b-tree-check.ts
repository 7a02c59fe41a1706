import type { TreeNodes } from './b-tree-nodes.ts';

/** Returns the violated invariants of a tree's nodes, as sentences. */
export function checkNodes(nodes: TreeNodes, size: number): string[] {
  const violations: string[] = [];
  let level = [nodes.root];
  for (let depth = 0; depth < nodes.height; depth++) {
    const below: number[] = [];
    for (const branch of level) below.push(...checkBranch(nodes, branch, depth, violations));
    level = below;
  }
  checkLeaves(nodes, level, size, violations);
  return violations;
}

/** Checks a branch, and returns its children. */
function checkBranch(nodes: TreeNodes, branch: number, depth: number, violations: string[]): number[] {
  const { branches, ranksValues } = nodes;
  const below = nodes.level(depth + 1);
  const children: number[] = [];
  for (let slot = 0; slot < branches.countOf(branch); slot++) {
    const child = branches.childAt(branch, slot);
    children.push(child);
    if (below.countOf(child) === 0) violations.push('A node is empty.');
    if (ranksValues && branches.greatestAt(branch, slot) !== below.greatestIn(child))
      violations.push('The greatest value that a branch stores for a child is wrong.');
    const lowest = below.keyAt(child, 0);
    if (branches.isBelow(lowest, below.valueAt(child, 0), branch, slot))
      violations.push(`The key ${lowest} is below its branch's key.`);
  }
  return children;
}

function checkLeaves({ leaves }: TreeNodes, inOrder: readonly number[], size: number, violations: string[]): void {
  let count = 0;
  let lastKey = Number.NEGATIVE_INFINITY;
  let lastValue = Number.NEGATIVE_INFINITY;
  for (const [index, leaf] of inOrder.entries()) {
    if (leaves.nextOf(leaf) !== (inOrder[index + 1] ?? -1) || leaves.previousOf(leaf) !== (inOrder[index - 1] ?? -1))
      violations.push('A leaf is not linked to its neighbour.');
    for (let slot = 0; slot < leaves.countOf(leaf); slot++) {
      const key = leaves.keyAt(leaf, slot);
      if (!(count === 0 || leaves.isBelow(lastKey, lastValue, leaf, slot)))
        violations.push(`The keys ${lastKey} and ${key} are out of order.`);
      lastKey = key;
      lastValue = leaves.valueAt(leaf, slot);
      count++;
    }
  }
  if (count !== size) violations.push(`The leaves hold ${count} pairs, but ${size} are counted.`);
}
