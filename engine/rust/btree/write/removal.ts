import type { Entry } from '../entry.ts';
import type { StoredTree } from './stored-tree.ts';

/**
 * Removes the entry with `key` from a tree. On the way down every node except the root gets an entry to spare before it is
 * entered, even if the key turns out not to be there. Returns the value of the entry.
 */
export function removeKey(tree: StoredTree, key: Uint8Array): Uint8Array | undefined {
  const { nodes } = tree;
  if (tree.root === 0) return undefined;
  const sought = nodes.sought(key);
  let node = tree.root;
  for (let depth = 1; ; depth += 1) {
    const index = nodes.search(node, sought);
    if (nodes.leaf(node)) {
      if (index < 0) return undefined;
      const value = nodes.value(node, index);
      removeFromLeaf(tree, node, index);
      return value;
    }
    if (index < 0) {
      const place = -1 - index;
      const child = tree.child(node, place, depth);
      const entry = nodes.leaf(child) ? nodes.search(child, sought) : -1;
      const value = entry < 0 ? undefined : nodes.value(child, entry);
      node = enter(tree, node, place, depth, entry);
      if (value !== undefined) return value;
      continue;
    }
    const left = tree.child(node, index, depth);
    const right = nodes.hasSpare(left) ? undefined : tree.child(node, index + 1, depth);
    if (right === undefined || nodes.hasSpare(right)) {
      const value = nodes.value(node, index);
      const next = right === undefined ? removeEdge(tree, left, 'last', depth) : removeEdge(tree, right, 'first', depth);
      nodes.splice(node, index, 1, next);
      return value;
    }
    const value = nodes.leaf(left) ? nodes.value(node, index) : undefined;
    node = merge(tree, node, index, right, left, value === undefined ? -1 : nodes.count(left));
    if (value !== undefined) return value;
  }
}

/** Removes the first or the last entry from the tree below `from`, which has an entry to spare or is the root. */
export function removeEdge(tree: StoredTree, from: number, edge: 'first' | 'last', above = 0): Entry {
  const { nodes } = tree;
  const edgeOf = (node: number): number => (edge === 'first' ? 0 : nodes.count(node) - 1);
  let node = from;
  for (let depth = above + 1; !nodes.leaf(node); depth += 1) {
    const place = edge === 'first' ? 0 : nodes.count(node);
    const child = tree.child(node, place, depth);
    if (nodes.leaf(child)) {
      const entry = nodes.entry(child, edgeOf(child));
      enter(tree, node, place, depth, edgeOf(child));
      return entry;
    }
    node = enter(tree, node, place, depth, -1);
  }
  const entry = nodes.entry(node, edgeOf(node));
  removeFromLeaf(tree, node, edgeOf(node));
  return entry;
}

function removeFromLeaf(tree: StoredTree, leaf: number, index: number): void {
  const emptied = tree.nodes.count(leaf) === 1;
  if (emptied) tree.nodes.free(leaf);
  else tree.nodes.splice(leaf, index, 1);
  tree.setHeader(emptied ? 0 : tree.root, -1);
}

/**
 * Goes to child `place`. If that has no entry to spare, it first gets one from a sibling, preferably the left one, or is merged
 * with it. Then `entry` of the child, a leaf, is removed, unless it is -1.
 */
function enter(tree: StoredTree, parent: number, place: number, depth: number, entry: number): number {
  const { nodes } = tree;
  const child = tree.child(parent, place, depth);
  if (nodes.hasSpare(child)) return without(tree, child, entry);
  const left = place > 0 ? tree.child(parent, place - 1, depth) : undefined;
  if (left !== undefined && nodes.hasSpare(left)) {
    nodes.rotate(parent, place - 1, left, nodes.count(left) - 1, child, 0);
    return without(tree, child, entry < 0 ? -1 : entry + 1);
  }
  const right = place < nodes.count(parent) ? tree.child(parent, place + 1, depth) : undefined;
  if (right !== undefined && nodes.hasSpare(right)) {
    nodes.rotate(parent, place, right, 0, child, nodes.count(child));
    return without(tree, child, entry);
  }
  if (left !== undefined) return merge(tree, parent, place - 1, child, left, entry < 0 ? -1 : nodes.count(left) + 1 + entry);
  return right === undefined ? without(tree, child, entry) : merge(tree, parent, place, child, right, entry);
}

function without(tree: StoredTree, node: number, entry: number): number {
  if (entry >= 0) removeFromLeaf(tree, node, entry);
  return node;
}

/**
 * Moves all entries of `from`, and the entry that separates the two, into its neighbour `into`, and frees `from`. A root that
 * becomes empty is freed, too. Then `entry` of the merged leaf is removed, unless it is -1. Returns `into`.
 */
function merge(tree: StoredTree, parent: number, separator: number, from: number, into: number, entry: number): number {
  const { nodes } = tree;
  const fromIsRight = nodes.child(parent, separator) === into;
  const target = nodes.open(into);
  const [left, right] = fromIsRight ? [target, nodes.open(from)] : [nodes.open(from), target];
  const runs = [left.entries(), nodes.copied(parent, separator), right.entries()];
  const detach = (): void => {
    nodes.free(from);
    if (nodes.count(parent) > 1) {
      nodes.splice(parent, separator, 1, undefined, { at: separator + (fromIsRight ? 1 : 0), address: from });
    } else {
      nodes.free(parent);
      tree.setHeader(into, 0);
    }
  };
  if (entry < 0) {
    nodes.replace(target, [...left.children, ...right.children], runs);
    detach();
  } else {
    nodes.replaceThenRemove(target, runs, entry, detach);
    tree.setHeader(tree.root, -1);
  }
  return into;
}
