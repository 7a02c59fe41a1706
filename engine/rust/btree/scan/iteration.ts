import type { Entry, KeyRange } from '../entry.ts';
import type { Rooms } from '../nodes/rooms.ts';
import type { TreeNode } from '../nodes/tree-node.ts';
import type { Sought } from '../write/key-order.ts';
import type { StoredTree } from '../write/stored-tree.ts';

/**
 * Iterator over the entries of a range, in the order of their keys or backward. The tree must not change meanwhile. It is a
 * class, because resuming a generator takes longer than reading an entry.
 */
export class Entries implements IterableIterator<Entry, undefined> {
  readonly #tree: StoredTree;
  readonly #bounds: Bounds;
  readonly #backward: boolean;
  /** Separate rooms, because others may read the tree between two entries. */
  readonly #rooms: Rooms;
  /** The open nodes, from the root down. */
  readonly #path: Visit[] = [];

  constructor(tree: StoredTree, range: KeyRange, backward: boolean) {
    this.#tree = tree;
    this.#bounds = boundsOf(tree, range);
    this.#backward = backward;
    this.#rooms = tree.nodes.newRooms();
    if (tree.root !== 0) this.#enter(tree.root);
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(): IteratorResult<Entry, undefined> {
    for (let visit = this.#path.at(-1); visit; visit = this.#path.at(-1)) {
      const { node, place } = visit;
      if (visit.left === 0) {
        this.#path.pop();
        this.#rooms.release();
        continue;
      }
      visit.left -= 1;
      visit.place += visit.step;
      if (place % 2 === 1) return { done: false, value: this.#tree.nodes.entryOf(node, place >> 1) };
      this.#enter(this.#tree.child(node.address, place >> 1, this.#path.length));
    }
    return { done: true, value: undefined };
  }

  #enter(address: number): void {
    const { nodes } = this.#tree;
    nodes.begin();
    const node = nodes.open(address, this.#rooms);
    const indexOf = ({ key, after }: Bound): number => {
      const index = nodes.search(address, key);
      return index < 0 ? -1 - index : index + (after ? 1 : 0);
    };
    const { from, until } = this.#bounds;
    const start = from.length === 0 ? 0 : Math.max(...from.map(indexOf));
    const end = until.length === 0 ? node.count : Math.max(start, Math.min(...until.map(indexOf)));
    const [first, last] = node.leaf ? [2 * start + 1, 2 * end - 1] : [2 * start, 2 * end];
    const step = node.leaf ? 2 : 1;
    const left = (last - first) / step + 1;
    this.#path.push({ node, place: this.#backward ? last : first, step: this.#backward ? -step : step, left });
  }
}

/**
 * A node on the path. Its places are in the order of keys: place 2 i is child i, place 2 i + 1 is entry i; a leaf has only
 * entries.
 */
interface Visit {
  readonly node: TreeNode;
  /** The next place, and the number of places left, including it. */
  place: number;
  left: number;
  readonly step: number;
}

/** The start or end of a range: before the entry with a key, or after it. */
interface Bound {
  readonly key: Sought;
  readonly after: boolean;
}

interface Bounds {
  readonly from: readonly Bound[];
  readonly until: readonly Bound[];
}

function boundsOf({ nodes }: StoredTree, { atLeast, above, atMost, below }: KeyRange): Bounds {
  const bound = (key: Uint8Array | undefined, after: boolean): Bound[] => (key ? [{ key: nodes.sought(key), after }] : []);
  return {
    from: [...bound(atLeast, false), ...bound(above, true)],
    until: [...bound(atMost, true), ...bound(below, false)],
  };
}
