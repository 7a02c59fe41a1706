import type { StoredTree } from './stored-tree.ts';
import type { TreeNode } from './tree-node.ts';

/** An entry's own bytes. */
export type Entry = readonly [key: Uint8Array, value: Uint8Array];

/** Which keys: those that meet every condition given. */
export interface KeyRange {
  readonly atLeast?: Uint8Array;
  readonly above?: Uint8Array;
  readonly atMost?: Uint8Array;
  readonly below?: Uint8Array;
}

/** A node on the way. Its places in the order of keys: place 2 i is child i, place 2 i + 1 is entry i; a leaf has only those of entries. */
interface Visit {
  readonly node: number;
  readonly leaf: boolean;
  place: number;
  readonly last: number;
  /** Where entries do not stand in the memory as they are. */
  copy: TreeNode | undefined;
}

/** The entries of a range in the order of their keys, or backwards. The tree stays as it is meanwhile. */
export function* entriesOf(tree: StoredTree, range: KeyRange, backward: boolean): Generator<Entry, void, undefined> {
  if (tree.root === 0) return;
  const path = [visit(tree, tree.root, range, backward)];
  for (let top = path.at(-1); top; top = path.at(-1)) {
    const { place, last, leaf } = top;
    top.place += (backward ? -1 : 1) * (leaf ? 2 : 1);
    if (backward ? place < last : place > last) path.pop();
    else if (place % 2 === 1) yield entryAt(tree, top, place >> 1);
    else path.push(visit(tree, tree.child(top.node, place >> 1, path.length), range, backward));
  }
}

function entryAt({ nodes }: StoredTree, visit: Visit, index: number): Entry {
  if (!visit.copy) {
    const entry = nodes.entryInPage(visit.node, index);
    if (entry) return entry;
    nodes.begin();
    visit.copy = nodes.open(visit.node).copy();
  }
  return nodes.entryOf(visit.copy, index);
}

function visit(tree: StoredTree, node: number, range: KeyRange, backward: boolean): Visit {
  const { nodes } = tree;
  nodes.begin();
  const leaf = nodes.leaf(node);
  const count = nodes.count(node);
  const from = Math.max(indexOf(tree, node, range.atLeast, false) ?? 0, indexOf(tree, node, range.above, true) ?? 0);
  const until = Math.min(indexOf(tree, node, range.atMost, true) ?? count, indexOf(tree, node, range.below, false) ?? count);
  const first = 2 * from + (leaf ? 1 : 0);
  const last = 2 * Math.max(from, until) - (leaf ? 1 : 0);
  return { node, leaf, place: backward ? last : first, last: backward ? first : last, copy: undefined };
}

/** Index of the first entry with a key from `key` on; `behind`: of the first one behind it. */
function indexOf(tree: StoredTree, node: number, key: Uint8Array | undefined, behind: boolean): number | undefined {
  if (key === undefined) return undefined;
  const index = tree.nodes.search(node, key);
  return index < 0 ? -1 - index : index + (behind ? 1 : 0);
}
