import type { Entry } from './iteration.ts';
import type { StoredTree } from './stored-tree.ts';
import type { TreeNode } from './tree-node.ts';

/**
 * Takes the entry with `key` out of a tree. On the way down every node that is entered, but the root, is made to have an entry to spare:
 * also where the key then turns out not to be there. Returns the entry's value.
 */
export function removeKey(tree: StoredTree, key: Uint8Array): Uint8Array | undefined {
  const { nodes } = tree;
  if (tree.root === 0) return undefined;
  let node = tree.root;
  for (let depth = 1; ; depth += 1) {
    const index = nodes.search(node, key);
    if (nodes.leaf(node)) {
      if (index < 0) return undefined;
      const leaf = nodes.open(node);
      const value = leaf.value(index);
      removeFromLeaf(tree, leaf, index);
      return value;
    }
    if (index < 0) {
      node = enter(tree, node, -1 - index, depth);
      continue;
    }
    const left = tree.child(node, index, depth);
    const right = nodes.rich(left) ? undefined : tree.child(node, index + 1, depth);
    if (right === undefined || nodes.rich(right)) {
      const value = nodes.value(node, index);
      const next = right === undefined ? removeEdge(tree, left, 'last', depth) : removeEdge(tree, right, 'first', depth);
      nodes.splice(nodes.open(node), index, 1, nodes.entry(next[0], next[1]));
      return value;
    }
    node = merge(tree, node, index, right, left);
  }
}

/** Takes the first or the last entry out of the tree below `node`, which has one to spare or is the root. */
export function removeEdge(tree: StoredTree, from: number, edge: 'first' | 'last', above = 0): Entry {
  const { nodes } = tree;
  let node = from;
  for (let depth = above + 1; !nodes.leaf(node); depth += 1) {
    node = enter(tree, node, edge === 'first' ? 0 : nodes.count(node), depth);
  }
  const leaf = nodes.open(node);
  const index = edge === 'first' ? 0 : leaf.count - 1;
  const entry = nodes.entryOf(leaf, index);
  removeFromLeaf(tree, leaf, index);
  return entry;
}

function removeFromLeaf(tree: StoredTree, leaf: TreeNode, index: number): void {
  const emptied = leaf.count === 1;
  if (emptied) tree.nodes.free(leaf);
  else tree.nodes.splice(leaf, index, 1);
  tree.setHeader(emptied ? 0 : tree.root, -1);
}

/** Goes to child `index`; if that has no entry to spare, it first gets one from a sibling, the left one if it can, or becomes one with it. */
function enter(tree: StoredTree, parent: number, index: number, depth: number): number {
  const { nodes } = tree;
  const child = tree.child(parent, index, depth);
  if (nodes.rich(child)) return child;
  const left = index > 0 ? tree.child(parent, index - 1, depth) : undefined;
  if (left !== undefined && nodes.rich(left)) return rotateRight(tree, parent, index - 1, left, child);
  const right = index < nodes.count(parent) ? tree.child(parent, index + 1, depth) : undefined;
  if (right !== undefined && nodes.rich(right)) return rotateLeft(tree, parent, index, child, right);
  if (left !== undefined) return merge(tree, parent, index - 1, child, left);
  return right === undefined ? child : merge(tree, parent, index, child, right);
}

/** The last entry of the left child goes up, the one that separates the two down. Returns the right one. */
function rotateRight({ nodes }: StoredTree, parentAt: number, separator: number, leftAt: number, rightAt: number): number {
  const [parent, left, right] = [nodes.open(parentAt), nodes.open(leftAt), nodes.open(rightAt)];
  const last = left.count - 1;
  nodes.replace(left, left.children.slice(0, -1), [left.entries(0, last)]);
  const moved = left.children.slice(-1);
  nodes.replace(right, [...moved, ...right.children], [parent.entries(separator, separator + 1), right.entries()]);
  nodes.splice(parent, separator, 1, left.entries(last));
  return rightAt;
}

/** The first entry of the right child goes up, the one that separates the two down. Returns the left one. */
function rotateLeft({ nodes }: StoredTree, parentAt: number, separator: number, leftAt: number, rightAt: number): number {
  const [parent, left, right] = [nodes.open(parentAt), nodes.open(leftAt), nodes.open(rightAt)];
  nodes.replace(right, right.children.slice(1), [right.entries(1)]);
  const moved = right.children.slice(0, 1);
  nodes.replace(left, [...left.children, ...moved], [left.entries(), parent.entries(separator, separator + 1)]);
  nodes.splice(parent, separator, 1, right.entries(0, 1));
  return leftAt;
}

/**
 * Moves everything of `from`, and the entry that separates the two, into its neighbour `into`, and frees `from`; a root that has nothing
 * left goes too. Returns `into`.
 */
function merge(tree: StoredTree, parentAt: number, separator: number, fromAt: number, intoAt: number): number {
  const { nodes } = tree;
  const [parent, from, into] = [nodes.open(parentAt), nodes.open(fromAt), nodes.open(intoAt)];
  const fromIsRight = parent.child(separator) === intoAt;
  const [left, right] = fromIsRight ? [into, from] : [from, into];
  const middle = parent.entries(separator, separator + 1);
  nodes.replace(into, [...left.children, ...right.children], [left.entries(), middle, right.entries()]);
  nodes.free(from);
  if (parent.count > 1) {
    const children = parent.children.toSpliced(separator + (fromIsRight ? 1 : 0), 1);
    nodes.replace(parent, children, [parent.entries(0, separator), parent.entries(separator + 1)]);
  } else {
    nodes.free(parent);
    tree.setHeader(intoAt, 0);
  }
  return intoAt;
}
