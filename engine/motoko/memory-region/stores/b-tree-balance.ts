import { ORDER, type TreeNodes } from './b-tree-nodes.ts';
import type { DescentPath } from './b-tree-path.ts';

/** Minimum slots in use. A node with fewer is merged with a neighbour if both fit into one. */
export const MIN_COUNT = ORDER / 4;

/** Splits every full node on the path to the place of a pair, from the root on, so that each parent has room. */
export function splitTowards(nodes: TreeNodes, key: number, value: number): void {
  const { branches } = nodes;
  if (nodes.level(0).countOf(nodes.root) === ORDER) {
    const root = branches.create();
    branches.insertChild(root, 0, nodes.root, nodes.level(0));
    nodes.root = root;
    nodes.height++;
  }
  let branch = nodes.root;
  for (let depth = 1; depth <= nodes.height; depth++) {
    const slot = Math.max(0, branches.rank(branch, key, value) - 1);
    if (nodes.level(depth).countOf(branches.childAt(branch, slot)) === ORDER) split(nodes, branch, slot, depth);
    branch = branches.childAt(branch, Math.max(0, branches.rank(branch, key, value) - 1));
  }
}

/**
 * Merges nodes with few slots in use with a neighbour, from the leaf at the end of the path upwards. Returns false if nothing was
 * merged.
 */
export function mergeUpwards(nodes: TreeNodes, path: DescentPath): boolean {
  const { branches, leaves } = nodes;
  let isDone = false;
  for (let depth = nodes.height - 1; depth >= 0; depth--) {
    const branch = path.branchAt(depth);
    const slot = path.slotAt(depth);
    if (nodes.level(depth + 1).countOf(branches.childAt(branch, slot)) >= MIN_COUNT) break;
    if (!mergeChild(nodes, branch, slot, depth + 1)) break;
    isDone = true;
  }
  while (nodes.height > 0 && branches.countOf(nodes.root) < 2) {
    const old = nodes.root;
    const isEmpty = branches.countOf(old) === 0;
    nodes.root = isEmpty ? leaves.create() : branches.childAt(old, 0);
    nodes.height = isEmpty ? 0 : nodes.height - 1;
    branches.release(old);
  }
  return isDone;
}

/** Moves the upper half of a full child to a new child next to it. The parent must have room. */
function split(nodes: TreeNodes, parent: number, slot: number, depth: number): void {
  const { branches, leaves, height, ranksValues } = nodes;
  const level = nodes.level(depth);
  const child = branches.childAt(parent, slot);
  const right = level.create();
  const isLeaf = depth === height;
  // Blocks mostly come in rising order, so a leaf that grows at its end is left nearly full instead of half full.
  level.move(child, isLeaf && leaves.nextOf(child) < 0 ? ORDER - MIN_COUNT : ORDER / 2, right);
  if (isLeaf) leaves.linkAfter(child, right);
  if (ranksValues) branches.setGreatest(parent, slot, level.greatestIn(child));
  branches.insertChild(parent, slot + 1, right, level);
}

/**
 * Merges a child with a neighbour if both fit into one node. Always removes an empty child. Returns false if nothing was done.
 */
function mergeChild(nodes: TreeNodes, parent: number, slot: number, depth: number): boolean {
  const { branches, ranksValues } = nodes;
  const level = nodes.level(depth);
  if (branches.countOf(parent) < 2) {
    const child = branches.childAt(parent, slot);
    if (level.countOf(child) > 0) return false;
    level.release(child);
    branches.remove(parent, slot);
    return true;
  }
  const leftSlot = slot + 1 < branches.countOf(parent) ? slot : slot - 1;
  const left = branches.childAt(parent, leftSlot);
  const right = branches.childAt(parent, leftSlot + 1);
  if (level.countOf(left) + level.countOf(right) > ORDER) return false;
  level.move(right, 0, left);
  if (ranksValues) branches.setGreatest(parent, leftSlot, level.greatestIn(left));
  level.release(right);
  branches.remove(parent, leftSlot + 1);
  return true;
}
