import { copyBytes } from '../../../core/memory/memory.ts';
import { addressAt, MAX_ENTRIES, putAddress } from '../layout.ts';
import { CHILDREN_AT, COUNT_AT, INTERNAL, LEAF, NODE_MAGIC, OVERFLOW_AT, TYPE_AT } from './node.ts';
import type { Room, Rooms } from './rooms.ts';

/** Index in `starts` of the first value. */
export const VALUES = MAX_ENTRIES + 1;

/**
 * Entries in the layout of a node of version 2: the records of all keys, then those of all values. A record is a size followed by
 * the bytes; keys of a fixed size have no size in front of them. `starts[i]` is the start of key i, and `starts[12 + i]` that of
 * value i; the element after the last is its end.
 */
export interface Records extends Room {
  readonly count: number;
}

/** A range of entries of a node, or a new entry. */
export interface EntryRun {
  readonly of: Records;
  readonly from: number;
  readonly to: number;
}

export const NO_CHILDREN: readonly number[] = [];
/** The overflow pages of most nodes: none. */
export const NO_PAGES: readonly number[] = [];

/** A node as an operation works on it: as a string of version 2, whatever version is in the memory. */
export class TreeNode implements Records {
  readonly address: number;
  /** The version in which the node is written. A new node has version 2; a loaded node keeps its version. */
  version: 1 | 2 = 2;
  /** Starts with the string; see `length`. */
  readonly bytes: Uint8Array;
  readonly starts: number[];
  readonly count: number;
  /** The overflow pages of this place; after saving, those that the string needs. */
  overflow: readonly number[];

  constructor(address: number, overflow: readonly number[], { bytes, starts, count }: Records) {
    this.address = address;
    this.overflow = overflow;
    this.bytes = bytes;
    this.starts = starts;
    this.count = count;
  }

  /** Returns the bytes of the string. */
  get length(): number {
    return valueAt(this, this.count);
  }

  get leaf(): boolean {
    return this.bytes[TYPE_AT] === LEAF;
  }
  /** Returns an empty list for a leaf. */
  get children(): readonly number[] {
    if (this.leaf) return NO_CHILDREN;
    const children: number[] = [];
    for (let index = 0; index <= this.count; index += 1) children.push(this.child(index));
    return children;
  }

  child(index: number): number {
    return addressAt(this.bytes, CHILDREN_AT + 8 * index);
  }

  /** Returns the bytes of both records of an entry. */
  bytesOf(index: number): number {
    return keyAt(this, index + 1) - keyAt(this, index) + valueAt(this, index + 1) - valueAt(this, index);
  }

  /** Returns a range of entries, by default all. */
  entries(from = 0, to = this.count): EntryRun {
    return { of: this, from, to };
  }

  /** `prefix`: bytes of a key's size field, 0 or 4. */
  key(index: number, prefix: number): Uint8Array {
    return this.bytes.slice(keyAt(this, index) + prefix, keyAt(this, index + 1));
  }

  value(index: number): Uint8Array {
    return this.bytes.slice(valueAt(this, index) + 4, valueAt(this, index + 1));
  }
}

/** Builds a node from children and entries. It is not saved yet. */
export function buildNode(
  rooms: Rooms,
  address: number,
  overflow: readonly number[],
  children: readonly number[],
  runs: readonly EntryRun[],
): TreeNode {
  const recordsAt = children.length === 0 ? CHILDREN_AT : CHILDREN_AT + 8 * children.length;
  let count = 0;
  let length = recordsAt;
  for (const { of, from, to } of runs) {
    count += to - from;
    length += keyAt(of, to) - keyAt(of, from) + valueAt(of, to) - valueAt(of, from);
  }
  const room = rooms.take(length);
  const { bytes, starts } = room;
  for (let index = 0; index < 3; index += 1) bytes[index] = NODE_MAGIC.charCodeAt(index);
  bytes[3] = 2;
  bytes[TYPE_AT] = children.length === 0 ? LEAF : INTERNAL;
  bytes[COUNT_AT] = count;
  bytes[COUNT_AT + 1] = 0;
  putAddress(bytes, OVERFLOW_AT, 0);
  for (let index = 0; index < children.length; index += 1) putAddress(bytes, CHILDREN_AT + 8 * index, children[index] ?? 0);
  const keysEnd = copyRecords(runs, 0, room, recordsAt);
  starts[count] = keysEnd;
  starts[VALUES + count] = copyRecords(runs, VALUES, room, keysEnd);
  return new TreeNode(address, overflow, { bytes, starts, count });
}

/** Removes an entry from a leaf, in its own buffer. The last bytes of the longer string stay after the end of the shorter one. */
export function withoutEntry(leaf: TreeNode, index: number): TreeNode {
  const { address, overflow, bytes, starts, count } = leaf;
  const keyBytes = keyAt(leaf, index + 1) - keyAt(leaf, index);
  const valueBytes = valueAt(leaf, index + 1) - valueAt(leaf, index);
  bytes.copyWithin(keyAt(leaf, index), keyAt(leaf, index + 1), valueAt(leaf, index));
  bytes.copyWithin(valueAt(leaf, index) - keyBytes, valueAt(leaf, index + 1), leaf.length);
  for (let entry = 0; entry < count; entry += 1) {
    const next = entry < index ? entry : entry + 1;
    starts[entry] = (starts[next] ?? 0) - (entry < index ? 0 : keyBytes);
    starts[VALUES + entry] = (starts[VALUES + next] ?? 0) - keyBytes - (entry < index ? 0 : valueBytes);
  }
  bytes[COUNT_AT] = count - 1;
  return new TreeNode(address, overflow, { bytes, starts, count: count - 1 });
}

/** Copies the records of keys or values, run after run. Returns their end. */
function copyRecords(runs: readonly EntryRun[], base: 0 | typeof VALUES, { bytes, starts }: Room, start: number): number {
  let record = base;
  let position = start;
  for (const { of, from, to } of runs) {
    const first = of.starts[base + from] ?? 0;
    const length = (of.starts[base + to] ?? 0) - first;
    for (let index = from; index < to; index += 1, record += 1) {
      starts[record] = (of.starts[base + index] ?? 0) - first + position;
    }
    copyBytes(of.bytes, first, bytes, position, length);
    position += length;
  }
  return position;
}

function keyAt({ starts }: Room, index: number): number {
  return starts[index] ?? 0;
}

function valueAt({ starts }: Room, index: number): number {
  return starts[VALUES + index] ?? 0;
}
