import type { Entry } from './iteration.ts';
import type { StoredTree } from './stored-tree.ts';

/**
 * Takes the entry with `key` out of a tree. On the way down every node that is entered, but the root, is made to have an entry to spare:
 * also where the key then turns out not to be there. Returns the entry's value.
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
      node = enter(tree, node, -1 - index, depth);
      continue;
    }
    const left = tree.child(node, index, depth);
    const right = nodes.rich(left) ? undefined : tree.child(node, index + 1, depth);
    if (right === undefined || nodes.rich(right)) {
      const value = nodes.value(node, index);
      const next = right === undefined ? removeEdge(tree, left, 'last', depth) : removeEdge(tree, right, 'first', depth);
      nodes.splice(node, index, 1, next);
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
  const index = edge === 'first' ? 0 : nodes.count(node) - 1;
  const entry = nodes.entry(node, index);
  removeFromLeaf(tree, node, index);
  return entry;
}

function removeFromLeaf(tree: StoredTree, leaf: number, index: number): void {
  const emptied = tree.nodes.count(leaf) === 1;
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
  if (left !== undefined && nodes.rich(left)) return rotate(tree, parent, index - 1, left, child);
  const right = index < nodes.count(parent) ? tree.child(parent, index + 1, depth) : undefined;
  if (right !== undefined && nodes.rich(right)) return rotate(tree, parent, index, right, child);
  if (left !== undefined) return merge(tree, parent, index - 1, child, left);
  return right === undefined ? child : merge(tree, parent, index, child, right);
}

/** The entry of `from` that is next to its neighbour `to` goes up, the one that separates the two goes down, a child across. Returns `to`. */
function rotate({ nodes }: StoredTree, parent: number, separator: number, from: number, to: number): number {
  const rightwards = nodes.child(parent, separator) === from;
  const last = nodes.count(from) - 1;
  const [leaves, entered] = rightwards ? [last, 0] : [0, nodes.count(to)];
  const up = nodes.entry(from, leaves);
  const down = nodes.entry(parent, separator);
  if (nodes.leaf(from)) {
    nodes.splice(from, leaves, 1);
    nodes.splice(to, entered, 0, down);
  } else {
    const [at, place] = rightwards ? [last + 1, 0] : [0, entered + 1];
    const address = nodes.child(from, at);
    nodes.splice(from, leaves, 1, undefined, { at, address });
    nodes.splice(to, entered, 0, down, { at: place, address });
  }
  nodes.splice(parent, separator, 1, up);
  return to;
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
  nodes.free(fromAt);
  if (parent.count > 1) {
    const children = parent.children.toSpliced(separator + (fromIsRight ? 1 : 0), 1);
    nodes.replace(parent, children, [parent.entries(0, separator), parent.entries(separator + 1)]);
  } else {
    nodes.free(parentAt);
    tree.setHeader(intoAt, 0);
  }
  return intoAt;
}
