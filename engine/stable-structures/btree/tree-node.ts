import { viewOf } from '../../memory/memory.ts';
import { LEAST_ENTRIES, MOST_ENTRIES, putAddress } from './layout.ts';
import { INTERNAL, LEAF, NODE_MAGIC } from './node.ts';

const CHILDREN_AT = 15;
/** Shorter runs are copied faster one by one than at once. */
const FEW = 64;

/**
 * Entries as a node of version 2 has them: the records of all keys, then those of all values. A record is the bytes behind their size; keys
 * of a fixed size have none before them.
 */
export interface Records {
  readonly bytes: Uint8Array;
  /** Where the records begin, first of all keys, then of all values; behind them where the last one ends. */
  readonly starts: readonly number[];
  readonly count: number;
}

/** Some entries, from one up to another, of a node or a new one. */
export interface EntryRun {
  readonly of: Records;
  readonly from: number;
  readonly to: number;
}

/** A single entry that is in no node yet. `prefix`: bytes of a key's size, none or 4. */
export function newEntry(key: Uint8Array, value: Uint8Array, prefix: number): EntryRun {
  const middle = prefix + key.length;
  const bytes = new Uint8Array(middle + 4 + value.length);
  const view = viewOf(bytes);
  if (prefix > 0) view.setUint32(0, key.length, true);
  bytes.set(key, prefix);
  view.setUint32(middle, value.length, true);
  bytes.set(value, middle + 4);
  return { of: { bytes, starts: [0, middle, bytes.length], count: 1 }, from: 0, to: 1 };
}

export const NO_CHILDREN: readonly number[] = [];

/** One node, held as its string of version 2. It never changes: an operation builds another one for the same place. */
export class TreeNode implements Records {
  readonly address: number;
  /** None in a leaf. */
  readonly children: readonly number[];
  readonly bytes: Uint8Array;
  readonly starts: readonly number[];
  readonly count: number;
  /** Overflow pages that belong to this place; those that the string takes, once it is saved. */
  overflow: readonly number[];

  constructor(
    address: number,
    overflow: readonly number[],
    children: readonly number[],
    bytes: Uint8Array,
    starts: readonly number[],
  ) {
    this.address = address;
    this.overflow = overflow;
    this.children = children;
    this.bytes = bytes;
    this.starts = starts;
    this.count = starts.length >> 1;
  }

  get leaf(): boolean {
    return this.children.length === 0;
  }
  get full(): boolean {
    return this.count >= MOST_ENTRIES;
  }
  /** Whether it can do without an entry. */
  get rich(): boolean {
    return this.count > LEAST_ENTRIES;
  }

  child(index: number): number {
    return this.children[index] ?? 0;
  }

  /** The entries from one up to another, all of them if nothing is said. */
  entries(from = 0, to = this.count): EntryRun {
    return { of: this, from, to };
  }

  /** `prefix`: bytes of a key's size, none or 4. */
  key(index: number, prefix: number): Uint8Array {
    return this.bytes.slice((this.starts[index] ?? 0) + prefix, this.starts[index + 1]);
  }

  value(index: number): Uint8Array {
    return this.bytes.slice((this.starts[this.count + index] ?? 0) + 4, this.starts[this.count + index + 1]);
  }
}

/** A node of these children and entries, not saved yet. */
export function buildNode(
  address: number,
  overflow: readonly number[],
  children: readonly number[],
  runs: readonly EntryRun[],
): TreeNode {
  const keysAt = children.length === 0 ? CHILDREN_AT : CHILDREN_AT + 8 * children.length;
  let count = 0;
  let valuesAt = keysAt;
  let end = 0;
  for (const { of, from, to } of runs) {
    count += to - from;
    valuesAt += start(of, to) - start(of, from);
    end += start(of, of.count + to) - start(of, of.count + from);
  }
  end += valuesAt;
  const bytes = new Uint8Array(end);
  for (let index = 0; index < 3; index += 1) bytes[index] = NODE_MAGIC.charCodeAt(index);
  bytes[3] = 2;
  bytes[4] = children.length === 0 ? LEAF : INTERNAL;
  bytes[5] = count;
  if (children.length > 0) {
    const view = viewOf(bytes);
    for (let index = 0; index < children.length; index += 1) putAddress(view, CHILDREN_AT + 8 * index, children[index] ?? 0);
  }
  const starts: number[] = [];
  let position = keysAt;
  for (const { of, from, to } of runs) position = copyRecords(of, from, to, bytes, position, starts);
  for (const { of, from, to } of runs) position = copyRecords(of, of.count + from, of.count + to, bytes, position, starts);
  starts.push(end);
  return new TreeNode(address, overflow, children, bytes, starts);
}

/** Copies records `from` up to `to`; returns where they end. */
function copyRecords(of: Records, from: number, to: number, into: Uint8Array, position: number, starts: number[]): number {
  const source = of.bytes;
  const first = start(of, from);
  const length = start(of, to) - first;
  for (let index = from; index < to; index += 1) starts.push(start(of, index) - first + position);
  if (length > FEW) into.set(source.subarray(first, first + length), position);
  else for (let index = 0; index < length; index += 1) into[position + index] = source[first + index] ?? 0;
  return position + length;
}

function start(of: Records, index: number): number {
  return of.starts[index] ?? 0;
}
