import type { TreeNode } from './tree-node.ts';

/** So many bytes of nodes are kept for sure, and at most twice as many. */
const GENERATION = 16 * 2 ** 20;
/** About what a node takes beside its string. */
const OVERHEAD = 512;

/** Nodes as they are in memory, in two generations: what nobody asked for while the younger one filled up is forgotten with the older. */
export class NodeCache {
  #young = new Map<number, TreeNode>();
  #old = new Map<number, TreeNode>();
  #bytes = 0;

  get(address: number): TreeNode | undefined {
    const young = this.#young.get(address);
    if (young) return young;
    const old = this.#old.get(address);
    if (old) this.put(old);
    return old;
  }

  put(node: TreeNode): void {
    const before = this.#young.get(node.address);
    this.#young.set(node.address, node);
    this.grow(sizeOf(node) - (before ? sizeOf(before) : 0));
  }

  /** A node in here takes so many bytes more than before. */
  grow(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes < GENERATION) return;
    this.#old = this.#young;
    this.#young = new Map();
    this.#bytes = 0;
  }

  delete(address: number): void {
    this.#young.delete(address);
    this.#old.delete(address);
  }

  clear(): void {
    this.#young.clear();
    this.#old.clear();
    this.#bytes = 0;
  }
}

function sizeOf(node: TreeNode): number {
  return node.bytes.length + OVERHEAD;
}
