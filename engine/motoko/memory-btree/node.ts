/**
 * The nodes of a MemoryBTree of node capacity c, each kind in its own region (src/MemoryBTree/modules/Leaf.mo and Branch.mo).
 *
 * | leaf | bytes | field                | branch             | bytes     | field                                   |
 * |-----:|------:|----------------------|-------------------:|----------:|-----------------------------------------|
 * |    0 |     3 | magic `LND`          |                  0 |         3 | magic `BND`                             |
 * |    3 |     1 | depth, 1             |                  3 |         1 | depth; 2 where its children are leaves  |
 * |    4 |     2 | index in its parent  |                  4 |         2 | index in its parent                     |
 * |    6 |     2 | count of entries     |                  6 |         2 | count of children                       |
 * |    8 |     8 | parent               |                  8 |         8 | count of entries beneath                |
 * |   16 |     8 | previous leaf        |                 16 |         8 | parent                                  |
 * |   24 |     8 | next leaf            |                 24 |         8 | prefix, in version 1                    |
 * |   32 |     8 | prefix, in version 1 |                 64 | 8 (c - 1) | separators, addresses in the data region |
 * |   64 |   8 c | addresses of entries |       64 + 8 (c - 1) |     8 c | children                                |
 * |      |       |                      |     64 + 8 (2 c - 1) |       7 | padding                                 |
 *
 * Slots past the count are stale. A separator is not greater than any key to its right. In version 0 it is an entry of the tree,
 * or a former one; in version 1 it is a separate block. No release writes the prefix of a branch.
 */
import {
  type Address,
  type AddressRange,
  at,
  byteLength,
  holds,
  type ReadableMemory,
  readBytes,
  viewOf,
} from '../../core/memory/memory.ts';
import { HEADER_LENGTH } from './layout.ts';

export const NODE_HEADER_LENGTH = 64;
export const LEAF_MAGIC = 'LND';
export const BRANCH_MAGIC = 'BND';
const SLOT = 8;

/** Offsets of fields in a node. */
export const DEPTH_IN_NODE = 3;
export const INDEX_IN_NODE = 4;
export const COUNT_IN_NODE = 6;
export const PARENT_IN_LEAF = 8;
export const PREVIOUS_IN_LEAF = 16;
export const NEXT_IN_LEAF = 24;
export const PREFIX_IN_LEAF = 32;
export const BENEATH_IN_BRANCH = 8;
export const PARENT_IN_BRANCH = 16;
export const PREFIX_IN_BRANCH = 24;

/** The regions of a tree, with the version and the capacity that are needed to read its nodes. */
export interface TreeShape {
  readonly data: ReadableMemory;
  readonly leaves: ReadableMemory;
  /** Undefined if it is missing. */
  readonly branches: ReadableMemory | undefined;
  /** Undefined if it is missing. The data region, if the values are there. */
  readonly values: ReadableMemory | undefined;
  readonly version: number;
  /** Maximum entries of a leaf, and maximum children of a branch. */
  readonly capacity: number;
}

export function leafLength(capacity: number): number {
  return NODE_HEADER_LENGTH + SLOT * capacity;
}

export function branchLength(capacity: number): number {
  return NODE_HEADER_LENGTH + 2 * SLOT * capacity - 1;
}

/** Returns whether a node of `length` bytes can be at an address: nodes of one kind follow each other. */
export function isNodePlace(memory: ReadableMemory, address: number, length: number): boolean {
  return address >= HEADER_LENGTH && (address - HEADER_LENGTH) % length === 0 && holds(memory, address, length);
}

/** Returns the number of nodes of `length` bytes that a region has room for. */
export function nodePlaces(memory: ReadableMemory, length: number): number {
  return Math.max(0, Math.floor((byteLength(memory) - HEADER_LENGTH) / length));
}

/** The common part of leaves and branches, read at once. Damaged addresses above 2^53 are rounded. */
class Node {
  readonly memory: ReadableMemory;
  readonly address: Address;
  readonly magic: string;
  readonly depth: number;
  readonly index: number;
  /** The stored count. It can be more than the capacity. */
  readonly counted: number;
  /** The count, limited to the capacity. */
  readonly count: number;
  readonly #view: DataView;

  constructor(memory: ReadableMemory, address: number, length: number, capacity: number) {
    this.memory = memory;
    this.address = at(0, address);
    const bytes = readBytes(memory, this.address, length);
    this.#view = viewOf(bytes);
    this.magic = String.fromCharCode(...bytes.subarray(0, 3));
    this.depth = this.#view.getUint8(DEPTH_IN_NODE);
    this.index = this.#view.getUint16(INDEX_IN_NODE, true);
    this.counted = this.#view.getUint16(COUNT_IN_NODE, true);
    this.count = Math.min(this.counted, capacity);
  }

  /** Returns the eight bytes at an offset in the node as an address. */
  addressAt(place: number): number {
    return Number(this.#view.getBigUint64(place, true));
  }

  /** Returns the range of a field of the node in its region. */
  span(place: number, length: number): AddressRange {
    return { start: at(this.address, place), length };
  }
}

export class Leaf extends Node {
  readonly parent = this.addressAt(PARENT_IN_LEAF);
  readonly previous = this.addressAt(PREVIOUS_IN_LEAF);
  readonly next = this.addressAt(NEXT_IN_LEAF);
  /** 0 if its keys are whole. */
  readonly prefix: number;

  constructor(shape: TreeShape, address: number) {
    super(shape.leaves, address, leafLength(shape.capacity), shape.capacity);
    this.prefix = shape.version === 0 ? 0 : this.addressAt(PREFIX_IN_LEAF);
  }

  /** Returns the address of entry `index`. */
  entry(index: number): number {
    return this.addressAt(entryPlace(index));
  }
}

export class Branch extends Node {
  /** Number of entries in the leaves below, as stored. */
  readonly beneath = this.addressAt(BENEATH_IN_BRANCH);
  readonly parent = this.addressAt(PARENT_IN_BRANCH);
  readonly prefix: number;
  readonly capacity: number;

  constructor(branches: ReadableMemory, { capacity, version }: Pick<TreeShape, 'capacity' | 'version'>, address: number) {
    super(branches, address, branchLength(capacity), capacity);
    this.capacity = capacity;
    this.prefix = version === 0 ? 0 : this.addressAt(PREFIX_IN_BRANCH);
  }

  /** Returns the separator between child `index` and the next. */
  separator(index: number): number {
    return this.addressAt(separatorPlace(index));
  }

  child(index: number): number {
    return this.addressAt(childPlace(index, this.capacity));
  }
}

export function entryPlace(index: number): number {
  return NODE_HEADER_LENGTH + SLOT * index;
}

export function separatorPlace(index: number): number {
  return NODE_HEADER_LENGTH + SLOT * index;
}

export function childPlace(index: number, capacity: number): number {
  return NODE_HEADER_LENGTH + SLOT * (capacity - 1 + index);
}

/** Returns the leaf at an address, or undefined if none can be there. */
export function leafAt(shape: TreeShape, address: number): Leaf | undefined {
  return isNodePlace(shape.leaves, address, leafLength(shape.capacity)) ? new Leaf(shape, address) : undefined;
}

/** Returns the branch at an address, or undefined if none can be there. */
export function branchAt(shape: TreeShape, address: number): Branch | undefined {
  const { branches, capacity } = shape;
  return branches && isNodePlace(branches, address, branchLength(capacity)) ? new Branch(branches, shape, address) : undefined;
}
