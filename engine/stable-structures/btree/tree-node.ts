import { LEAST_ENTRIES, MOST_ENTRIES, putAddress, u32At } from './layout.ts';
import { INTERNAL, LEAF, NODE_MAGIC, OVERFLOW_AT } from './node.ts';
import type { Room, Rooms } from './rooms.ts';

const TYPE_AT = 4;
const CHILDREN_AT = 15;
/** Shorter runs are copied faster one by one than at once. */
const FEW = 64;

/**
 * Entries as a node of version 2 has them: the records of all keys, then those of all values. A record is the bytes behind their size; keys
 * of a fixed size have none before them. `starts` says where they begin, first of all keys, then of all values, then where the last one ends.
 */
export interface Records extends Room {
  readonly count: number;
}

/** Some entries, from one up to another, of a node or a new one. */
export interface EntryRun {
  readonly of: Records;
  readonly from: number;
  readonly to: number;
}

export const NO_CHILDREN: readonly number[] = [];

/** One node, held as its string of version 2. It never changes: an operation builds another one for the same place. */
export class TreeNode implements Records {
  readonly address: number;
  /** The string is at their beginning; see `length`. */
  readonly bytes: Uint8Array;
  readonly starts: Int32Array;
  readonly count: number;
  /** Overflow pages that belong to this place; those that the string takes, once it is saved. */
  overflow: readonly number[];

  constructor(address: number, overflow: readonly number[], { bytes, starts, count }: Records) {
    this.address = address;
    this.overflow = overflow;
    this.bytes = bytes;
    this.starts = starts;
    this.count = count;
  }

  /** Bytes of the string. */
  get length(): number {
    return start(this, 2 * this.count);
  }

  get leaf(): boolean {
    return this.bytes[TYPE_AT] === LEAF;
  }
  get full(): boolean {
    return this.count >= MOST_ENTRIES;
  }
  /** Whether it can do without an entry. */
  get rich(): boolean {
    return this.count > LEAST_ENTRIES;
  }

  /** None in a leaf. */
  get children(): readonly number[] {
    return this.leaf ? NO_CHILDREN : Array.from({ length: this.count + 1 }, (_, index) => this.child(index));
  }

  child(index: number): number {
    const position = CHILDREN_AT + 8 * index;
    return u32At(this.bytes, position) + u32At(this.bytes, position + 4) * 2 ** 32;
  }

  /** Where the keys begin. */
  get keysAt(): number {
    return this.leaf ? CHILDREN_AT : CHILDREN_AT + 8 * (this.count + 1);
  }

  /** The entries from one up to another, all of them if nothing is said. */
  entries(from = 0, to = this.count): EntryRun {
    return { of: this, from, to };
  }

  /** `prefix`: bytes of a key's size, none or 4. */
  key(index: number, prefix: number): Uint8Array {
    return this.bytes.slice(start(this, index) + prefix, start(this, index + 1));
  }

  value(index: number): Uint8Array {
    return this.bytes.slice(start(this, this.count + index) + 4, start(this, this.count + index + 1));
  }
}

/** A node of these children and entries, not saved yet. */
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
    length += start(of, to) - start(of, from) + start(of, of.count + to) - start(of, of.count + from);
  }
  const room = rooms.take(length);
  const { bytes, starts } = room;
  for (let index = 0; index < 3; index += 1) bytes[index] = NODE_MAGIC.charCodeAt(index);
  bytes[3] = 2;
  bytes[TYPE_AT] = children.length === 0 ? LEAF : INTERNAL;
  bytes[5] = count;
  bytes[6] = 0;
  putAddress(bytes, OVERFLOW_AT, 0);
  for (let index = 0; index < children.length; index += 1) putAddress(bytes, CHILDREN_AT + 8 * index, children[index] ?? 0);
  let record = 0;
  let position = recordsAt;
  for (const { of, from, to } of runs) {
    position = copyRecords(of, from, to, room, record, position);
    record += to - from;
  }
  for (const { of, from, to } of runs) {
    position = copyRecords(of, of.count + from, of.count + to, room, record, position);
    record += to - from;
  }
  starts[record] = position;
  return new TreeNode(address, overflow, { bytes, starts, count });
}

/** Copies records `from` up to `to`, to be record `record` and the next ones; returns where they end. */
function copyRecords(of: Records, from: number, to: number, { bytes, starts }: Room, record: number, position: number): number {
  const source = of.bytes;
  const first = start(of, from);
  const length = start(of, to) - first;
  for (let index = from; index < to; index += 1) starts[record + index - from] = start(of, index) - first + position;
  if (length > FEW) bytes.set(source.subarray(first, first + length), position);
  else for (let index = 0; index < length; index += 1) bytes[position + index] = source[first + index] ?? 0;
  return position + length;
}

function start(of: Room, index: number): number {
  return of.starts[index] ?? 0;
}
