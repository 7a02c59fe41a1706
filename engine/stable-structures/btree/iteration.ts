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

/** A node on the way. Its places in the order of keys: place 2 i is child i, place 2 i + 1 is entry i. */
interface Visit {
  readonly node: TreeNode;
  place: number;
  readonly last: number;
}

/** The entries of a range in the order of their keys, or backwards. The tree stays as it is meanwhile. */
export function* entriesOf(tree: StoredTree, range: KeyRange, backward: boolean): Generator<Entry, void, undefined> {
  if (tree.root === 0) return;
  const { prefix } = tree.nodes;
  const step = backward ? -1 : 1;
  const path = [visit(tree, tree.nodes.load(tree.root), range, backward)];
  for (let top = path.at(-1); top; top = path.at(-1)) {
    const { node, place, last } = top;
    if ((last - place) * step < 0) path.pop();
    else if (place % 2 === 1) yield [node.key(place >> 1, prefix), node.value(place >> 1)];
    else if (!node.leaf) path.push(visit(tree, tree.child(node, place >> 1, path.length), range, backward));
    top.place += step;
  }
}

function visit(tree: StoredTree, node: TreeNode, range: KeyRange, backward: boolean): Visit {
  const from = Math.max(indexOf(tree, node, range.atLeast, false) ?? 0, indexOf(tree, node, range.above, true) ?? 0);
  const until = Math.min(
    indexOf(tree, node, range.atMost, true) ?? node.count,
    indexOf(tree, node, range.below, false) ?? node.count,
  );
  const [first, last] = [2 * from, 2 * Math.max(from, until)];
  return backward ? { node, place: last, last: first } : { node, place: first, last };
}

/** Index of the first entry with a key from `key` on; `behind`: of the first one behind it. */
function indexOf(tree: StoredTree, node: TreeNode, key: Uint8Array | undefined, behind: boolean): number | undefined {
  if (key === undefined) return undefined;
  const index = tree.search(node, key);
  return index < 0 ? -1 - index : index + (behind ? 1 : 0);
}
