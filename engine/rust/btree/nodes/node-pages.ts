import { formatAddress } from '../../../core/format.ts';
import { at, copyBytes, type Memory, writeGrowing } from '../../../core/memory/memory.ts';
import { Unreadable } from '../../../core/unreadable.ts';
import { CHUNK_HEADER_LENGTH, putAddress } from '../layout.ts';
import type { ChunkAllocator } from '../write/allocator.ts';
import type { Keys } from '../write/key-order.ts';
import { NewEntry } from '../write/new-entry.ts';
import { writeFirstVersion } from './first-version.ts';
import {
  NODE_MAGIC,
  NodeReader,
  OVERFLOW_AT,
  OVERFLOW_HEADER_LENGTH,
  OVERFLOW_MAGIC,
  OVERFLOW_NEXT_AT,
  type TreeShape,
} from './node.ts';
import type { NodeTable } from './node-table.ts';
import { followOverflow } from './overflow.ts';
import type { Rooms } from './rooms.ts';
import { buildNode, NO_CHILDREN, NO_PAGES, TreeNode, VALUES, withoutEntry } from './tree-node.ts';

/** Reads and writes whole nodes. The string of a node is in its page and, if that is too short, in overflow pages. */
export class NodePages {
  readonly #memory: Memory;
  readonly #allocator: ChunkAllocator;
  readonly #shape: TreeShape;
  readonly #keys: Keys;
  readonly #reader: NodeReader;
  /** Buffer for writing an overflow page. */
  readonly #page: Uint8Array;

  constructor(memory: Memory, allocator: ChunkAllocator, shape: TreeShape, keys: Keys) {
    this.#memory = memory;
    this.#allocator = allocator;
    this.#shape = shape;
    this.#keys = keys;
    this.#reader = new NodeReader(shape);
    this.#page = new Uint8Array(allocator.pageSize);
    for (let index = 0; index < 3; index += 1) this.#page[index] = OVERFLOW_MAGIC.charCodeAt(index);
  }

  /** Reads a node that is not in the table. @throws Unreadable when the library would trap. */
  read(address: number, table: NodeTable, rooms: Rooms): TreeNode {
    const reader = this.#reader;
    if (!this.#shape.grid.holds(address - CHUNK_HEADER_LENGTH)) throw unreadable(address, 'is outside the memory');
    if (!table.admits(address)) throw unreadable(address, 'is not at a place where a node can start');
    reader.load(address);
    const { magic, version, type, entries } = reader;
    if (magic !== NODE_MAGIC) throw unreadable(address, `does not start with "${NODE_MAGIC}"`);
    if (!reader.readable) throw unreadable(address, `has version ${version}, type ${type} and ${entries} entries`);
    if (reader.overflow === 0) reader.overflowPages.length = 0;
    else this.#followOverflow();
    const fault = reader.decode(this.#keys.form);
    if (fault) throw new Unreadable(fault.message);
    return reader.version === 1 ? this.#translated(rooms) : this.#asItStands(rooms);
  }

  /** Reads the string of a node of version 2 whose length and overflow pages are known. */
  readString(address: number, overflow: readonly number[], string: Uint8Array): void {
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

  /** Writes a node to its place, and allocates or frees overflow pages as needed. */
  write(node: TreeNode): void {
    if (node.version === 1) {
      writeFirstVersion(this.#memory, node, this.#shape.bounds, this.#keys.prefix);
      return;
    }
    this.#takeOverflow(node);
    this.#writePage(node, node.length);
  }

  /**
   * Writes a leaf of version 2, calls `between`, and writes the leaf without entry `index`, which needs no overflow pages then.
   * Bytes that the second write overwrites are not written before. Returns the final leaf.
   */
  writeTwice(leaf: TreeNode, index: number, between: () => void): TreeNode {
    const { length } = leaf;
    this.#takeOverflow(leaf);
    between();
    const shorter = withoutEntry(leaf, index);
    this.#takeOverflow(shorter);
    this.#writePage(shorter, length);
    return shorter;
  }

  /** Allocates or frees overflow pages until a node has as many as it needs, and writes their part of the string. */
  #takeOverflow(node: TreeNode): void {
    const needed = this.#reader.pagesFor(node.length);
    if (needed === 0 && node.overflow.length === 0) return;
    const { pageSize } = this.#allocator;
    const pages = [...node.overflow];
    while (pages.length < needed) pages.push(this.#allocator.allocate());
    const freed = pages.splice(needed);
    node.overflow = pages;
    putAddress(node.bytes, OVERFLOW_AT, pages[0] ?? 0);
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

  /** Writes the first `length` bytes of a node's buffer, at most a page. */
  #writePage(node: TreeNode, length: number): void {
    writeGrowing(this.#memory, at(0, node.address), node.bytes.subarray(0, Math.min(this.#allocator.pageSize, length)));
  }

  /** Follows the overflow pages. Unlike the library, it ends when they form a cycle. */
  #followOverflow(): void {
    const seen = new Set<number>();
    const admit = (chunk: number): boolean => !seen.has(chunk) && seen.add(chunk) !== undefined;
    followOverflow(this.#shape, this.#reader, admit, (code, _, message) => {
      // The library ignores the headers of chunks when it reads.
      if (!code.startsWith('alloc.')) throw new Unreadable(message);
    });
  }

  #asItStands(rooms: Rooms): TreeNode {
    const { entries, keyStart, valueStart, end, overflowPages, address } = this.#reader;
    const { bytes, starts } = rooms.take(end);
    this.#reader.copy(0, bytes.subarray(0, end));
    for (let index = 0; index < entries; index += 1) {
      starts[index] = (keyStart[index] ?? 0) - this.#keys.prefix;
      starts[VALUES + index] = (valueStart[index] ?? 0) - 4;
    }
    starts[entries] = starts[VALUES] ?? 0;
    starts[VALUES + entries] = end;
    return new TreeNode(address, overflowPages.length > 0 ? [...overflowPages] : NO_PAGES, { bytes, starts, count: entries });
  }

  /** Returns a node of version 1 in the form of version 2. */
  #translated(rooms: Rooms): TreeNode {
    const { entries, internal, keyStart, keyLength, valueStart, valueLength, address } = this.#reader;
    const bytesAt = (start = 0, length = 0): Uint8Array => {
      const bytes = new Uint8Array(length);
      this.#reader.copy(start, bytes);
      return bytes;
    };
    const runs = Array.from({ length: entries }, (_, index) => {
      const key = bytesAt(keyStart[index], keyLength[index]);
      return new NewEntry(this.#keys.prefix).set(key, bytesAt(valueStart[index], valueLength[index]));
    });
    const children = internal ? Array.from({ length: entries + 1 }, (_, index) => this.#reader.child(index)) : NO_CHILDREN;
    const node = buildNode(rooms, address, NO_PAGES, children, runs);
    node.version = 1;
    return node;
  }
}

function unreadable(node: number, problem: string): Unreadable {
  return new Unreadable(`Node ${formatAddress(node)} ${problem}.`);
}
