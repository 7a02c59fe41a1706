import { formatAddress } from '../../format.ts';
import { at, type Memory, writeGrowing } from '../../memory/memory.ts';
import type { ChunkAllocator } from './allocator.ts';
import { writeFirstVersion } from './first-version.ts';
import { type BTreeHeader, CHUNK_HEADER_LENGTH, ChunkGrid, putAddress } from './layout.ts';
import { NewEntry } from './new-entry.ts';
import {
  type KeyForm,
  NODE_MAGIC,
  NodeReader,
  OVERFLOW_AT,
  OVERFLOW_HEADER_LENGTH,
  OVERFLOW_MAGIC,
  OVERFLOW_NEXT_AT,
  type TreeShape,
} from './node.ts';
import { NodeCache } from './node-cache.ts';
import { followOverflow } from './overflow.ts';
import { Rooms } from './rooms.ts';
import { allOf, buildNode, type EntryRun, NO_CHILDREN, type Records, TreeNode, VALUES } from './tree-node.ts';
import { BTreeUnreadable } from './unreadable.ts';

/** Overflow pages of most nodes. */
const NO_PAGES: readonly number[] = [];

/** Loads, saves and frees the nodes of one tree, with the library's chunks in the library's order. A node of version 1 stays one. */
export class NodeStore {
  /** Bytes of a key's size: none where all keys are as long. */
  readonly prefix: 0 | 4;
  /** What keys of a fixed size have. */
  readonly keySize: number | undefined;
  readonly #memory: Memory;
  readonly #allocator: ChunkAllocator;
  readonly #shape: TreeShape;
  readonly #form: KeyForm;
  readonly #reader: NodeReader;
  readonly #cache = new NodeCache();
  readonly #rooms: Rooms;
  readonly #entry: NewEntry;
  /** One overflow page, as it is written. */
  readonly #page: Uint8Array;

  constructor(memory: Memory, allocator: ChunkAllocator, bounds: BTreeHeader['bounds'], form: KeyForm) {
    this.#memory = memory;
    this.#allocator = allocator;
    this.#shape = { memory, grid: new ChunkGrid(memory, allocator.pageSize), bounds };
    this.#form = form;
    this.prefix = form === 'variable' ? 4 : 0;
    this.keySize = form === 'variable' ? undefined : form;
    this.#entry = new NewEntry(this.prefix);
    this.#reader = new NodeReader(this.#shape);
    this.#rooms = new Rooms(allocator.pageSize);
    this.#page = new Uint8Array(allocator.pageSize);
    for (let index = 0; index < 3; index += 1) this.#page[index] = OVERFLOW_MAGIC.charCodeAt(index);
  }

  /** @throws BTreeUnreadable where the library would trap. */
  load(address: number): TreeNode {
    const cached = this.#cache.get(address);
    if (cached) return cached;
    const node = this.#read(address);
    this.#cache.put(node);
    return node;
  }

  /** Begins an operation. Nodes that the last one replaced or freed are not to be read any more. */
  begin(): void {
    this.#rooms.recycle();
  }

  /** An entry to be put into a node, before the next one is asked for. */
  entry(key: Uint8Array, value: Uint8Array): Records {
    return this.#entry.set(key, value);
  }

  /** A node that is not written yet. */
  build(address: number, overflow: readonly number[], children: readonly number[], runs: readonly EntryRun[]): TreeNode {
    return buildNode(this.#rooms, address, overflow, children, runs);
  }

  /** Writes a new node to a page that was just allocated. */
  create(address: number, children: readonly number[], runs: readonly EntryRun[]): TreeNode {
    return this.#save(this.build(address, NO_PAGES, children, runs));
  }

  /** Writes a node with other children and entries in the place of `node`. */
  replace(node: TreeNode, children: readonly number[], runs: readonly EntryRun[]): TreeNode {
    this.#rooms.leave(node);
    const successor = this.build(node.address, node.overflow, children, runs);
    successor.version = node.version;
    return this.#save(successor);
  }

  /** Takes `removed` entries, none or one, out of a node at `index`, puts `added` there, and writes the node. */
  splice(node: TreeNode, index: number, removed: 0 | 1, added?: Records): void {
    const before = node.bytes.length;
    node.splice(index, removed, added);
    if (node.bytes.length > before) this.#cache.grow(node.bytes.length - before);
    this.#write(node);
  }

  /** Gives a node's overflow pages back in their order, then its own. */
  free(node: TreeNode): void {
    for (const page of node.overflow) this.#allocator.deallocate(page);
    this.#allocator.deallocate(node.address);
    this.#cache.delete(node.address);
    this.#rooms.leave(node);
  }

  allocate(): number {
    return this.#allocator.allocate();
  }

  clear(): void {
    this.#allocator.clear();
    this.#cache.clear();
  }

  #save(node: TreeNode): TreeNode {
    this.#write(node);
    this.#cache.put(node);
    return node;
  }

