import { formatAddress } from '../../format.ts';
import { at, copyBytes, type Memory, readBytes, writeGrowing } from '../../memory/memory.ts';
import { moveBytes } from '../../memory/move.ts';
import type { ChunkAllocator } from './allocator.ts';
import { writeFirstVersion } from './first-version.ts';
import type { Entry } from './iteration.ts';
import { HEAD_LENGTH, type Keys, type Sought } from './key-order.ts';
import { type BTreeHeader, CHUNK_HEADER_LENGTH, ChunkGrid, LEAST_ENTRIES, MOST_ENTRIES, putAddress, putU32 } from './layout.ts';
import { NewEntry } from './new-entry.ts';
import {
  CHILDREN_AT,
  COUNT_AT,
  NODE_MAGIC,
  NodeReader,
  OVERFLOW_AT,
  OVERFLOW_HEADER_LENGTH,
  OVERFLOW_MAGIC,
  OVERFLOW_NEXT_AT,
  type TreeShape,
} from './node.ts';
import { NodeTable } from './node-table.ts';
import { followOverflow } from './overflow.ts';
import { Rooms } from './rooms.ts';
import { buildNode, type EntryRun, NO_CHILDREN, NO_PAGES, TreeNode, VALUES } from './tree-node.ts';
import { BTreeUnreadable } from './unreadable.ts';

/** A child of an inner node that comes or goes, and where among its children. */
export interface Child {
  readonly at: number;
  readonly address: number;
}

/**
 * Finds, opens, saves and frees the nodes of one tree, with the library's chunks in the library's order. Nodes are meant by their addresses. A
 * node of version 1 stays one.
 */
export class NodeStore {
  readonly #memory: Memory;
  readonly #allocator: ChunkAllocator;
  readonly #shape: TreeShape;
  readonly #keys: Keys;
  /** Bytes of a key's size: none where all keys are as long. */
  readonly #prefix: 0 | 4;
  /** Keys of so many bytes are the same where their heads are. */
  readonly #toldByHeads: number | undefined;
  readonly #reader: NodeReader;
  readonly #table: NodeTable;
  readonly #rooms: Rooms;
  readonly #entry: NewEntry;
  /** One key of the tree, to be compared. */
  #key = new Uint8Array();
  /** What is written by itself: a number of entries, a size, an address, an overflow page. */
  readonly #count = new Uint8Array(1);
  readonly #size = new Uint8Array(4);
  readonly #address = new Uint8Array(8);
  readonly #page: Uint8Array;

  constructor(memory: Memory, allocator: ChunkAllocator, bounds: BTreeHeader['bounds'], keys: Keys) {
    const grid = new ChunkGrid(memory, allocator.pageSize);
    this.#memory = memory;
    this.#allocator = allocator;
    this.#shape = { memory, grid, bounds };
    this.#keys = keys;
    this.#prefix = keys.prefix;
    this.#toldByHeads = keys.order.byBytes && keys.form !== 'variable' && keys.form <= HEAD_LENGTH ? keys.form : undefined;
    this.#entry = new NewEntry(this.#prefix);
    this.#reader = new NodeReader(this.#shape);
    this.#table = new NodeTable(grid.stride, keys);
    this.#rooms = new Rooms(allocator.pageSize);
    this.#page = new Uint8Array(allocator.pageSize);
    for (let index = 0; index < 3; index += 1) this.#page[index] = OVERFLOW_MAGIC.charCodeAt(index);
  }

