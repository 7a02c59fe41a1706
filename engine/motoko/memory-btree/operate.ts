import { formatCount } from '../../core/format.ts';
import { type Address, at } from '../../core/memory/memory.ts';
import type { Blobify } from '../memory-buffer/blobify.ts';
import type { SortBy } from '../memory-buffer/operate.ts';
import type { Outcome } from '../memory-region/fault.ts';
import { EntryStore } from './write/entry-store.ts';
import type { LiveTree, Place, TreeRegions } from './write/live-tree.ts';
import { LiveTree0 } from './write/live-tree-0.ts';
import { LiveTree1 } from './write/live-tree-1.ts';

export interface TreeTypes<K, V> {
  readonly key: Blobify<K>;
  readonly value: Blobify<V>;
  readonly order: SortBy<K>;
}

/** Options of a new tree. The defaults are the library's. */
export type TreeOptions = {
  /** Maximum entries of a leaf, and maximum children of a branch. Default: 256. */
  readonly capacity?: number;
} & (
  | { readonly version?: 0 }
  | {
      readonly version: 1;
      /**
       * True if separators are shortened as far as possible, which is right only if keys are ordered by their bytes. Default:
       * true.
       */
      readonly tailCompression?: boolean;
      /** Nodes filled to less than this part are merged with neighbours. Default: 0.25. */
      readonly mergeThreshold?: number;
    }
);

const DEFAULT_CAPACITY = 256;
const DEFAULT_MERGE_THRESHOLD = 0.25;
const MIN_CAPACITY = 4;
/** Maximum capacity by layout version. For version 0 it is the maximum count of a node. */
const MAX_CAPACITY = { 0: 0xffff, 1: 4096 } as const;
/** Nodes with fewer entries or children are always sparse. */
const MIN_SPARSE = 2;

const NOTHING: Blobify<true> = { toBlob: () => new Uint8Array(), fromBlob: () => true };

/** A range of keys, both ends included. A missing end means no limit. With `backwards` the last key comes first. */
export interface KeyRange<K> {
  readonly from?: K;
  readonly to?: K;
  readonly backwards?: boolean;
}

/** A key and its value. Undefined if their bytes cannot be decoded. */
export type Pair<K, V> = readonly [key: K | undefined, value: V | undefined];

/**
 * The operations of `MemoryBTree` in four regions: layout version 0 of memory-collection 0.0.4, and layout version 1 of its later
 * releases that shorten separators and have no prefixes of nodes. The regions have the same bytes and free blocks as the
 * library's, if they allocate like the release that the library was built with. Where the library traps, this throws `Trap`.
 * Unlike in a canister, changes made so far are not undone.
 */
export class MemoryBTree<K, V> {
  readonly #types: TreeTypes<K, V>;
  readonly #tree: LiveTree;
  readonly #entries: EntryStore;

  /** Makes a new, empty tree. */
  constructor(regions: TreeRegions, types: TreeTypes<K, V>, options: TreeOptions = {}) {
    if (options.version === 1 && 'values' in types.order) throw new RangeError('Layout version 1 compares the bytes of keys.');
    this.#types = types;
    this.#entries = new EntryStore(regions.data, regions.values);
    this.#tree = createTree(regions, this.#entries, options);
  }

  /** Returns a `MemoryBTreeSet`: a tree whose values have no bytes. `insert` and `remove` return true if the key was there. */
  static set<K>(regions: TreeRegions, types: Omit<TreeTypes<K, true>, 'value'>, options?: TreeOptions): MemoryBTree<K, true> {
    return new MemoryBTree(regions, { ...types, value: NOTHING }, options);
  }

  get regions(): TreeRegions {
    return this.#tree.regions;
  }

  get length(): number {
    return this.#tree.count;
  }

  /** 1 if the root is a leaf. */
  get depth(): number {
    return this.#tree.depth;
  }

  get leafCount(): number {
    return this.#tree.leafCount;
  }

  /** Number of branches as the library counts them, which includes former roots that had one child left. */
  get branchCount(): number {
    return this.#tree.branchCount;
  }

