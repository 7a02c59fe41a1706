const ORDER = 32;
const MAX = ORDER - 1;
const FEWEST = ORDER / 2 - 1;

class Node<Value> {
  keys: number[] = [];
  values: Value[] = [];
  /** One more than keys; none in a leaf. */
  children: Node<Value>[] = [];

  get isLeaf(): boolean {
    return this.children.length === 0;
  }

  /** How many keys are below this one. */
  rank(key: number): number {
    let low = 0;
    let high = this.keys.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.keys[middle] ?? 0) < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  entry(slot: number): Entry<Value> | undefined {
    const key = this.keys[slot];
    const value = this.values[slot];
    return key === undefined || value === undefined ? undefined : { key, value };
  }

  insert(slot: number, { key, value }: Entry<Value>): void {
    this.keys.splice(slot, 0, key);
    this.values.splice(slot, 0, value);
  }

  remove(slot: number): Entry<Value> {
    const entry = this.entry(slot);
    if (!entry) throw new Error('A node has no entry where one should be.');
    this.keys.splice(slot, 1);
    this.values.splice(slot, 1);
    return entry;
  }

  /** Puts an entry in the place of another one, which it answers. */
  exchange(slot: number, entry: Entry<Value>): Entry<Value> {
    const old = this.remove(slot);
    this.insert(slot, entry);
    return old;
  }
}

interface Entry<Value> {
  readonly key: number;
  readonly value: Value;
}

/** A node on the way to another one, and the slot of the child that the way goes on with. */
interface Turn<Value> {
  readonly node: Node<Value>;
  readonly slot: number;
}

/**
 * The B-tree of order 32 in which memory-region 0.1 keeps its free blocks: BTree of canscale/StableHeapBTreeMap 1.3.0, with the two
 * searches that memory-region 0.1.1 adds to it. These look into the first node only that has an answer; so the shape of the tree decides
 * what they find, and nodes are split, evened out and merged exactly as there.
 */
export class HeapBTree<Value> {
  #root = new Node<Value>();

  get(key: number): Value | undefined {
    const { node, slot } = this.#find(key);
    return node.keys[slot] === key ? node.values[slot] : undefined;
  }

  /** Adds an entry, or gives the one of this key another value; answers the value before. */
  set(key: number, value: Value): Value | undefined {
    const way: Turn<Value>[] = [];
    const { node, slot } = this.#find(key, way);
    if (node.keys[slot] === key) return node.exchange(slot, { key, value }).value;
    node.insert(slot, { key, value });
    for (let full = node; full.keys.length > MAX; ) {
      const right = new Node<Value>();
      right.keys = full.keys.splice(ORDER / 2 + 1);
      right.values = full.values.splice(ORDER / 2 + 1);
      right.children = full.children.splice(ORDER / 2 + 1);
      const middle = full.remove(ORDER / 2);
      const turn = way.pop() ?? this.#growRoot();
      turn.node.insert(turn.slot, middle);
      turn.node.children.splice(turn.slot + 1, 0, right);
      full = turn.node;
    }
    return undefined;
  }

  /** Removes an entry; answers its value. */
  delete(key: number): Value | undefined {
    const way: Turn<Value>[] = [];
    const found = this.#find(key, way);
    if (found.node.keys[found.slot] !== key) return undefined;
    if (found.node.isLeaf) {
      const { value } = found.node.remove(found.slot);
      this.#refill(found.node, way);
      return value;
    }
    // The highest entry below takes its place.
    let turn = found;
    let leaf = found.node;
    while (!leaf.isLeaf) {
      way.push(turn);
      leaf = childAt(turn.node, turn.slot);
      turn = { node: leaf, slot: leaf.keys.length };
    }
    const { value } = found.node.exchange(found.slot, leaf.remove(leaf.keys.length - 1));
    this.#refill(leaf, way);
    return value;
  }

  /** What memory-region calls the ceiling: of the first node on the way that has a key of at least this one, the lowest such. */
  nearAbove(key: number): Entry<Value> | undefined {
    let node = this.#root;
    while (true) {
      const found = node.entry(node.rank(key));
      if (found || node.isLeaf) return found;
      node = childAt(node, node.keys.length);
    }
  }

