import { at, type Memory, readBytes } from '../../../core/memory/memory.ts';
import type { Entry } from '../entry.ts';
import { type BTreeHeader, ChunkGrid, MAX_ENTRIES, MIN_ENTRIES } from '../layout.ts';
import { type Child, InPage } from '../nodes/in-page.ts';
import { NodePages } from '../nodes/node-pages.ts';
import { NodeTable } from '../nodes/node-table.ts';
import { Rooms } from '../nodes/rooms.ts';
import { buildNode, type EntryRun, NO_CHILDREN, NO_PAGES, TreeNode, VALUES } from '../nodes/tree-node.ts';
import type { ChunkAllocator } from './allocator.ts';
import { HEAD_LENGTH, type Keys, type Sought } from './key-order.ts';
import { NewEntry } from './new-entry.ts';

/**
 * Finds, opens, saves and frees the nodes of one tree, with the same chunks in the same order as the library. Nodes are
 * identified by their addresses. A node of version 1 keeps its version.
 */
export class NodeStore {
  readonly #memory: Memory;
  readonly #allocator: ChunkAllocator;
  readonly #keys: Keys;
  /** Bytes of the size field of a key; 0 if all keys have the same length. */
  readonly #prefix: 0 | 4;
  /** Length in bytes of keys that are equal if their heads are; undefined if the heads are not enough. */
  readonly #comparedByHeads: number | undefined;
  readonly #table: NodeTable;
  readonly #pages: NodePages;
  readonly #inPage: InPage;
  readonly #rooms: Rooms;
  readonly #entry: NewEntry;
  /** Buffer for a key of the tree that is compared. */
  #key = new Uint8Array();

  constructor(memory: Memory, allocator: ChunkAllocator, bounds: BTreeHeader['bounds'], keys: Keys) {
    const grid = new ChunkGrid(memory, allocator.pageSize);
    this.#memory = memory;
    this.#allocator = allocator;
    this.#keys = keys;
    this.#prefix = keys.prefix;
    this.#comparedByHeads = keys.order.byBytes && keys.form !== 'variable' && keys.form <= HEAD_LENGTH ? keys.form : undefined;
    this.#entry = new NewEntry(this.#prefix);
    this.#table = new NodeTable(grid.stride, keys);
    this.#pages = new NodePages(memory, allocator, { memory, grid, bounds }, keys);
    this.#inPage = new InPage(memory, allocator.pageSize, this.#table, keys);
    this.#rooms = new Rooms(allocator.pageSize);
  }

  /** Starts an operation. Nodes that the previous one opened must not be read any more. */
  begin(): void {
    this.#rooms.begin();
  }

  count(node: number): number {
    return this.#table.count(this.#row(node));
  }
  leaf(node: number): boolean {
    return this.#table.leaf(this.#row(node));
  }
  full(node: number): boolean {
    return this.count(node) >= MAX_ENTRIES;
  }
  /** Returns whether the node has an entry to spare. */
  hasSpare(node: number): boolean {
    return this.count(node) > MIN_ENTRIES;
  }
  child(node: number, index: number): number {
    return this.#table.child(this.#row(node), index) ?? this.open(node).child(index);
  }

  sought(key: Uint8Array): Sought {
    return this.#keys.order.sought(key);
  }

