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

/** What a new tree is made with. What is left out is as the library has it where its user says nothing. */
export type TreeOptions = {
  /** Most entries of a leaf, most children of a branch: 256. */
  readonly capacity?: number;
} & (
  | { readonly version?: 0 }
  | {
      readonly version: 1;
      /** Whether separators are cut to what they need, as is right only where the order of the keys is that of their bytes: true. */
      readonly tailCompression?: boolean;
      /** Nodes filled to less than this part go together with neighbours: 0.25. */
      readonly mergeThreshold?: number;
    }
);

const DEFAULT_CAPACITY = 256;
const DEFAULT_MERGE_THRESHOLD = 0.25;
const MIN_CAPACITY = 4;
/** In layout version 0 as much as a node can count. */
const MAX_CAPACITY = { 0: 0xffff, 1: 4096 } as const;
/** Nodes of fewer are always sparse. */
const MIN_SPARSE = 2;

const NOTHING: Blobify<true> = { toBlob: () => new Uint8Array(), fromBlob: () => true };

/** From one key to another, both included where they are there, all keys if left out; the last first if `backwards`. */
export interface KeyRange<K> {
  readonly from?: K;
  readonly to?: K;
  readonly backwards?: boolean;
}

/** A key and its value; undefined where their bytes are none. */
export type Pair<K, V> = readonly [key: K | undefined, value: V | undefined];

/**
 * The operations of `MemoryBTree` in four regions: layout version 0 as memory-collection 0.0.4 has it, layout version 1 as its later releases
 * that cut separators and know no prefixes of nodes. The regions have the same bytes and free blocks as the library's, where theirs allocate
 * after the release that it was built with. Where that traps this throws `Trap`, and what was done so far stays, which a canister would undo.
 */
export class MemoryBTree<K, V> {
  readonly #types: TreeTypes<K, V>;
  readonly #tree: LiveTree;
  readonly #entries: EntryStore;

  /** A new, empty tree. */
  constructor(regions: TreeRegions, types: TreeTypes<K, V>, options: TreeOptions = {}) {
    if (options.version === 1 && 'values' in types.order) throw new RangeError('Layout version 1 compares the bytes of keys.');
    this.#types = types;
    this.#entries = new EntryStore(regions.data, regions.values);
    this.#tree = createTree(regions, this.#entries, options);
  }

  /** A `MemoryBTreeSet`: a tree whose values are of no bytes. `insert` and `remove` answer true where a key was there. */
  static set<K>(regions: TreeRegions, types: Omit<TreeTypes<K, true>, 'value'>, options?: TreeOptions): MemoryBTree<K, true> {
    return new MemoryBTree(regions, { ...types, value: NOTHING }, options);
  }

  get regions(): TreeRegions {
    return this.#tree.regions;
  }

  get length(): number {
    return this.#tree.count;
  }

  /** 1 where the root is a leaf. */
  get depth(): number {
    return this.#tree.depth;
  }

  get leafCount(): number {
    return this.#tree.leafCount;
  }

  /** As the library counts: a root that had one child left is still among them. */
  get branchCount(): number {
    return this.#tree.branchCount;
  }

