import type { StoredTree } from './stored-tree.ts';
import { allOf, NO_CHILDREN, type TreeNode } from './tree-node.ts';

/** Entries that stay in a full node, and children; the entry behind them goes up. */
const LOWER_ENTRIES = 5;

/**
 * Gives a key its value: on the way down every full node is split before it is entered, even where the key then turns out to be there.
 * Returns the value that the key had.
 */
export function insertEntry(tree: StoredTree, key: Uint8Array, value: Uint8Array): Uint8Array | undefined {
  if (tree.root === 0) {
    const address = tree.nodes.allocate();
    tree.setHeader(address, 0);
    tree.nodes.create(address, NO_CHILDREN, [allOf(tree.nodes.entry(key, value))]);
    tree.setHeader(address, 1);
    return undefined;
  }
  let node = tree.nodes.load(tree.root);
  if (node.full) {
    const index = tree.search(node, key);
    if (index >= 0) return replaceValue(tree, node, index, value);
    node = splitRoot(tree, node);
  }
  for (let depth = 1; ; depth += 1) {
    const index = tree.search(node, key);
    if (index >= 0) return replaceValue(tree, node, index, value);
    const place = -1 - index;
    if (node.leaf) {
      tree.nodes.splice(node, place, 0, tree.nodes.entry(key, value));
      tree.setHeader(tree.root, 1);
      return undefined;
    }
    let child = tree.child(node, place, depth);
    if (child.full) {
      const found = tree.search(child, key);
      if (found >= 0) return replaceValue(tree, child, found, value);
      const parent = splitChild(tree, node, place, child);
      child = tree.child(parent, -1 - tree.search(parent, key), depth);
    }
    node = child;
  }
}

/** The key's bytes stay, should the order take others for the same. */
function replaceValue(tree: StoredTree, node: TreeNode, index: number, value: Uint8Array): Uint8Array {
  const old = node.value(index);
  tree.nodes.splice(node, index, 1, tree.nodes.entry(node.key(index, tree.nodes.prefix), value));
  return old;
}

/** The tree becomes one level deeper. Returns the new root. */
function splitRoot(tree: StoredTree, root: TreeNode): TreeNode {
  const address = tree.nodes.allocate();
  tree.setHeader(address, 0);
  return splitChild(tree, tree.nodes.build(address, [], [root.address], []), 0, root);
}

/** Moves the upper half of child `index`, which is full, into a new node behind it. Returns the parent. */
function splitChild(tree: StoredTree, parent: TreeNode, index: number, child: TreeNode): TreeNode {
  const sibling = tree.nodes.allocate();
  const upper = LOWER_ENTRIES + 1;
  tree.nodes.create(sibling, child.children.slice(upper), [child.entries(upper)]);
  tree.nodes.replace(child, child.children.slice(0, upper), [child.entries(0, LOWER_ENTRIES)]);
  const separator = child.entries(LOWER_ENTRIES, upper);
  return tree.nodes.replace(parent, parent.children.toSpliced(index + 1, 0, sibling), [
    parent.entries(0, index),
    separator,
    parent.entries(index),
  ]);
}