  /** Returns the index of the entry with the key; if there is none, -1 - the index that it would get. */
  search(node: number, { key, first, second }: Sought): number {
    const row = this.#row(node);
    const table = this.#table;
    let low = 0;
    let high = table.count(row);
    while (low < high) {
      const middle = (low + high) >> 1;
      let sign = table.firstHead(row, middle) - first;
      if (sign === 0) sign = table.secondHead(row, middle) - second;
      if (sign === 0 && key.length !== this.#comparedByHeads) sign = this.#compare(node, row, middle, key);
      if (sign === 0) return middle;
      if (sign < 0) low = middle + 1;
      else high = middle;
    }
    return -1 - low;
  }

  value(node: number, index: number): Uint8Array {
    const row = this.#row(node);
    const start = this.#table.start(row, VALUES + index) + 4;
    const end = this.#table.start(row, VALUES + index + 1);
    return this.#isInPage(row, end) ? readBytes(this.#memory, at(0, node + start), end - start) : this.open(node).value(index);
  }

  entry(node: number, index: number): Entry {
    const row = this.#row(node);
    const table = this.#table;
    const end = table.start(row, VALUES + index + 1);
    if (!this.#isInPage(row, end)) return this.entryOf(this.open(node), index);
    const key = table.start(row, index) + this.#prefix;
    const value = table.start(row, VALUES + index) + 4;
    return [
      readBytes(this.#memory, at(0, node + key), table.start(row, index + 1) - key),
      readBytes(this.#memory, at(0, node + value), end - value),
    ];
  }

  entryOf(node: TreeNode, index: number): Entry {
    return [node.key(index, this.#prefix), node.value(index)];
  }

  /** Returns rooms for nodes that are needed for longer than an operation. */
  newRooms(): Rooms {
    return new Rooms(this.#allocator.pageSize);
  }

  /** Opens a node, for this operation if no other rooms are given. @throws Unreadable when the library would trap. */
  open(address: number, rooms = this.#rooms): TreeNode {
    const row = this.#row(address);
    const table = this.#table;
    if (table.version(row) === 1) return this.#pages.read(address, table, rooms);
    const count = table.count(row);
    const length = table.start(row, VALUES + count);
    const room = rooms.take(length);
    const { bytes, starts } = room;
    for (let index = 0; index <= count; index += 1) {
      starts[index] = table.start(row, index);
      starts[VALUES + index] = table.start(row, VALUES + index);
    }
    const overflow = table.overflow(row);
    this.#pages.readString(address, overflow, room.front(length));
    return new TreeNode(address, overflow, { bytes, starts, count });
  }

  /** Writes a leaf of one entry to a page that was just allocated. */
  createLeaf(address: number, entry: Entry): void {
    this.create(address, NO_CHILDREN, [this.#entry.set(...entry)]);
  }

  /** Writes a new node to a page that was just allocated. */
  create(address: number, children: readonly number[], runs: readonly EntryRun[]): void {
    this.#save(buildNode(this.#rooms, address, NO_PAGES, children, runs));
  }

  /** Copies an entry, for insertion into a node. There is only one copy at a time. */
  copied(node: number, index: number): EntryRun {
    return this.#entry.set(...this.entry(node, index));
  }

  /** Writes a node with other children and entries in the place of `node`. The object `node` does not change. */
  replace(node: TreeNode, children: readonly number[], runs: readonly EntryRun[]): void {
    const successor = buildNode(this.#rooms, node.address, node.overflow, children, runs);
    successor.version = node.version;
    this.#save(successor);
  }

  /** Does the same as `replace` of a leaf, then `between`, then a `splice` that removes entry `index` of the new leaf. */
  replaceThenRemove(leaf: TreeNode, runs: readonly EntryRun[], index: number, between: () => void): void {
    const whole = buildNode(this.#rooms, leaf.address, leaf.overflow, NO_CHILDREN, runs);
    whole.version = leaf.version;
    if (whole.version === 2 && whole.length - whole.bytesOf(index) <= this.#allocator.pageSize) {
      this.#table.set(this.#pages.writeTwice(whole, index, between));
      return;
    }
    this.#save(whole);
    between();
    this.splice(leaf.address, index, 1);
  }

  /**
   * Removes `removed` entries, 0 or 1, of a node at `index`, inserts `added` there, and writes the node. A child is added or
   * removed with the entry.
   */
  splice(node: number, index: number, removed: 0 | 1, added?: Entry, child?: Child): void {
    if (this.#inPage.splice(node, this.#row(node), index, removed, added, child)) return;
    const opened = this.open(node);
    const runs = [opened.entries(0, index), opened.entries(index + removed)];
    if (added) runs.splice(1, 0, this.#entry.set(...added));
    const children = [...opened.children];
    if (child && added) children.splice(child.at, 0, child.address);
    else if (child) children.splice(child.at, 1);
    this.replace(opened, children, runs);
  }

  /**
   * Moves the entry `leaving` of `from` up to the place of the `separator` in `parent`, and the separator down to place `entered`
   * of `to`. The child at the edge moves across, too.
   */
  rotate(parent: number, separator: number, from: number, leaving: number, to: number, entered: number): void {
    if (this.#inPage.rotate(parent, separator, from, leaving, to, entered)) return;
    const up = this.entry(from, leaving);
    const down = this.entry(parent, separator);
    if (this.leaf(from)) {
      this.splice(from, leaving, 1);
      this.splice(to, entered, 0, down);
    } else {
      const at = leaving === 0 ? 0 : leaving + 1;
      const address = this.child(from, at);
      this.splice(from, leaving, 1, undefined, { at, address });
      this.splice(to, entered, 0, down, { at: leaving === 0 ? entered + 1 : 0, address });
    }
    this.splice(parent, separator, 1, up);
  }

  /**
   * Replaces the value of an entry. Returns the old value. The bytes of the key stay, even if the order considers other bytes
   * equal.
   */
  exchange(node: number, index: number, value: Uint8Array): Uint8Array {
    const row = this.#row(node);
    const old = this.value(node, index);
    // All other bytes of the node stay the same.
    if (old.length === value.length && this.#isInPage(row, this.#table.start(row, VALUES + index + 1)))
      this.#memory.write(at(0, node + this.#table.start(row, VALUES + index) + 4), value);
    else this.splice(node, index, 1, [this.entry(node, index)[0], value]);
    return old;
  }

  /** Frees a node's overflow pages in their order, then its own page. */
  free(node: number): void {
    for (const page of this.#table.overflow(this.#row(node))) this.#allocator.deallocate(page);
    this.#allocator.deallocate(node);
    this.#table.forget(node);
  }

  allocate(): number {
    return this.#allocator.allocate();
  }

  clear(): void {
    this.#allocator.clear();
    this.#table.clear();
  }

  /** Returns the row of a node. The node is read if it is not remembered. */
  #row(node: number): number {
    const row = this.#table.rowOf(node);
    return row >= 0 ? row : this.#table.set(this.#pages.read(node, this.#table, this.#rooms));
  }

  /** Returns whether the bytes of a string up to `end` are in the node's page in the form of version 2. */
  #isInPage(row: number, end: number): boolean {
    return this.#table.version(row) === 2 && end <= this.#allocator.pageSize;
  }

  #compare(node: number, row: number, index: number, key: Uint8Array): number {
    const start = this.#table.start(row, index) + this.#prefix;
    const end = this.#table.start(row, index + 1);
    if (!this.#isInPage(row, end)) return this.#keys.order.compare(this.open(node).key(index, this.#prefix), key);
    if (this.#key.length !== end - start) this.#key = new Uint8Array(end - start);
    this.#memory.read(at(0, node + start), this.#key);
    return this.#keys.order.compare(this.#key, key);
  }

  #save(node: TreeNode): void {
    this.#pages.write(node);
    this.#table.set(node);
  }
}
