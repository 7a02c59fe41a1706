import { CHUNK_HEADER_LENGTH, CHUNKS_AT } from './layout.ts';
import { NO_PAGES, type TreeNode, VALUES } from './tree-node.ts';

/** So many nodes are remembered at most; a power of two. */
const MOST_ROWS = 131_072;
const FIRST_ROWS = 256;
/** Words of a row, and where in it: */
const ROW = 64;
/** Entries in bits 0 to 3, `LEAF`, `FIRST_VERSION`, `KNOWN`, and from bit 16 on which of the chunks that share the row it is. */
const STATE = 0;
/** The first four bytes of each key, the next four, the chunks of the children, and `starts` as a `TreeNode` has it. */
const FIRST_HEADS = 1;
const SECOND_HEADS = 12;
const CHILDREN = 23;
const STARTS = 35;

const COUNT = 0xf;
const LEAF = 0x10;
const FIRST_VERSION = 0x20;
const KNOWN = 0x40;
const SHARER_SHIFT = 16;
/** In place of a child's chunk, where a damaged pointer leads to none. */
const NO_CHUNK = 0xffff_ffff;

/**
 * What the way to an entry takes of each node, in a row of 64 words of 32 bits; what else a node has is in the memory alone. A node's row follows
 * from its chunk. Chunks that lie a multiple of `MOST_ROWS` apart share one: there the node that came last is remembered.
 */
export class NodeTable {
  /** Bytes from one chunk to the next. */
  readonly #stride: number;
  /** A factor is faster than a divisor. */
  readonly #perByte: number;
  #words = new Uint32Array(FIRST_ROWS * ROW);
  /** By row: of few nodes. */
  readonly #overflow = new Map<number, readonly number[]>();

  constructor(stride: number) {
    this.#stride = stride;
    this.#perByte = 1 / stride;
  }

  /** The row of a node, -1 where it is not remembered. It is the node's until the next `set`. */
  rowOf(address: number): number {
    const chunk = this.#chunkOf(address);
    const row = (chunk & (MOST_ROWS - 1)) * ROW;
    const state = this.#words[row] ?? 0;
    return (state & KNOWN) !== 0 && state >>> SHARER_SHIFT === Math.floor(chunk / MOST_ROWS) ? row : -1;
  }

  count(row: number): number {
    return (this.#words[row] ?? 0) & COUNT;
  }
  leaf(row: number): boolean {
    return ((this.#words[row] ?? 0) & LEAF) !== 0;
  }
  version(row: number): 1 | 2 {
    return ((this.#words[row] ?? 0) & FIRST_VERSION) === 0 ? 2 : 1;
  }
  overflow(row: number): readonly number[] {
    return this.#overflow.get(row) ?? NO_PAGES;
  }
  /** Undefined where the pointer leads to no chunk. */
  child(row: number, index: number): number | undefined {
    const chunk = this.#words[row + CHILDREN + index] ?? 0;
    return chunk === NO_CHUNK ? undefined : this.#addressOf(chunk);
  }
  /** The first four bytes of a key, as a number. */
  firstHead(row: number, index: number): number {
    return this.#words[row + FIRST_HEADS + index] ?? 0;
  }
  /** The next four. */
  secondHead(row: number, index: number): number {
    return this.#words[row + SECOND_HEADS + index] ?? 0;
  }
  start(row: number, index: number): number {
    return this.#words[row + STARTS + index] ?? 0;
  }

  /** Whether a chunk's page can be at this address. */
  admits(address: number): boolean {
    return address > CHUNKS_AT && this.#addressOf(this.#chunkOf(address)) === address;
  }

  /** Remembers a node as it is now, with the heads of its keys. Its address is admitted. Returns its row. */
  set(node: TreeNode, headAt: (node: TreeNode, index: number, part: 0 | 4) => number): number {
    const { count, starts, leaf } = node;
    const chunk = this.#chunkOf(node.address);
    const row = (chunk & (MOST_ROWS - 1)) * ROW;
    if (row >= this.#words.length) this.#reach(row);
    const words = this.#words;
    words[row + STATE] =
      (Math.floor(chunk / MOST_ROWS) << SHARER_SHIFT) |
      KNOWN |
      (leaf ? LEAF : 0) |
      (node.version === 1 ? FIRST_VERSION : 0) |
      count;
    for (let index = 0; index < count; index += 1) {
      words[row + FIRST_HEADS + index] = headAt(node, index, 0);
      words[row + SECOND_HEADS + index] = headAt(node, index, 4);
    }
    for (let index = 0; index <= count; index += 1) {
      words[row + STARTS + index] = starts[index] ?? 0;
      words[row + STARTS + VALUES + index] = starts[VALUES + index] ?? 0;
    }
    for (let index = 0; !leaf && index <= count; index += 1) {
      const child = node.child(index);
      words[row + CHILDREN + index] = this.admits(child) ? this.#chunkOf(child) : NO_CHUNK;
    }
    if (node.overflow.length > 0) this.#overflow.set(row, node.overflow);
    else if (this.#overflow.size > 0) this.#overflow.delete(row);
    return row;
  }

  forget(address: number): void {
    const row = this.rowOf(address);
    if (row >= 0) this.#words[row + STATE] = 0;
  }

  clear(): void {
    this.#words.fill(0);
    this.#overflow.clear();
  }

  #chunkOf(address: number): number {
    return ((address - CHUNKS_AT - CHUNK_HEADER_LENGTH) * this.#perByte + 0.5) >>> 0;
  }

  #addressOf(chunk: number): number {
    return CHUNKS_AT + CHUNK_HEADER_LENGTH + chunk * this.#stride;
  }

  #reach(row: number): void {
    let length = this.#words.length;
    while (length <= row) length *= 2;
    const words = new Uint32Array(length);
    words.set(this.#words);
    this.#words = words;
  }
}