  /** What memory-region calls the previous: of the first node on the way that has a key below this one, the highest such. */
  nearBelow(key: number): Entry<Value> | undefined {
    let node = this.#root;
    while (true) {
      const found = node.entry(node.rank(key) - 1);
      if (found || node.isLeaf) return found;
      node = childAt(node, 0);
    }
  }

  /** The entry with the highest key that is not above this one. */
  floor(key: number): Entry<Value> | undefined {
    let best: Entry<Value> | undefined;
    for (let node: Node<Value> | undefined = this.#root; node; ) {
      const slot: number = node.rank(key);
      if (node.keys[slot] === key) return node.entry(slot);
      best = node.entry(slot - 1) ?? best;
      node = node.children[slot];
    }
    return best;
  }

  /** The entry with the lowest key above this one. */
  above(key: number): Entry<Value> | undefined {
    let best: Entry<Value> | undefined;
    for (let node: Node<Value> | undefined = this.#root; node; ) {
      const slot: number = node.keys[node.rank(key)] === key ? node.rank(key) + 1 : node.rank(key);
      best = node.entry(slot) ?? best;
      node = node.children[slot];
    }
    return best;
  }

  /** All entries by key. The tree must not change meanwhile. */
  *entries(): Generator<Entry<Value>, void, undefined> {
    const open: Turn<Value>[] = [{ node: this.#root, slot: 0 }];
    for (let turn = open.pop(); turn; turn = open.pop()) {
      const { node, slot } = turn;
      if (node.isLeaf) {
        for (let index = 0; index < node.keys.length; index++) {
          const entry = node.entry(index);
          if (entry) yield entry;
        }
        continue;
      }
      const before = node.entry(slot - 1);
      if (before) yield before;
      if (slot < node.keys.length) open.push({ node, slot: slot + 1 });
      open.push({ node: childAt(node, slot), slot: 0 });
    }
  }

  /** The node and slot of a key, or of where it belongs in a leaf. */
  #find(key: number, way: Turn<Value>[] = []): Turn<Value> {
    let turn = { node: this.#root, slot: this.#root.rank(key) };
    while (!turn.node.isLeaf && turn.node.keys[turn.slot] !== key) {
      way.push(turn);
      const node = childAt(turn.node, turn.slot);
      turn = { node, slot: node.rank(key) };
    }
    return turn;
  }

  #growRoot(): Turn<Value> {
    const root = new Node<Value>();
    root.children = [this.#root];
    this.#root = root;
    return { node: root, slot: 0 };
  }

  #refill(from: Node<Value>, way: Turn<Value>[]): void {
    let node = from;
    for (let turn = way.pop(); turn && node.keys.length < FEWEST; turn = way.pop()) {
      if (borrow(turn)) return;
      merge(turn);
      node = turn.node;
    }
    const [only] = this.#root.children;
    if (only && this.#root.keys.length === 0) this.#root = only;
  }
}

/** Takes one entry of a neighbour that has some to spare: the left one first. An inner node has its right one asked only if it is the first. */
function borrow<Value>({ node: parent, slot }: Turn<Value>): boolean {
  const node = childAt(parent, slot);
  const left = parent.children[slot - 1];
  const right = node.isLeaf || slot === 0 ? parent.children[slot + 1] : undefined;
  if (left && left.keys.length > FEWEST) {
    node.insert(0, parent.exchange(slot - 1, left.remove(left.keys.length - 1)));
    node.children.unshift(...left.children.splice(-1));
    return true;
  }
  if (right && right.keys.length > FEWEST) {
    node.insert(node.keys.length, parent.exchange(slot, right.remove(0)));
    node.children.push(...right.children.splice(0, 1));
    return true;
  }
  return false;
}

/** Makes a child, its left neighbour and the entry between them one node; of the first child, its right neighbour. */
function merge<Value>({ node: parent, slot }: Turn<Value>): void {
  const leftAt = Math.max(0, slot - 1);
  const left = childAt(parent, leftAt);
  const right = childAt(parent, leftAt + 1);
  left.insert(left.keys.length, parent.remove(leftAt));
  left.keys.push(...right.keys);
  left.values.push(...right.values);
  left.children.push(...right.children);
  parent.children.splice(leftAt + 1, 1);
}

function childAt<Value>(node: Node<Value>, slot: number): Node<Value> {
  const child = node.children[slot];
  if (!child) throw new Error('A node has no child where one should be.');
  return child;
}