  /** Address of the root in its region. */
  get root(): Address {
    return at(0, this.#tree.root);
  }

  /** The value of a key; undefined where there is none. */
  get(key: K): V | undefined {
    const id = this.idOf(key);
    return id === undefined ? undefined : this.#valueOf(id);
  }

  has(key: K): boolean {
    return this.#find(key).found;
  }

  /**
   * Sets the value of a key. Answers the old one, of which the library reads no more than the low 16 bits of its size say. Throws
   * `OutOfMemory`; then the tree is as before.
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

  /** Removes a key, or one reference to it where it has several. Answers the value; undefined where there is no such key. */
  remove(key: K): V | undefined {
    const place = this.#find(key);
    if (!place.found) return undefined;
    const entry = this.#entryAt(place);
    const value = this.#valueOf(entry);
    // The library counts one less in the branches also where a reference is left, and so the entry.
    this.#tree.countBeneath(place.leaf, -1);
    if (this.#entries.dropReference(entry) > 0) return value;
    this.#entries.remove(entry);
    this.#tree.remove(place);
    return value;
  }

  /** The first entry. In an empty tree the library traps, or tells an entry that is gone. */
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

  /** The entry of the least key that is not less. */
  ceiling(key: K): Pair<K, V> | undefined {
    return this.#first(this.#tree.entriesBetween(this.#find(key), this.#tree.end));
  }

  /** The entry of the greatest key that is not greater. */
  floor(key: K): Pair<K, V> | undefined {
    return this.#first(this.#tree.entriesBefore(behind(this.#find(key)), this.#tree.start));
  }

  /** The entry at a position; throws `RangeError` behind the last one. */
  at(index: number): Pair<K, V> {
    if (!Number.isSafeInteger(index) || index < 0 || index >= this.#tree.count) {
      throw new RangeError(`There is no entry ${index}: the tree has ${formatCount(this.#tree.count)}.`);
    }
    return this.#pairOf(this.#entryAt(this.#tree.placeOf(index)));
  }

  /** How many keys are less, and whether the key is there. */
  indexOf(key: K): { readonly index: number; readonly found: boolean } {
    const place = this.#find(key);
    return { index: this.#tree.positionOf(place), found: place.found };
  }

  /** Positions from one key's up to behind another's, which must be there; the outer ones where a key is left out. */
  interval(from: K | undefined, to: K | undefined): readonly [from: number, to: number] {
    const position = (key: K): number => {
      const { index, found } = this.indexOf(key);
      if (!found) throw new RangeError('An interval goes from and to keys that are there.');
      return index;
    };
    return [from === undefined ? 0 : position(from), to === undefined ? this.#tree.count : position(to) + 1];
  }

  /** All entries, in order; the last first if `backwards`. Nothing must change meanwhile. */
  *entries({ backwards = false } = {}): Generator<Pair<K, V>, void, undefined> {
    yield* this.scan({ backwards });
  }

  /** Entries by their keys. */
  *scan({ from, to, backwards = false }: KeyRange<K> = {}): Generator<Pair<K, V>, void, undefined> {
    if (from !== undefined && to !== undefined && this.#compare(from, to) > 0) return;
    const start = from === undefined ? this.#tree.start : this.#find(from);
    const end = to === undefined ? this.#tree.end : behind(this.#find(to));
    yield* this.#pairs(start, end, backwards);
  }

  /** Entries by their positions: `from` up to `to`, which is not included. */
  *range(from: number, to: number, { backwards = false } = {}): Generator<Pair<K, V>, void, undefined> {
    const [first, last] = [Math.max(0, from), Math.min(to, this.#tree.count) - 1];
    if (first <= last) yield* this.#pairs(this.#tree.placeOf(first), behind(this.#tree.placeOf(last)), backwards);
  }

  /** What the library calls the id of an entry: its address, the same as long as it lives. */
  idOf(key: K): Address | undefined {
    const place = this.#find(key);
    return place.found ? at(0, this.#entryAt(place)) : undefined;
  }

  /** The id that the next entry would have if its key were of no bytes. Asking takes a block and gives it back. */
  nextId(): Address {
    return this.#entries.next();
  }

  /** The entry of an id; undefined where nothing is handed out there. */
  lookup(id: Address): Pair<K, V> | undefined {
    return this.#entries.has(id) ? this.#pairOf(id) : undefined;
  }

  /** Counts one more who needs an entry: so many calls of `remove` it then takes. */
  reference(id: Address): void {
    if (this.#entries.has(id)) this.#entries.addReference(id);
  }

  references(id: Address): number | undefined {
    return this.#entries.has(id) ? this.#entries.references(id) : undefined;
  }

  /**
   * Forgets all entries. In layout version 0 their values keep their blocks for ever, and the library itself stops here where its regions
   * keep their size, as those of memory-region 1.3 and later do.
   */
  clear(): Outcome<void> {
    return this.#tree.clear();
  }

  /** Bytes of the entries without their values, and their header. */
  get bytes(): number {
    return this.#tree.regions.data.allocated;
  }

  /** Bytes of the nodes and their headers. */
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

/** The place behind a key, if it is there. */
function behind(place: Place): Place {
  return place.found ? { ...place, index: place.index + 1 } : place;
}
