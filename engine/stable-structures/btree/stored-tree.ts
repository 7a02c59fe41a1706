import { formatAddress } from '../../format.ts';
import { at, type Memory, viewOf, writeGrowing } from '../../memory/memory.ts';
import type { Compare } from '../orders.ts';
import { type BTreeHeader, encodeHeader, LENGTH_AT, putAddress, ROOT_AT } from './layout.ts';
import type { NodeStore } from './node-store.ts';
import type { EntryRun, TreeNode } from './tree-node.ts';
import { BTreeUnreadable } from './unreadable.ts';

/** No tree is so deep for which a stable memory has room: there a pointer leads back up. */
const DEEPEST = 32;

/** A tree as it stands in a memory: header, nodes, and the order of its keys. What grows or shrinks it is in `insertion.ts` and `removal.ts`. */
export class StoredTree {
  readonly nodes: NodeStore;
  readonly #memory: Memory;
  readonly #compare: Compare | undefined;
  /** As it stands in the memory. */
  readonly #header: Uint8Array;
  #root: number;

  /** `compare`: the order of keys, byte by byte if nothing is said. */
  constructor(memory: Memory, nodes: NodeStore, header: BTreeHeader, compare: Compare | undefined) {
    this.#memory = memory;
    this.nodes = nodes;
    this.#compare = compare;
    this.#header = encodeHeader(header);
    this.#root = header.root;
  }

  /** Address of the root, 0 in an empty tree. */
  get root(): number {
    return this.#root;
  }

  get length(): bigint {
    return viewOf(this.#header).getBigUint64(LENGTH_AT, true);
  }

  /** Sets the root, counts an entry more or less, and writes the header. */
  setHeader(root: number, change: -1 | 0 | 1): void {
    this.#root = root;
    putAddress(this.#header, ROOT_AT, root);
    if (change !== 0) count(this.#header, change);
    writeGrowing(this.#memory, at(0, 0), this.#header);
  }

  /** Writes the header of a tree without entries. */
  setEmpty(): void {
    this.#header.fill(0, LENGTH_AT);
    this.setHeader(0, 0);
  }

  /** Loads child `index` of a node that lies `depth` levels below the root. The library would go round in a circle where this throws. */
  child(node: TreeNode, index: number, depth: number): TreeNode {
    const address = node.child(index);
    if (depth > DEEPEST) throw new BTreeUnreadable(`The tree has no end: node ${formatAddress(address)} lies below itself.`);
    return this.nodes.load(address);
  }

  /** Saves `node` with another entry in the place of entry `index`. */
  replaceEntry(node: TreeNode, index: number, entry: EntryRun): TreeNode {
    return this.nodes.replace(node, node.children, [node.entries(0, index), entry, node.entries(index + 1)]);
  }

  /** What `read` takes from the entry with `key`. */
  find<T>(key: Uint8Array, read: (node: TreeNode, index: number) => T): T | undefined {
    if (this.#root === 0) return undefined;
    let node = this.nodes.load(this.#root);
    for (let depth = 1; ; depth += 1) {
      const index = this.search(node, key);
      if (index >= 0) return read(node, index);
      if (node.leaf) return undefined;
      node = this.child(node, -1 - index, depth);
    }
  }

  /** Which entry has `key`; where none has, -1 - the index that it would get. */
  search(node: TreeNode, key: Uint8Array): number {
    const compare = this.#compare;
    const { prefix, keySize } = this.nodes;
    const { bytes, starts } = node;
    const keysAt = keySize === undefined ? 0 : node.keysAt;
    let low = 0;
    let high = node.count;
    while (low < high) {
      const middle = (low + high) >> 1;
      const start = keySize === undefined ? (starts[middle] ?? 0) + prefix : keysAt + middle * keySize;
      const end = keySize === undefined ? (starts[middle + 1] ?? 0) : start + keySize;
      const sign = compare ? compare(bytes.subarray(start, end), key) : compareWithin(bytes, start, end, key);
      if (sign === 0) return middle;
      if (sign < 0) low = middle + 1;
      else high = middle;
    }
    return -1 - low;
  }
}

/** Adds to the length in a header; like the library's, one below zero begins at 2^64 again. */
function count(header: Uint8Array, change: -1 | 1): void {
  const overflowed = change === 1 ? 0 : 0xff;
  for (let index: number = LENGTH_AT; index < header.length; index += 1) {
    header[index] = (header[index] ?? 0) + change;
    if (header[index] !== overflowed) return;
  }
}

function compareWithin(bytes: Uint8Array, start: number, end: number, key: Uint8Array): number {
  const length = Math.min(end - start, key.length);
  for (let index = 0; index < length; index += 1) {
    const difference = (bytes[start + index] ?? 0) - (key[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return end - start - key.length;
}