  /** Begins an operation. Nodes that the last one opened are not to be read any more. */
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
    return this.count(node) >= MOST_ENTRIES;
  }
  /** Whether it can do without an entry. */
  rich(node: number): boolean {
    return this.count(node) > LEAST_ENTRIES;
  }
  child(node: number, index: number): number {
    return this.#table.child(this.#row(node), index) ?? this.open(node).child(index);
  }

  sought(key: Uint8Array): Sought {
    return this.#keys.order.sought(key);
  }

  /** Which entry has the key; where none has, -1 - the index that it would get. */
  search(node: number, { key, first, second }: Sought): number {
    const row = this.#row(node);
    const table = this.#table;
    let low = 0;
    let high = table.count(row);
    while (low < high) {
      const middle = (low + high) >> 1;
      let sign = table.firstHead(row, middle) - first;
      if (sign === 0) sign = table.secondHead(row, middle) - second;
      if (sign === 0 && key.length !== this.#toldByHeads) sign = this.#compare(node, row, middle, key);
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
    return this.#inPage(row, end) ? readBytes(this.#memory, at(0, node + start), end - start) : this.open(node).value(index);
  }

  entry(node: number, index: number): Entry {
    const row = this.#row(node);
    const table = this.#table;
    const end = table.start(row, VALUES + index + 1);
    if (!this.#inPage(row, end)) return this.entryOf(this.open(node), index);
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

  /** Rooms for nodes that are to be kept for longer than an operation. */
  newRooms(): Rooms {
    return new Rooms(this.#allocator.pageSize);
  }

  /** A node, to be worked on in this operation, if no other rooms are given. @throws BTreeUnreadable where the library would trap. */
  open(address: number, rooms = this.#rooms): TreeNode {
    const row = this.#row(address);
    const table = this.#table;
    if (table.version(row) === 1) return this.#read(address, rooms);
    const count = table.count(row);
    const length = table.start(row, VALUES + count);
    const { bytes, starts } = rooms.take(length);
    for (let index = 0; index <= count; index += 1) {
      starts[index] = table.start(row, index);
      starts[VALUES + index] = table.start(row, VALUES + index);
    }
    const overflow = table.overflow(row);
    this.#readString(address, overflow, bytes.subarray(0, length));
    return new TreeNode(address, overflow, { bytes, starts, count });
  }

  /** A node that is not written yet. */
  build(address: number, children: readonly number[], runs: readonly EntryRun[]): TreeNode {
    return buildNode(this.#rooms, address, NO_PAGES, children, runs);
  }

  /** Writes a leaf of one entry to a page that was just allocated. */
  createLeaf(address: number, entry: Entry): void {
    this.create(address, NO_CHILDREN, [this.#entry.set(...entry)]);
  }

  /** Writes a new node to a page that was just allocated. */
  create(address: number, children: readonly number[], runs: readonly EntryRun[]): void {
    this.#save(this.build(address, children, runs));
  }

  /** Writes a node with other children and entries in the place of `node`, which itself stays as it is. */
  replace(node: TreeNode, children: readonly number[], runs: readonly EntryRun[]): void {
    const successor = buildNode(this.#rooms, node.address, node.overflow, children, runs);
    successor.version = node.version;
    this.#save(successor);
  }

  /**
   * Takes `removed` entries, none or one, out of a node at `index`, puts `added` there, and writes the node. A child comes or goes with the
   * entry.
   */
  splice(node: number, index: number, removed: 0 | 1, added?: Entry, child?: Child): void {
    if (this.#spliceInPage(node, index, removed, added, child)) return;
    const opened = this.open(node);
    const runs = [opened.entries(0, index), opened.entries(index + removed)];
    if (added) runs.splice(1, 0, this.#entry.set(...added));
    const children = [...opened.children];
    if (child && added) children.splice(child.at, 0, child.address);
    else if (child) children.splice(child.at, 1);
    this.replace(opened, children, runs);
  }

  /** Gives an entry another value; returns the one that it had. The key's bytes stay, should the order take others for the same. */
  exchange(node: number, index: number, value: Uint8Array): Uint8Array {
    const row = this.#row(node);
    const old = this.value(node, index);
    // All other bytes of the node would be written as they are.
    if (old.length === value.length && this.#inPage(row, this.#table.start(row, VALUES + index + 1)))
      this.#memory.write(at(0, node + this.#table.start(row, VALUES + index) + 4), value);
    else this.splice(node, index, 1, [this.entry(node, index)[0], value]);
    return old;
  }

  /** Gives a node's overflow pages back in their order, then its own. */
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

  /** The row of a node, which is read where it is not remembered. */
  #row(node: number): number {
    const row = this.#table.rowOf(node);
    return row >= 0 ? row : this.#table.set(this.#read(node));
  }

  /** Whether a string's bytes up to `end` stand in the node's page as they are. */
  #inPage(row: number, end: number): boolean {
    return this.#table.version(row) === 2 && end <= this.#allocator.pageSize;
  }

  /** Does in the memory what `splice` does; false where the node has or would get more than its page. */
  #spliceInPage(node: number, index: number, removed: 0 | 1, added: Entry | undefined, child: Child | undefined): boolean {
    const table = this.#table;
    const row = this.#row(node);
    const keys = table.start(row, index);
    const values = table.start(row, VALUES + index);
    const keysBehind = table.start(row, index + removed);
    const valuesBehind = table.start(row, VALUES + index + removed);
    const end = table.start(row, VALUES + table.count(row));
    // How far the keys before the entry move, those behind it with the values before it, and the values behind it.
    const before = child === undefined ? 0 : added ? 8 : -8;
    const keyShift = before + keys - keysBehind + (added ? this.#prefix + added[0].length : 0);
    const shift = keyShift + values - valuesBehind + (added ? 4 + added[1].length : 0);
    if (!table.plain(row) || end + shift > this.#allocator.pageSize) return false;
    const children = CHILDREN_AT + 8 * (child?.at ?? 0);
    if (before < 0) this.#move(node + children + 8, before, keys - children - 8);
    if (shift > 0) this.#move(node + valuesBehind, shift, end - valuesBehind);
    this.#move(node + keysBehind, keyShift, values - keysBehind);
    if (shift < 0) this.#move(node + valuesBehind, shift, end - valuesBehind);
    if (before > 0) this.#move(node + children, before, keys - children);
    if (child && added) {
      table.addChild(row, child.at, child.address);
      putAddress(this.#address, 0, child.address);
      this.#memory.write(at(0, node + children), this.#address);
    } else if (child) table.removeChild(row, child.at);
    table.splice(row, index, removed, added ? 1 : 0, before, keyShift, shift);
    if (added) this.#writeEntry(row, node, index, added);
    this.#count[0] = table.count(row);
    this.#memory.write(at(0, node + COUNT_AT), this.#count);
    return true;
  }

  /** Writes an entry to where the row has it. */
  #writeEntry(row: number, node: number, index: number, [key, value]: Entry): void {
    const { first, second } = this.sought(key);
    this.#table.setHeads(row, index, first, second);
    const keyAt = node + this.#table.start(row, index);
    const valueAt = node + this.#table.start(row, VALUES + index);
    if (this.#prefix > 0) this.#writeSize(keyAt, key.length);
    this.#memory.write(at(0, keyAt + this.#prefix), key);
    this.#writeSize(valueAt, value.length);
    this.#memory.write(at(0, valueAt + 4), value);
  }

  #move(from: number, shift: number, length: number): void {
    if (shift !== 0 && length > 0) moveBytes(this.#memory, at(0, from), at(0, from + shift), length);
  }

  #writeSize(address: number, size: number): void {
    putU32(this.#size, 0, size);
    this.#memory.write(at(0, address), this.#size);
  }

  #compare(node: number, row: number, index: number, key: Uint8Array): number {
    const start = this.#table.start(row, index) + this.#prefix;
    const end = this.#table.start(row, index + 1);
    if (!this.#inPage(row, end)) return this.#keys.order.compare(this.open(node).key(index, this.#prefix), key);
    if (this.#key.length !== end - start) this.#key = new Uint8Array(end - start);
    this.#memory.read(at(0, node + start), this.#key);
    return this.#keys.order.compare(this.#key, key);
  }

  #save(node: TreeNode): void {
    this.#write(node);
    this.#table.set(node);
  }

  /** Writes a node to its place, and takes or gives back overflow pages until there are as many as it takes. */
  #write(node: TreeNode): void {
    if (node.version === 1) {
      writeFirstVersion(this.#memory, node, this.#shape.bounds, this.#prefix);
      return;
    }
    const needed = this.#reader.pagesFor(node.length);
    if (needed > 0 || node.overflow.length > 0) this.#writeOverflowing(node, needed);
    else writeGrowing(this.#memory, at(0, node.address), node.bytes.subarray(0, node.length));
  }

  #writeOverflowing(node: TreeNode, needed: number): void {
    const { pageSize } = this.#allocator;
    const pages = [...node.overflow];
    while (pages.length < needed) pages.push(this.#allocator.allocate());
    const freed = pages.splice(needed);
    node.overflow = pages;
    putAddress(node.bytes, OVERFLOW_AT, pages[0] ?? 0);
    writeGrowing(this.#memory, at(0, node.address), node.bytes.subarray(0, Math.min(pageSize, node.length)));
    let done = pageSize;
    for (let index = 0; index < needed; index += 1) {
      const length = Math.min(pageSize - OVERFLOW_HEADER_LENGTH, node.length - done);
      putAddress(this.#page, OVERFLOW_NEXT_AT, pages[index + 1] ?? 0);
      copyBytes(node.bytes, done, this.#page, OVERFLOW_HEADER_LENGTH, length);
      writeGrowing(this.#memory, at(0, pages[index] ?? 0), this.#page.subarray(0, OVERFLOW_HEADER_LENGTH + length));
      done += length;
    }
    for (let page = freed.pop(); page !== undefined; page = freed.pop()) this.#allocator.deallocate(page);
  }

  /** Reads a node's string from its page and its overflow pages. */
  #readString(address: number, overflow: readonly number[], string: Uint8Array): void {
    const { pageSize } = this.#allocator;
    if (string.length <= pageSize) {
      this.#memory.read(at(0, address), string);
      return;
    }
    this.#memory.read(at(0, address), string.subarray(0, pageSize));
    const room = pageSize - OVERFLOW_HEADER_LENGTH;
    overflow.forEach((page, index) => {
      const start = pageSize + index * room;
      this.#memory.read(at(0, page + OVERFLOW_HEADER_LENGTH), string.subarray(start, start + room));
    });
  }

  /** Reads a node of which nothing is known. */
  #read(address: number, rooms = this.#rooms): TreeNode {
    const reader = this.#reader;
    if (!this.#shape.grid.holds(address - CHUNK_HEADER_LENGTH)) throw unreadable(address, 'lies outside of the memory');
    if (!this.#table.admits(address)) throw unreadable(address, 'is at no place where a node can stand');
    reader.load(address);
    const { magic, version, type, entries } = reader;
    if (magic !== NODE_MAGIC) throw unreadable(address, `does not begin with "${NODE_MAGIC}"`);
    if (!reader.readable) throw unreadable(address, `has version ${version}, type ${type} and ${entries} entries`);
    if (reader.overflow === 0) reader.overflowPages.length = 0;
    else this.#followOverflow();
    const fault = reader.decode(this.#keys.form);
    if (fault) throw new BTreeUnreadable(fault.message);
    return reader.version === 1 ? this.#translated(rooms) : this.#asItStands();
  }

  /** Unlike the library this ends where overflow pages lead in a circle. */
  #followOverflow(): void {
    const seen = new Set<number>();
    const admit = (chunk: number): boolean => !seen.has(chunk) && seen.add(chunk) !== undefined;
    followOverflow(this.#shape, this.#reader, admit, (code, _, message) => {
      // Whether chunks are flagged as in use is not looked at by a reader.
      if (!code.startsWith('alloc.')) throw new BTreeUnreadable(message);
    });
  }

  #asItStands(): TreeNode {
    const { entries, keyStart, valueStart, end, overflowPages, address } = this.#reader;
    const { bytes, starts } = this.#rooms.take(end);
    this.#reader.copy(0, bytes.subarray(0, end));
    for (let index = 0; index < entries; index += 1) {
      starts[index] = (keyStart[index] ?? 0) - this.#prefix;
      starts[VALUES + index] = (valueStart[index] ?? 0) - 4;
    }
    starts[entries] = starts[VALUES] ?? 0;
    starts[VALUES + entries] = end;
    return new TreeNode(address, overflowPages.length > 0 ? [...overflowPages] : NO_PAGES, { bytes, starts, count: entries });
  }

  /** A node of version 1, held as one of version 2. */
  #translated(rooms: Rooms): TreeNode {
    const { entries, internal, keyStart, keyLength, valueStart, valueLength, address } = this.#reader;
    const bytesAt = (start = 0, length = 0): Uint8Array => {
      const bytes = new Uint8Array(length);
      this.#reader.copy(start, bytes);
      return bytes;
    };
    const runs = Array.from({ length: entries }, (_, index) => {
      const key = bytesAt(keyStart[index], keyLength[index]);
      return new NewEntry(this.#prefix).set(key, bytesAt(valueStart[index], valueLength[index]));
    });
    const children = internal ? Array.from({ length: entries + 1 }, (_, index) => this.#reader.child(index)) : NO_CHILDREN;
    const node = buildNode(rooms, address, NO_PAGES, children, runs);
    node.version = 1;
    return node;
  }
}

function unreadable(node: number, problem: string): BTreeUnreadable {
  return new BTreeUnreadable(`Node ${formatAddress(node)} ${problem}.`);
}
