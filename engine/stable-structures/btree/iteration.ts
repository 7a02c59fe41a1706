import type { Sought } from './key-order.ts';
import type { Rooms } from './rooms.ts';
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
  readonly node: TreeNode;
  place: number;
  readonly last: number;
}

/** The entries of a range in the order of their keys, or backwards. The tree stays as it is meanwhile. */
export function* entriesOf(tree: StoredTree, range: KeyRange, backward: boolean): Generator<Entry, void, undefined> {
  if (tree.root === 0) return;
  const { nodes } = tree;
  const bounds = boundsOf(tree, range);
  // Others may read in the tree between two entries: what is open here has rooms of its own.
  const rooms = nodes.newRooms();
  const path = [visit(tree, tree.root, bounds, backward, rooms)];
  for (let top = path.at(-1); top; top = path.at(-1)) {
    const { node, last } = top;
    const step = (backward ? -1 : 1) * (node.leaf ? 2 : 1);
    for (; top.place % 2 === 1 && (last - top.place) * step >= 0; top.place += step) yield nodes.entryOf(node, top.place >> 1);
    if ((last - top.place) * step < 0) {
      path.pop();
      rooms.giveBack();
    } else {
      const child = tree.child(node.address, top.place >> 1, path.length);
      top.place += step;
      path.push(visit(tree, child, bounds, backward, rooms));
    }
  }
}

/** Where a range begins or ends: at the entry with a key, or behind it. */
interface Bound {
  readonly key: Sought;
  readonly behind: boolean;
}

interface Bounds {
  readonly from: readonly Bound[];
  readonly until: readonly Bound[];
}

function boundsOf({ nodes }: StoredTree, { atLeast, above, atMost, below }: KeyRange): Bounds {
  const bound = (key: Uint8Array | undefined, behind: boolean): Bound[] => (key ? [{ key: nodes.sought(key), behind }] : []);
  return {
    from: [...bound(atLeast, false), ...bound(above, true)],
    until: [...bound(atMost, true), ...bound(below, false)],
  };
}

function visit({ nodes }: StoredTree, address: number, { from, until }: Bounds, backward: boolean, rooms: Rooms): Visit {
  nodes.begin();
  const node = nodes.open(address, rooms);
  const indexOf = ({ key, behind }: Bound): number => {
    const index = nodes.search(address, key);
    return index < 0 ? -1 - index : index + (behind ? 1 : 0);
  };
  const start = Math.max(0, ...from.map(indexOf));
  const end = Math.max(start, Math.min(node.count, ...until.map(indexOf)));
  const first = 2 * start + (node.leaf ? 1 : 0);
  const last = 2 * end - (node.leaf ? 1 : 0);
  return backward ? { node, place: last, last: first } : { node, place: first, last };
}
