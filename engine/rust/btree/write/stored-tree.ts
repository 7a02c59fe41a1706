import { formatAddress } from '../../../core/format.ts';
import { at, type Memory, viewOf, writeGrowing } from '../../../core/memory/memory.ts';
import { type BTreeHeader, encodeHeader, LENGTH_AT, putAddress, ROOT_AT } from '../layout.ts';
import { BTreeUnreadable } from '../unreadable.ts';
import type { Sought } from './key-order.ts';
import type { NodeStore } from './node-store.ts';

/** No tree is so deep for which a stable memory has room: there a pointer leads back up. */
const DEEPEST = 32;

/** A tree as it stands in a memory: header and nodes. What grows or shrinks it is in `insertion.ts` and `removal.ts`. */
export class StoredTree {
  readonly nodes: NodeStore;
  readonly #memory: Memory;
  /** As it stands in the memory. */
  readonly #header: Uint8Array;
  #root: number;

  constructor(memory: Memory, nodes: NodeStore, header: BTreeHeader) {
    this.#memory = memory;
    this.nodes = nodes;
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

  /**
   * Child `index` of a node that lies `depth` levels below the root. The library would go round in a circle where this throws.
   */
  child(node: number, index: number, depth: number): number {
    const child = this.nodes.child(node, index);
    if (depth > DEEPEST) throw new BTreeUnreadable(`The tree has no end: node ${formatAddress(child)} lies below itself.`);
    return child;
  }

  /** Says in which node a key is: 0 where it is in none. */
  find(key: Sought): number {
    let node = this.#root;
    for (let depth = 1; node !== 0; depth += 1) {
      const index = this.nodes.search(node, key);
      if (index >= 0) return node;
      if (this.nodes.leaf(node)) return 0;
      node = this.child(node, -1 - index, depth);
    }
    return 0;
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
