import { at, type Memory, readBytes } from '../../core/memory/memory.ts';
import type { Codec } from '../../values/codec.ts';
import type { Entry, KeyRange } from './entry.ts';
import { type BTreeHeader, DEFAULT_PAGE_SIZE, decodeHeader, MAGIC, MIN_PAGE_SIZE, magicAt, pageSizeFor } from './layout.ts';
import { Entries } from './scan/iteration.ts';
import { BTreeUnreadable } from './unreadable.ts';
import { ChunkAllocator } from './write/allocator.ts';
import { insertEntry } from './write/insertion.ts';
import { KeyOrder } from './write/key-order.ts';
import { NodeStore } from './write/node-store.ts';
import { removeEdge, removeKey } from './write/removal.ts';
import { StoredTree } from './write/stored-tree.ts';

/**
 * What a map must know of its keys or values; every codec says it. Without a bound they may have any length; without `compare`
 * the order is that of their bytes.
 */
export type StoredType = Pick<Codec, 'bound' | 'compare'>;

export interface BTreeTypes {
  readonly key: StoredType;
  readonly value: StoredType;
  /** Page size of a new map in place of the one that follows from the bounds, as one fork of the library has it. */
  readonly pageSize?: number;
}

/**
 * A map in a memory, with the operations, the chunks and the exact bytes of the Rust library's `BTreeMap` (0.7.2). Keys and
 * values are their encodings. It owns its memory: what others write there it sees after a `reload`. Where an operation throws
 * `BTreeUnreadable` or `OutOfMemory`, the library traps: the memory is to be taken back to its state before, then `reload`.
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
   * Opens the map in `memory`, or makes one. As in the library, a memory without its magic is silently overwritten. Of a map that
   * is there the types must be the ones it was made with; what a memory looks like `inspect` tells.
   * @throws BTreeUnreadable when a map stands here that the library would refuse.
   */
  static init(memory: Memory, types: BTreeTypes): BTreeMap {
    const magic = memory.pages === 0 ? '' : magicAt(readBytes(memory, at(0, 0), MAGIC.length));
    return magic === MAGIC ? new BTreeMap(memory, types, loadTree(memory, types)) : BTreeMap.new(memory, types);
  }

  /** Makes an empty map, whatever is there. */
  static new(memory: Memory, types: BTreeTypes): BTreeMap {
    const pageSize = types.pageSize ?? derivedPageSize(types);
    if (pageSize < MIN_PAGE_SIZE)
      throw new RangeError(`A page of ${pageSize} bytes is too small; the least is ${MIN_PAGE_SIZE}.`);
    const allocator = ChunkAllocator.create(memory, pageSize);
    const header: BTreeHeader = { magic: MAGIC, version: 2, pageSize, bounds: undefined, root: 0, length: 0n };
    const tree = treeOf(memory, types, header, allocator);
    tree.setEmpty();
    return new BTreeMap(memory, types, tree);
  }

  /** Takes the state from the bytes again, after someone else has changed them. */
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

  /** Returns the value that the key had before. @throws RangeError where key or value leave their bounds. */
  insert(key: Uint8Array, value: Uint8Array): Uint8Array | undefined {
    assertFits('key', key, this.#types.key);
    assertFits('value', value, this.#types.value);
    this.#tree.nodes.begin();
    return insertEntry(this.#tree, key, value);
  }

  /** Returns the value that the key had. Also a key that is not there may move entries and free nodes. */
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

  /** The entries of a range, all of them if nothing is said, by their keys. The map is not to be changed meanwhile. */
  entries(range: KeyRange = {}): Entries {
    return new Entries(this.#tree, range, false);
  }

  entriesBackward(range: KeyRange = {}): Entries {
    return new Entries(this.#tree, range, true);
  }

  /** The library's `clear_new`: forgets all entries. Their bytes stay, and so does the page size. */
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
    throw new BTreeUnreadable(`The map's layout version is ${header.version}; 1 and 2 are known.`);
  }
  const allocator = ChunkAllocator.load(memory);
  if (allocator.pageSize !== header.pageSize) {
    throw new BTreeUnreadable(`The map's page size is ${header.pageSize}, the allocator's ${allocator.pageSize} bytes.`);
  }
  // Whatever it was, the library writes version 1 where the header has bounds.
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
  throw new RangeError(`A ${what} of ${bytes.length} bytes does not fit: ${allowed} are allowed.`);
}
