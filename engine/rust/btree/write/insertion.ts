import type { StoredTree } from './stored-tree.ts';

/** Entries that stay in a full node when it is split. The entry after them moves up. */
const LOWER_ENTRIES = 5;

/**
 * Sets the value of a key. On the way down every full node is split before it is entered, even if the key turns out to be there.
 * Returns the old value.
 */
export function insertEntry(tree: StoredTree, key: Uint8Array, value: Uint8Array): Uint8Array | undefined {
  const { nodes } = tree;
  if (tree.root === 0) {
    const address = nodes.allocate();
    tree.setHeader(address, 0);
    nodes.createLeaf(address, [key, value]);
    tree.setHeader(address, 1);
    return undefined;
  }
  const sought = nodes.sought(key);
  let node = tree.root;
  if (nodes.full(node)) {
    const index = nodes.search(node, sought);
    if (index >= 0) return nodes.exchange(node, index, value);
    node = splitRoot(tree, node);
  }
  for (let depth = 1; ; depth += 1) {
    const index = nodes.search(node, sought);
    if (index >= 0) return nodes.exchange(node, index, value);
    const place = -1 - index;
    if (nodes.leaf(node)) {
      nodes.splice(node, place, 0, [key, value]);
      tree.setHeader(tree.root, 1);
      return undefined;
    }
    let child = tree.child(node, place, depth);
    if (nodes.full(child)) {
      const found = nodes.search(child, sought);
      if (found >= 0) return nodes.exchange(child, found, value);
      splitChild(tree, node, place, child);
      child = tree.child(node, -1 - nodes.search(node, sought), depth);
    }
    node = child;
  }
}

/** Makes the tree one level deeper. Returns the new root. */
function splitRoot(tree: StoredTree, root: number): number {
  const address = tree.nodes.allocate();
  tree.setHeader(address, 0);
  tree.nodes.create(address, [root], []);
  splitChild(tree, address, 0, root);
  return address;
}

/** Moves the upper half of a full node, child `index`, into a new node after it. */
function splitChild({ nodes }: StoredTree, parent: number, index: number, full: number): void {
  const sibling = nodes.allocate();
  const child = nodes.open(full);
  const upper = LOWER_ENTRIES + 1;
  const middle = nodes.entryOf(child, LOWER_ENTRIES);
  nodes.create(sibling, child.children.slice(upper), [child.entries(upper)]);
  nodes.replace(child, child.children.slice(0, upper), [child.entries(0, LOWER_ENTRIES)]);
  nodes.splice(parent, index, 0, middle, { at: index + 1, address: sibling });
}
