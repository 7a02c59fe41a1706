import { formatAddress } from '../../format.ts';
import { at, type Memory, viewOf, writeGrowing } from '../../memory/memory.ts';
import type { ChunkAllocator } from './allocator.ts';
import { type BTreeHeader, CHUNK_HEADER_LENGTH, ChunkGrid, putAddress } from './layout.ts';
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
import { badMagic, followOverflow } from './overflow.ts';
import { buildNode, NO_CHILDREN, newEntry, TreeNode } from './tree-node.ts';
import { BTreeUnreadable } from './unreadable.ts';

/** Loads, saves and frees the nodes of one tree, with the library's chunks in the library's order. What it saves is always of version 2. */
export class NodeStore {
  /** Bytes of a key's size: none where all keys are as long. */
  readonly prefix: 0 | 4;
  readonly #memory: Memory;
  readonly #allocator: ChunkAllocator;
  readonly #shape: TreeShape;
  readonly #form: KeyForm;
  readonly #reader: NodeReader;
  readonly #cache = new NodeCache();
  /** One overflow page, as it is written. */
  readonly #page: Uint8Array;
  readonly #pageView: DataView;

  constructor(memory: Memory, allocator: ChunkAllocator, bounds: BTreeHeader['bounds'], form: KeyForm) {
    this.#memory = memory;
    this.#allocator = allocator;
    this.#shape = { memory, grid: new ChunkGrid(memory, allocator.pageSize), bounds };
    this.#form = form;
    this.prefix = form === 'variable' ? 4 : 0;
    this.#reader = new NodeReader(this.#shape);
    this.#page = new Uint8Array(allocator.pageSize);
    this.#pageView = viewOf(this.#page);
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

  /** Writes a node to its place, and takes or gives back overflow pages until there are as many as it takes. */
  save(node: TreeNode): void {
    const needed = this.#reader.pagesFor(node.bytes.length);
    if (needed > 0 || node.overflow.length > 0) this.#saveOverflowing(node, needed);
    else writeGrowing(this.#memory, at(0, node.address), node.bytes);
    this.#cache.put(node);
  }

  /** Gives a node's overflow pages back in their order, then its own. */
  free(node: TreeNode): void {
    for (const page of node.overflow) this.#allocator.deallocate(page);
    this.#allocator.deallocate(node.address);
    this.#cache.delete(node.address);
  }

  allocate(): number {
    return this.#allocator.allocate();
  }

  clear(): void {
    this.#allocator.clear();
    this.#cache.clear();
  }

  #saveOverflowing(node: TreeNode, needed: number): void {
    const { pageSize } = this.#allocator;
    const pages = [...node.overflow];
    while (pages.length < needed) pages.push(this.#allocator.allocate());
    const kept = pages.slice(0, needed);
    node.overflow = kept;
    putAddress(viewOf(node.bytes), OVERFLOW_AT, kept[0] ?? 0);
    writeGrowing(this.#memory, at(0, node.address), node.bytes.subarray(0, pageSize));
    const room = pageSize - OVERFLOW_HEADER_LENGTH;
    kept.forEach((page, index) => {
      putAddress(this.#pageView, OVERFLOW_NEXT_AT, kept[index + 1] ?? 0);
      const piece = node.bytes.subarray(pageSize + index * room, pageSize + (index + 1) * room);
      this.#page.set(piece, OVERFLOW_HEADER_LENGTH);
      writeGrowing(this.#memory, at(0, page), this.#page.subarray(0, OVERFLOW_HEADER_LENGTH + piece.length));
    });
    for (const page of pages.slice(needed).reverse()) this.#allocator.deallocate(page);
  }

  #read(address: number): TreeNode {
    const reader = this.#reader;
    const name = `Node ${formatAddress(address)}`;
    if (!this.#shape.grid.holds(address - CHUNK_HEADER_LENGTH)) throw new BTreeUnreadable(`${name} lies outside of the memory.`);
    reader.load(address);
    if (reader.magic !== NODE_MAGIC) throw new BTreeUnreadable(badMagic('node', NODE_MAGIC));
    if (!reader.readable) {
      throw new BTreeUnreadable(`${name} has version ${reader.version}, type ${reader.type} and ${reader.entries} entries.`);
    }
    this.#followOverflow();
    const fault = reader.decode(this.#form);
    if (fault) throw new BTreeUnreadable(fault.message);
    const children = reader.internal
      ? Array.from({ length: reader.entries + 1 }, (_, index) => reader.child(index))
      : NO_CHILDREN;
    return reader.version === 1 ? this.#migrated(children) : this.#asItStands(children);
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

  #asItStands(children: readonly number[]): TreeNode {
    const { entries, keyStart, valueStart, end, overflowPages, address } = this.#reader;
    const bytes = new Uint8Array(end);
    this.#reader.copy(0, bytes);
    const starts: number[] = [];
    for (let index = 0; index < entries; index += 1) starts.push((keyStart[index] ?? 0) - this.prefix);
    for (let index = 0; index < entries; index += 1) starts.push((valueStart[index] ?? 0) - 4);
    starts.push(end);
    return new TreeNode(address, [...overflowPages], children, bytes, starts);
  }

  /** A node of version 1 as it would be in version 2. */
  #migrated(children: readonly number[]): TreeNode {
    const { entries, keyStart, keyLength, valueStart, valueLength, address } = this.#reader;
    const bytesAt = (start = 0, length = 0): Uint8Array => {
      const bytes = new Uint8Array(length);
      this.#reader.copy(start, bytes);
      return bytes;
    };
    const runs = Array.from({ length: entries }, (_, index) => {
      const key = bytesAt(keyStart[index], keyLength[index]);
      return newEntry(key, bytesAt(valueStart[index], valueLength[index]), this.prefix);
    });
    return buildNode(address, [], children, runs);
  }
}
