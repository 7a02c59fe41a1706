import { at, type Memory, readBytes } from '../../core/memory/memory.ts';
import { Unreadable } from '../../core/unreadable.ts';
import type { Codec } from '../../values/codec.ts';
import type { Entry, KeyRange } from './entry.ts';
import { type BTreeHeader, DEFAULT_PAGE_SIZE, decodeHeader, MAGIC, MIN_PAGE_SIZE, magicAt, pageSizeFor } from './layout.ts';
import { Entries } from './scan/iteration.ts';
import { ChunkAllocator } from './write/allocator.ts';
import { insertEntry } from './write/insertion.ts';
import { KeyOrder } from './write/key-order.ts';
import { NodeStore } from './write/node-store.ts';
import { removeEdge, removeKey } from './write/removal.ts';
import { StoredTree } from './write/stored-tree.ts';

/**
 * The type of a map's keys or values; every codec has these fields. Without a bound they may have any length; without `compare`
 * they are ordered by their bytes.
 */
export type StoredType = Pick<Codec, 'bound' | 'compare'>;

export interface BTreeTypes {
  readonly key: StoredType;
  readonly value: StoredType;
  /** Page size of a new map, in place of the one derived from the bounds. One fork of the library supports this. */
  readonly pageSize?: number;
}

/**
 * A map in a memory, with the operations, the chunks and the exact bytes of the Rust library's `BTreeMap` (0.7.2). Keys and
 * values are passed in encoded form. The map owns its memory: it sees changes made by others only after a `reload`. When an
 * operation throws `Unreadable` or `OutOfMemory`, the library would trap: restore the memory to its state before the
 * operation, then call `reload`.
 */
export class BTreeMap {
  readonly #memory: Memory;
  readonly #types: BTreeTypes;
  #tree: StoredTree;

  private constructor(memory: Memory, types: BTreeTypes, tree: StoredTree) {
    this.#memory = memory;
    this.#types = types;
    this.#tree = tree;
  }

  /**
   * Opens the map in `memory`, or creates one. As in the library, a memory without the magic is silently overwritten. For an
   * existing map, the types must be the ones that it was created with. To examine a memory use `openBTree`.
   * @throws Unreadable when there is a map that the library would reject.
   */
  static init(memory: Memory, types: BTreeTypes): BTreeMap {
    const magic = memory.pages === 0 ? '' : magicAt(readBytes(memory, at(0, 0), MAGIC.length));
    return magic === MAGIC ? new BTreeMap(memory, types, loadTree(memory, types)) : BTreeMap.new(memory, types);
  }

  /** Creates an empty map, whatever is in the memory. */
  static new(memory: Memory, types: BTreeTypes): BTreeMap {
    const pageSize = types.pageSize ?? derivedPageSize(types);
    if (pageSize < MIN_PAGE_SIZE)
      throw new RangeError(`A page of ${pageSize} bytes is too small; the minimum is ${MIN_PAGE_SIZE}.`);
    const allocator = ChunkAllocator.create(memory, pageSize);
    const header: BTreeHeader = { magic: MAGIC, version: 2, pageSize, bounds: undefined, root: 0, length: 0n };
    const tree = treeOf(memory, types, header, allocator);
    tree.setEmpty();
    return new BTreeMap(memory, types, tree);
  }

  /** Loads the state from the bytes again, after someone else has changed them. */
  reload(): void {
    this.#tree = loadTree(this.#memory, this.#types);
  }

  get length(): bigint {
    return this.#tree.length;
  }

  get(key: Uint8Array): Uint8Array | undefined {
    const { nodes } = this.#tree;
    nodes.begin();
    const sought = nodes.sought(key);
    const node = this.#tree.find(sought);
    return node === 0 ? undefined : nodes.value(node, nodes.search(node, sought));
  }

  contains(key: Uint8Array): boolean {
    const { nodes } = this.#tree;
    nodes.begin();
    return this.#tree.find(nodes.sought(key)) !== 0;
  }

  /** Returns the old value of the key. @throws RangeError when the key or the value exceeds its bound. */
  insert(key: Uint8Array, value: Uint8Array): Uint8Array | undefined {
    assertFits('key', key, this.#types.key);
    assertFits('value', value, this.#types.value);
    this.#tree.nodes.begin();
    return insertEntry(this.#tree, key, value);
  }

  /** Returns the old value of the key. Even if the key is not there, entries may move and nodes may be freed. */
  remove(key: Uint8Array): Uint8Array | undefined {
    this.#tree.nodes.begin();
    return removeKey(this.#tree, key);
  }

  first(): Entry | undefined {
    return this.entries().next().value;
  }

  last(): Entry | undefined {
    return this.entriesBackward().next().value;
  }

  popFirst(): Entry | undefined {
    return this.#pop('first');
  }

  popLast(): Entry | undefined {
    return this.#pop('last');
  }

  /** Returns the entries of a range, by default all, in the order of their keys. The map must not be changed meanwhile. */
  entries(range: KeyRange = {}): Entries {
    return new Entries(this.#tree, range, false);
  }

  entriesBackward(range: KeyRange = {}): Entries {
    return new Entries(this.#tree, range, true);
  }

  /** Does the same as the library's `clear_new`: drops all entries. Their bytes and the page size stay. */
  clear(): void {
    this.#tree.nodes.clear();
    this.#tree.setEmpty();
  }

  #pop(edge: 'first' | 'last'): Entry | undefined {
    const tree = this.#tree;
    if (tree.root === 0) return undefined;
    tree.nodes.begin();
    return removeEdge(tree, tree.root, edge);
  }
}

function derivedPageSize({ key, value }: BTreeTypes): number {
  return key.bound && value.bound ? pageSizeFor(key.bound.max, value.bound.max) : DEFAULT_PAGE_SIZE;
}

function loadTree(memory: Memory, types: BTreeTypes): StoredTree {
  const header = decodeHeader(memory);
  if (header.version !== 1 && header.version !== 2) {
    throw new Unreadable(`The map's layout version is ${header.version}; 1 and 2 are known.`);
  }
  const allocator = ChunkAllocator.load(memory);
  if (allocator.pageSize !== header.pageSize) {
    throw new Unreadable(`The map's page size is ${header.pageSize}, the allocator's ${allocator.pageSize} bytes.`);
  }
  // Whatever the stored version, the library writes version 1 if the header has bounds.
  return treeOf(memory, types, { ...header, version: header.bounds ? 1 : 2 }, allocator);
}

function treeOf(memory: Memory, types: BTreeTypes, header: BTreeHeader, allocator: ChunkAllocator): StoredTree {
  const form = types.key.bound?.fixed ? types.key.bound.max : 'variable';
  const keys = { form, prefix: form === 'variable' ? 4 : 0, order: new KeyOrder(types.key.compare) } as const;
  return new StoredTree(memory, new NodeStore(memory, allocator, header.bounds, keys), header);
}

function assertFits(what: 'key' | 'value', bytes: Uint8Array, { bound }: StoredType): void {
  if (!bound || bytes.length === bound.max || (!bound.fixed && bytes.length < bound.max)) return;
  const allowed = bound.fixed ? `exactly ${bound.max}` : `at most ${bound.max}`;
  throw new RangeError(`A ${what} of ${bytes.length} bytes does not fit: the limit is ${allowed}.`);
}
