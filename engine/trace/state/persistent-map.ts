/** Bits per level: a node has 2^5 slots. */
const BITS = 5;
const SLOTS = 1 << BITS;

interface Branch<V> {
  readonly children: readonly (Node<V> | undefined)[];
}
interface Leaf<V> {
  readonly values: readonly (V | undefined)[];
}
type Node<V> = Branch<V> | Leaf<V>;

/**
 * An immutable map. `with` returns a new map that shares nearly everything with it, so that the map of any step can be kept. Keys
 * are in the order in which any version of the map first had them.
 */
export class PersistentMap<K, V> {
  /** The number of each key, and the key of each number. All versions share them. */
  readonly #numbers: Map<K, number>;
  readonly #keys: K[];
  readonly #root: Node<V> | undefined;
  /** Levels of branches above the leaves. */
  readonly #height: number;
  readonly size: number;

  private constructor(numbers: Map<K, number>, keys: K[], root: Node<V> | undefined, height: number, size: number) {
    this.#numbers = numbers;
    this.#keys = keys;
    this.#root = root;
    this.#height = height;
    this.size = size;
  }

  static empty<K, V>(): PersistentMap<K, V> {
    return new PersistentMap<K, V>(new Map(), [], undefined, 0, 0);
  }

  get(key: K): V | undefined {
    const number = this.#numbers.get(key);
    return number === undefined ? undefined : this.#at(number);
  }

  with(key: K, value: V): PersistentMap<K, V> {
    const number = this.#numbers.get(key) ?? this.#numbers.size;
    if (number === this.#keys.length) this.#keys.push(key);
    this.#numbers.set(key, number);
    let root = this.#root;
    let height = this.#height;
    for (; number >= SLOTS ** (height + 1); height++) root = root && { children: [root] };
    const size = this.size + (this.#at(number) === undefined ? 1 : 0);
    return new PersistentMap(this.#numbers, this.#keys, changed(root, height, number, value), height, size);
  }

  /** Returns the entries in the order of the keys. */
  entries(): Generator<readonly [K, V], void, undefined> {
    return this.entriesFrom(0);
  }

  /** Returns the entries of the keys after the first `count`. */
  *entriesFrom(count: number): Generator<readonly [K, V], void, undefined> {
    for (let number = count; number < this.#keys.length; number++) {
      const key = this.#keys[number];
      const value = this.#at(number);
      if (key !== undefined && value !== undefined) yield [key, value];
    }
  }

  *keys(): Generator<K, void, undefined> {
    for (const [key] of this.entries()) yield key;
  }

  *values(): Generator<V, void, undefined> {
    for (const [, value] of this.entries()) yield value;
  }

  #at(number: number): V | undefined {
    if (number >= SLOTS ** (this.#height + 1)) return undefined;
    let node = this.#root;
    for (let level = this.#height; node && 'children' in node; level--) node = node.children[slotAt(number, level)];
    return node && 'values' in node ? node.values[slotAt(number, 0)] : undefined;
  }
}

/** Returns a copy of a node with another value at one number. */
function changed<V>(node: Node<V> | undefined, level: number, number: number, value: V): Node<V> {
  const slot = slotAt(number, level);
  if (level === 0) {
    const values = node && 'values' in node ? node.values.slice() : [];
    values[slot] = value;
    return { values };
  }
  const children = node && 'children' in node ? node.children.slice() : [];
  children[slot] = changed(children[slot], level - 1, number, value);
  return { children };
}

function slotAt(number: number, level: number): number {
  return Math.floor(number / SLOTS ** level) % SLOTS;
}
