import type { Entry } from './iteration.ts';
import type { StoredTree } from './stored-tree.ts';
import type { TreeNode } from './tree-node.ts';

/**
 * Takes the entry with `key` out of a tree. On the way down every node that is entered, but the root, is made to have an entry to spare:
 * also where the key then turns out not to be there. Returns the entry's value.
 */
export function removeKey(tree: StoredTree, key: Uint8Array): Uint8Array | undefined {
  if (tree.root === 0) return undefined;
  let node = tree.nodes.load(tree.root);
  for (let depth = 1; ; depth += 1) {
    const index = tree.search(node, key);
    if (node.leaf) {
      if (index < 0) return undefined;
      const value = node.value(index);
      removeFromLeaf(tree, node, index);
      return value;
    }
    if (index < 0) {
      node = enter(tree, node, -1 - index, depth);
      continue;
    }
    const left = tree.child(node, index, depth);
    const right = left.rich ? undefined : tree.child(node, index + 1, depth);
    if (!right || right.rich) {
      const value = node.value(index);
      const [nextKey, nextValue] = right ? removeEdge(tree, right, 'first', depth) : removeEdge(tree, left, 'last', depth);
      tree.nodes.splice(node, index, 1, tree.nodes.entry(nextKey, nextValue));
      return value;
    }
    node = merge(tree, node, index, right, left);
  }
}

/** Takes the first or the last entry out of the tree below `node`, which has one to spare or is the root. */
export function removeEdge(tree: StoredTree, from: TreeNode, edge: 'first' | 'last', above = 0): Entry {
  let node = from;
  for (let depth = above + 1; !node.leaf; depth += 1) node = enter(tree, node, edge === 'first' ? 0 : node.count, depth);
  const index = edge === 'first' ? 0 : node.count - 1;
  const entry: Entry = [node.key(index, tree.nodes.prefix), node.value(index)];
  removeFromLeaf(tree, node, index);
  return entry;
}

function removeFromLeaf(tree: StoredTree, leaf: TreeNode, index: number): void {
  const emptied = leaf.count === 1;
  if (emptied) tree.nodes.free(leaf);
  else tree.nodes.splice(leaf, index, 1);
  tree.setHeader(emptied ? 0 : tree.root, -1);
}

/** Goes to child `index`; if that has no entry to spare, it first gets one from a sibling, the left one if it can, or becomes one with it. */
function enter(tree: StoredTree, parent: TreeNode, index: number, depth: number): TreeNode {
  const child = tree.child(parent, index, depth);
  if (child.rich) return child;
  const left = index > 0 ? tree.child(parent, index - 1, depth) : undefined;
  if (left?.rich) return rotateRight(tree, parent, index - 1, left, child);
  const right = index < parent.count ? tree.child(parent, index + 1, depth) : undefined;
  if (right?.rich) return rotateLeft(tree, parent, index, child, right);
  if (left) return merge(tree, parent, index - 1, child, left);
  return right ? merge(tree, parent, index, child, right) : child;
}

/** The last entry of `left` goes up, the one that separates the two down. Returns the right one. */
function rotateRight(tree: StoredTree, parent: TreeNode, separator: number, left: TreeNode, right: TreeNode): TreeNode {
  const last = left.count - 1;
  tree.nodes.replace(left, left.children.slice(0, -1), [left.entries(0, last)]);
  const moved = left.children.slice(-1);
  const grown = tree.nodes.replace(
    right,
    [...moved, ...right.children],
    [parent.entries(separator, separator + 1), right.entries()],
  );
  tree.replaceEntry(parent, separator, left.entries(last));
  return grown;
}

/** The first entry of `right` goes up, the one that separates the two down. Returns the left one. */
function rotateLeft(tree: StoredTree, parent: TreeNode, separator: number, left: TreeNode, right: TreeNode): TreeNode {
  tree.nodes.replace(right, right.children.slice(1), [right.entries(1)]);
  const moved = right.children.slice(0, 1);
  const grown = tree.nodes.replace(
    left,
    [...left.children, ...moved],
    [left.entries(), parent.entries(separator, separator + 1)],
  );
  tree.replaceEntry(parent, separator, right.entries(0, 1));
  return grown;
}

/**
 * Moves everything of `from`, and the entry that separates the two, into its neighbour `into`, and frees `from`; a root that has nothing
 * left goes too. Returns what stands at `into` then.
 */
function merge(tree: StoredTree, parent: TreeNode, separator: number, from: TreeNode, into: TreeNode): TreeNode {
  const fromIsRight = parent.child(separator) === into.address;
  const [left, right] = fromIsRight ? [into, from] : [from, into];
  const middle = parent.entries(separator, separator + 1);
  const merged = tree.nodes.replace(into, [...left.children, ...right.children], [left.entries(), middle, right.entries()]);
  tree.nodes.free(from);
  if (parent.count > 1) {
    const children = parent.children.toSpliced(separator + (fromIsRight ? 1 : 0), 1);
    tree.nodes.replace(parent, children, [parent.entries(0, separator), parent.entries(separator + 1)]);
  } else {
    tree.nodes.free(parent);
    tree.setHeader(merged.address, 0);
  }
  return merged;
}
