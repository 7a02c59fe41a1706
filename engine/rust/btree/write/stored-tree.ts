import { formatAddress } from '../../../core/format.ts';
import { at, type Memory, viewOf, writeGrowing } from '../../../core/memory/memory.ts';
import { Unreadable } from '../../../core/unreadable.ts';
import { type BTreeHeader, encodeHeader, LENGTH_AT, putAddress, ROOT_AT } from '../layout.ts';
import type { Sought } from './key-order.ts';
import type { NodeStore } from './node-store.ts';

/** Depth that no tree in a stable memory can reach. Beyond it, a pointer must lead back up. */
const MAX_DEPTH = 32;

/** A tree in a memory: header and nodes. The functions that grow or shrink it are in `insertion.ts` and `removal.ts`. */
export class StoredTree {
  readonly nodes: NodeStore;
  readonly #memory: Memory;
  /** The header as it is in the memory. */
  readonly #header: Uint8Array;
  #root: number;

  constructor(memory: Memory, nodes: NodeStore, header: BTreeHeader) {
    this.#memory = memory;
    this.nodes = nodes;
    this.#header = encodeHeader(header);
    this.#root = header.root;
  }

  /** Returns the address of the root; 0 in an empty tree. */
  get root(): number {
    return this.#root;
  }

  get length(): bigint {
    return viewOf(this.#header).getBigUint64(LENGTH_AT, true);
  }

  /** Sets the root, adds `change` to the length, and writes the header. */
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
   * Returns child `index` of a node, `depth` levels below the root. @throws Unreadable when the library would loop forever.
   */
  child(node: number, index: number, depth: number): number {
    const child = this.nodes.child(node, index);
    if (depth > MAX_DEPTH) throw new Unreadable(`The tree contains a cycle: node ${formatAddress(child)} is below itself.`);
    return child;
  }

  /** Returns the node that has a key; 0 if none has it. */
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

/** Adds to the length in a header. As in the library, a length below zero wraps around to 2^64. */
function count(header: Uint8Array, change: -1 | 1): void {
  const overflowed = change === 1 ? 0 : 0xff;
  for (let index: number = LENGTH_AT; index < header.length; index += 1) {
    header[index] = (header[index] ?? 0) + change;
    if (header[index] !== overflowed) return;
  }
}
