const ORDER = 32;
const MAX_KEYS = ORDER - 1;
const MIN_KEYS = ORDER / 2 - 1;

class Node<Value> {
  keys: number[] = [];
  values: Value[] = [];
  /** One more than keys. Empty in a leaf. */
  children: Node<Value>[] = [];

  get isLeaf(): boolean {
    return this.children.length === 0;
  }

  /** Returns the number of keys below this one. */
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

  /** Replaces an entry, and returns the old one. */
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

/** A node on the path to another one, and the slot of the next child on the path. */
interface Step<Value> {
  readonly node: Node<Value>;
  readonly slot: number;
}

/**
 * The B-tree of order 32 in which memory-region 0.1 keeps its free blocks: BTree of canscale/StableHeapBTreeMap 1.3.0, with the
 * two searches that memory-region 0.1.1 adds to it. The searches stop at the first node that has a result. So the shape of the
 * tree decides what they find, and nodes are split, balanced and merged exactly as in the original.
 */
export class HeapBTree<Value> {
  #root = new Node<Value>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Returns a tree with the same nodes. The values are the same objects. */
  copy(): HeapBTree<Value> {
    const copy = new HeapBTree<Value>();
    copy.#size = this.#size;
    const twins: [Node<Value>, Node<Value>][] = [[this.#root, copy.#root]];
    for (const [node, twin] of twins) {
      twin.keys = node.keys.slice();
      twin.values = node.values.slice();
      twin.children = node.children.map(() => new Node<Value>());
      for (const [slot, child] of node.children.entries()) twins.push([child, childAt(twin, slot)]);
    }
    return copy;
  }

  get(key: number): Value | undefined {
    const { node, slot } = this.#find(key);
    return node.keys[slot] === key ? node.values[slot] : undefined;
  }

  /** Adds an entry, or replaces the value of an existing key. Returns the old value. */
  set(key: number, value: Value): Value | undefined {
    const path: Step<Value>[] = [];
    const { node, slot } = this.#find(key, path);
    if (node.keys[slot] === key) return node.exchange(slot, { key, value }).value;
    node.insert(slot, { key, value });
    this.#size++;
    for (let full = node; full.keys.length > MAX_KEYS; ) {
      const right = new Node<Value>();
      right.keys = full.keys.splice(ORDER / 2 + 1);
      right.values = full.values.splice(ORDER / 2 + 1);
      right.children = full.children.splice(ORDER / 2 + 1);
      const middle = full.remove(ORDER / 2);
      const step = path.pop() ?? this.#growRoot();
      step.node.insert(step.slot, middle);
      step.node.children.splice(step.slot + 1, 0, right);
      full = step.node;
    }
    return undefined;
  }

  /** Removes an entry, and returns its value. */
  delete(key: number): Value | undefined {
    const path: Step<Value>[] = [];
    const found = this.#find(key, path);
    if (found.node.keys[found.slot] !== key) return undefined;
    this.#size--;
    if (found.node.isLeaf) {
      const { value } = found.node.remove(found.slot);
      this.#refill(found.node, path);
      return value;
    }
    // The highest entry below it takes its place.
    let step = found;
    let leaf = found.node;
    while (!leaf.isLeaf) {
      path.push(step);
      leaf = childAt(step.node, step.slot);
      step = { node: leaf, slot: leaf.keys.length };
    }
    const { value } = found.node.exchange(found.slot, leaf.remove(leaf.keys.length - 1));
    this.#refill(leaf, path);
    return value;
  }

  /**
   * Returns what memory-region calls the ceiling: in the first node on the path that has a key not below this one, the lowest
   * such key. `onPass` hears of each node before it, by its highest entry.
   */
  nearAbove(key: number, onPass?: (highest: Entry<Value>) => void): Entry<Value> | undefined {
    let node = this.#root;
    while (true) {
      const found = node.entry(node.rank(key));
      const highest = onPass && !found ? node.entry(node.keys.length - 1) : undefined;
      if (highest) onPass?.(highest);
      if (found || node.isLeaf) return found;
      node = childAt(node, node.keys.length);
    }
  }

  /**
   * Returns what memory-region calls the previous: in the first node on the path that has a key below this one, the highest such
   * key.
   */
  nearBelow(key: number): Entry<Value> | undefined {
    let node = this.#root;
    while (true) {
      const found = node.entry(node.rank(key) - 1);
      if (found || node.isLeaf) return found;
      node = childAt(node, 0);
    }
  }

  /** Returns the entry with the highest key that is not above this one. */
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

  /** Returns the entry with the lowest key above this one. */
  above(key: number): Entry<Value> | undefined {
    let best: Entry<Value> | undefined;
    for (let node: Node<Value> | undefined = this.#root; node; ) {
      const slot: number = node.keys[node.rank(key)] === key ? node.rank(key) + 1 : node.rank(key);
      best = node.entry(slot) ?? best;
      node = node.children[slot];
    }
    return best;
  }

  /** Yields all entries by key. The tree must not change meanwhile. */
  *entries(): Generator<Entry<Value>, void, undefined> {
    const open: Step<Value>[] = [{ node: this.#root, slot: 0 }];
    for (let step = open.pop(); step; step = open.pop()) {
      const { node, slot } = step;
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

  /** Returns the node and slot of a key, or the slot where it belongs in a leaf. */
  #find(key: number, path: Step<Value>[] = []): Step<Value> {
    let step = { node: this.#root, slot: this.#root.rank(key) };
    while (!step.node.isLeaf && step.node.keys[step.slot] !== key) {
      path.push(step);
      const node = childAt(step.node, step.slot);
      step = { node, slot: node.rank(key) };
    }
    return step;
  }

  #growRoot(): Step<Value> {
    const root = new Node<Value>();
    root.children = [this.#root];
    this.#root = root;
    return { node: root, slot: 0 };
  }

  #refill(from: Node<Value>, path: Step<Value>[]): void {
    let node = from;
    for (let step = path.pop(); step && node.keys.length < MIN_KEYS; step = path.pop()) {
      if (borrow(step)) return;
      merge(step);
      node = step.node;
    }
    const [only] = this.#root.children;
    if (only && this.#root.keys.length === 0) this.#root = only;
  }
}

/**
 * Takes one entry from a neighbour that has some to spare, the left one first. An inner node takes from the right only if it is
 * the first child.
 */
function borrow<Value>({ node: parent, slot }: Step<Value>): boolean {
  const node = childAt(parent, slot);
  const left = parent.children[slot - 1];
  const right = node.isLeaf || slot === 0 ? parent.children[slot + 1] : undefined;
  if (left && left.keys.length > MIN_KEYS) {
    node.insert(0, parent.exchange(slot - 1, left.remove(left.keys.length - 1)));
    node.children.unshift(...left.children.splice(-1));
    return true;
  }
  if (right && right.keys.length > MIN_KEYS) {
    node.insert(node.keys.length, parent.exchange(slot, right.remove(0)));
    node.children.push(...right.children.splice(0, 1));
    return true;
  }
  return false;
}

/**
 * Merges a child, its left neighbour and the entry between them into one node. The first child is merged with its right
 * neighbour.
 */
function merge<Value>({ node: parent, slot }: Step<Value>): void {
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