  /** Writes a node to its place, and takes or gives back overflow pages until there are as many as it takes. */
  #write(node: TreeNode): void {
    if (node.version === 1) {
      writeFirstVersion(this.#memory, node, this.#shape.bounds, this.prefix);
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
    const kept = pages.slice(0, needed);
    node.overflow = kept;
    putAddress(node.bytes, OVERFLOW_AT, kept[0] ?? 0);
    writeGrowing(this.#memory, at(0, node.address), node.bytes.subarray(0, Math.min(pageSize, node.length)));
    const room = pageSize - OVERFLOW_HEADER_LENGTH;
    kept.forEach((page, index) => {
      putAddress(this.#page, OVERFLOW_NEXT_AT, kept[index + 1] ?? 0);
      const piece = node.bytes.subarray(pageSize + index * room, Math.min(pageSize + (index + 1) * room, node.length));
      this.#page.set(piece, OVERFLOW_HEADER_LENGTH);
      writeGrowing(this.#memory, at(0, page), this.#page.subarray(0, OVERFLOW_HEADER_LENGTH + piece.length));
    });
    for (const page of pages.slice(needed).reverse()) this.#allocator.deallocate(page);
  }

  #read(address: number): TreeNode {
    const reader = this.#reader;
    if (!this.#shape.grid.holds(address - CHUNK_HEADER_LENGTH)) throw unreadable(address, 'lies outside of the memory');
    reader.load(address);
    const { magic, version, type, entries } = reader;
    if (magic !== NODE_MAGIC) throw unreadable(address, `does not begin with "${NODE_MAGIC}"`);
    if (!reader.readable) throw unreadable(address, `has version ${version}, type ${type} and ${entries} entries`);
    if (reader.overflow === 0) reader.overflowPages.length = 0;
    else this.#followOverflow();
    const fault = reader.decode(this.#form);
    if (fault) throw new BTreeUnreadable(fault.message);
    return reader.version === 1 ? this.#translated() : this.#asItStands();
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
      starts[index] = (keyStart[index] ?? 0) - this.prefix;
      starts[VALUES + index] = (valueStart[index] ?? 0) - 4;
    }
    starts[entries] = starts[VALUES] ?? 0;
    starts[VALUES + entries] = end;
    return new TreeNode(address, overflowPages.length > 0 ? [...overflowPages] : NO_PAGES, { bytes, starts, count: entries });
  }

  /** A node of version 1, held as one of version 2. */
  #translated(): TreeNode {
    const { entries, internal, keyStart, keyLength, valueStart, valueLength, address } = this.#reader;
    const bytesAt = (start = 0, length = 0): Uint8Array => {
      const bytes = new Uint8Array(length);
      this.#reader.copy(start, bytes);
      return bytes;
    };
    const runs = Array.from({ length: entries }, (_, index) => {
      const key = bytesAt(keyStart[index], keyLength[index]);
      return allOf(new NewEntry(this.prefix).set(key, bytesAt(valueStart[index], valueLength[index])));
    });
    const children = internal ? Array.from({ length: entries + 1 }, (_, index) => this.#reader.child(index)) : NO_CHILDREN;
    const node = this.build(address, NO_PAGES, children, runs);
    node.version = 1;
    return node;
  }
}

function unreadable(node: number, problem: string): BTreeUnreadable {
  return new BTreeUnreadable(`Node ${formatAddress(node)} ${problem}.`);
}