  /** Address of the root in its region. */
  get root(): Address {
    return at(0, this.#tree.root);
  }

  /** Returns the value of a key, or undefined if there is none. */
  get(key: K): V | undefined {
    const id = this.idOf(key);
    return id === undefined ? undefined : this.#valueOf(id);
  }

  has(key: K): boolean {
    return this.#find(key).found;
  }

  /**
   * Sets the value of a key. Returns the old one, of which the library reads only as many bytes as the low 16 bits of its size
   * say. hrows OutOfMemory when a region cannot grow. The tree is then unchanged.
   */
  insert(key: K, value: V): V | undefined {
    const place = this.#find(key);
    const blob = this.#types.value.toBlob(value);
    if (place.found) return this.#types.value.fromBlob(this.#entries.replaceValue(this.#entryAt(place), blob));
    const entry = this.#entries.add(this.#types.key.toBlob(key), blob);
    try {
      this.#tree.insert(place, entry);
    } catch (error) {
      this.#entries.remove(entry);
      throw error;
    }
    return undefined;
  }

  /** Removes a key, or one reference to it if it has several. Returns the value, or undefined if there is no such key. */
  remove(key: K): V | undefined {
    const place = this.#find(key);
    if (!place.found) return undefined;
    const entry = this.#entryAt(place);
    const value = this.#valueOf(entry);
    // The library counts one less in the branches even if a reference, and so the entry, is left.
    this.#tree.countBeneath(place.leaf, -1);
    if (this.#entries.dropReference(entry) > 0) return value;
    this.#entries.remove(entry);
    this.#tree.remove(place);
    return value;
  }

  /** Returns the first entry. In an empty tree the library traps, or returns an entry that was removed. */
  min(): Pair<K, V> | undefined {
    return this.#first(this.#tree.entriesBetween(this.#tree.start, this.#tree.end));
  }

  max(): Pair<K, V> | undefined {
    return this.#first(this.#tree.entriesBefore(this.#tree.end, this.#tree.start));
  }

  removeMin(): Pair<K, V> | undefined {
    return this.#removePair(this.min());
  }

  removeMax(): Pair<K, V> | undefined {
    return this.#removePair(this.max());
  }

  /** Returns the entry with the smallest key that is not less than `key`. */
  ceiling(key: K): Pair<K, V> | undefined {
    return this.#first(this.#tree.entriesBetween(this.#find(key), this.#tree.end));
  }

  /** Returns the entry with the greatest key that is not greater than `key`. */
  floor(key: K): Pair<K, V> | undefined {
    return this.#first(this.#tree.entriesBefore(after(this.#find(key)), this.#tree.start));
  }

  /**
   * Returns the entry at a position.
   * @throws RangeError for a position past the last entry.
   */
  at(index: number): Pair<K, V> {
    if (!Number.isSafeInteger(index) || index < 0 || index >= this.#tree.count) {
      throw new RangeError(`There is no entry ${index}: the tree has ${formatCount(this.#tree.count)}.`);
    }
    return this.#pairOf(this.#entryAt(this.#tree.placeOf(index)));
  }

  /** Returns the number of smaller keys, and whether the key is there. */
  indexOf(key: K): { readonly index: number; readonly found: boolean } {
    const place = this.#find(key);
    return { index: this.#tree.positionOf(place), found: place.found };
  }

  /**
   * Returns the positions from one key up to and including another, as a half-open range. Both keys must be there. A missing key
   * means no limit.
   */
  interval(from: K | undefined, to: K | undefined): readonly [from: number, to: number] {
    const position = (key: K): number => {
      const { index, found } = this.indexOf(key);
      if (!found) throw new RangeError('Both keys of an interval must be in the tree.');
      return index;
    };
    return [from === undefined ? 0 : position(from), to === undefined ? this.#tree.count : position(to) + 1];
  }

  /** Yields all entries in order, or with `backwards` in reverse order. The tree must not change meanwhile. */
  *entries({ backwards = false } = {}): Generator<Pair<K, V>, void, undefined> {
    yield* this.scan({ backwards });
  }

  /** Yields the entries in a range of keys. */
  *scan({ from, to, backwards = false }: KeyRange<K> = {}): Generator<Pair<K, V>, void, undefined> {
    if (from !== undefined && to !== undefined && this.#compare(from, to) > 0) return;
    const start = from === undefined ? this.#tree.start : this.#find(from);
    const end = to === undefined ? this.#tree.end : after(this.#find(to));
    yield* this.#pairs(start, end, backwards);
  }

  /** Yields the entries at the positions from `from` up to, but not including, `to`. */
  *range(from: number, to: number, { backwards = false } = {}): Generator<Pair<K, V>, void, undefined> {
    const [first, last] = [Math.max(0, from), Math.min(to, this.#tree.count) - 1];
    if (first <= last) yield* this.#pairs(this.#tree.placeOf(first), after(this.#tree.placeOf(last)), backwards);
  }

  /** Returns what the library calls the id of an entry: its address, which stays the same until the entry is removed. */
  idOf(key: K): Address | undefined {
    const place = this.#find(key);
    return place.found ? at(0, this.#entryAt(place)) : undefined;
  }

  /** Returns the id that the next entry would have if its key had no bytes. Allocates a block for this, and frees it. */
  nextId(): Address {
    return this.#entries.next();
  }

  /** Returns the entry of an id, or undefined if nothing is allocated there. */
  lookup(id: Address): Pair<K, V> | undefined {
    return this.#entries.has(id) ? this.#pairOf(id) : undefined;
  }

  /** Adds a reference to an entry. It takes one more call of `remove` to remove it. */
  reference(id: Address): void {
    if (this.#entries.has(id)) this.#entries.addReference(id);
  }

  references(id: Address): number | undefined {
    return this.#entries.has(id) ? this.#entries.references(id) : undefined;
  }

  /**
   * Forgets all entries. In layout version 0 the blocks of their values are never freed, and the library itself traps if its
   * regions keep their size, as those of memory-region 1.3 and later do.
   */
  clear(): Outcome<void> {
    return this.#tree.clear();
  }

  /** Returns the number of bytes of the entries, without their values, and of the header. */
  get bytes(): number {
    return this.#tree.regions.data.allocated;
  }

  /** Returns the number of bytes of the nodes and of their regions' headers. */
  get metadataBytes(): number {
    return this.#tree.regions.leaves.allocated + this.#tree.regions.branches.allocated;
  }

  #compare(a: K, b: K): number {
    const { order, key } = this.#types;
    return 'values' in order ? order.values(a, b) : order.blobs(key.toBlob(a), key.toBlob(b));
  }

  #find(key: K): Place {
    const { order, key: blobify } = this.#types;
    if ('values' in order) return this.#tree.find((other) => order.values(key, blobify.fromBlob(other)));
    const blob = blobify.toBlob(key);
    return this.#tree.find((other) => order.blobs(blob, other));
  }

  #entryAt({ leaf, index }: Place): number {
    return this.#tree.entry(leaf, index);
  }

  #valueOf(entry: number): V | undefined {
    return this.#types.value.fromBlob(this.#entries.value(entry));
  }

  #pairOf(entry: number): Pair<K, V> {
    return [this.#types.key.fromBlob(this.#entries.key(entry)), this.#valueOf(entry)];
  }

  *#pairs(start: Place, end: Place, backwards: boolean): Generator<Pair<K, V>, void, undefined> {
    const entries = backwards ? this.#tree.entriesBefore(end, start) : this.#tree.entriesBetween(start, end);
    for (const entry of entries) yield this.#pairOf(entry);
  }

  #first(entries: Iterable<number>): Pair<K, V> | undefined {
    for (const entry of entries) return this.#pairOf(entry);
    return undefined;
  }

  #removePair(pair: Pair<K, V> | undefined): Pair<K, V> | undefined {
    if (pair?.[0] !== undefined) this.remove(pair[0]);
    return pair;
  }
}

function createTree(regions: TreeRegions, entries: EntryStore, options: TreeOptions): LiveTree {
  const { capacity = DEFAULT_CAPACITY, version = 0 } = options;
  if (!Number.isInteger(capacity) || capacity < MIN_CAPACITY || capacity > MAX_CAPACITY[version]) {
    throw new RangeError(
      `A node has room for ${MIN_CAPACITY} to ${formatCount(MAX_CAPACITY[version])} entries, not for ${capacity}.`,
    );
  }
  if (options.version !== 1) return new LiveTree0(regions, entries, capacity);
  const { tailCompression = true, mergeThreshold = DEFAULT_MERGE_THRESHOLD } = options;
  const sparse = Math.min(Math.max(MIN_SPARSE, Math.floor(capacity * mergeThreshold)), Math.floor(capacity / 2));
  return new LiveTree1(regions, entries, capacity, { tailCompression, sparse });
}

/** Returns the place after a key if the key is there; otherwise the same place. */
function after(place: Place): Place {
  return place.found ? { ...place, index: place.index + 1 } : place;
}
