import { CHUNK_HEADER_LENGTH, CHUNKS_AT } from '../layout.ts';
import type { Keys } from '../write/key-order.ts';
import { NO_PAGES, type TreeNode, VALUES } from './tree-node.ts';

/** Maximum nodes that are remembered; a power of two. */
const MAX_ROWS = 131_072;
const FIRST_ROWS = 256;
/** Words of a row. The offsets of its fields follow. */
const ROW = 64;
/**
 * The number of entries in bits 0 to 3, then four flags, and from bit 16 on the number of the chunk among those that share the
 * row.
 */
const STATE = 0;
/** The first four bytes of each key, the next four, the chunks of the children, and `starts` as a `TreeNode` has it. */
const FIRST_HEADS = 1;
const SECOND_HEADS = 12;
const CHILDREN = 23;
const STARTS = 35;

const COUNT = 0xf;
const LEAF = 0x10;
const FIRST_VERSION = 0x20;
const OVERFLOWING = 0x40;
const KNOWN = 0x80;
const SHARER_SHIFT = 16;
/** Stored in place of a child's chunk when a damaged pointer does not lead to a chunk. */
const NO_CHUNK = 0xffff_ffff;

/**
 * The data of each node that is needed on the way to an entry, in a row of 64 words of 32 bits. Everything else is only in the
 * memory. The row of a node follows from its chunk. Chunks that are a multiple of `MAX_ROWS` apart share a row, which has the
 * last of their nodes.
 */
export class NodeTable {
  /** Bytes from one chunk to the next. */
  readonly #stride: number;
  /** 1 / `stride`: multiplying is faster than dividing. */
  readonly #perByte: number;
  #words = new Uint32Array(FIRST_ROWS * ROW);
  readonly #keys: Keys;
  /** Overflow pages by row; few nodes have any. */
  readonly #overflow = new Map<number, readonly number[]>();

  constructor(stride: number, keys: Keys) {
    this.#stride = stride;
    this.#keys = keys;
    this.#perByte = 1 / stride;
  }

  /** Returns the row of a node; -1 if it is not remembered. The row belongs to the node until the next `set`. */
  rowOf(address: number): number {
    const chunk = this.#chunkOf(address);
    const row = (chunk & (MAX_ROWS - 1)) * ROW;
    const state = this.#words[row] ?? 0;
    return (state & KNOWN) !== 0 && state >>> SHARER_SHIFT === Math.floor(chunk / MAX_ROWS) ? row : -1;
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
  /** Returns whether the string is in the node's page in the form of version 2. */
  plain(row: number): boolean {
    return ((this.#words[row] ?? 0) & (FIRST_VERSION | OVERFLOWING)) === 0;
  }
  overflow(row: number): readonly number[] {
    return ((this.#words[row] ?? 0) & OVERFLOWING) === 0 ? NO_PAGES : (this.#overflow.get(row) ?? NO_PAGES);
  }
  /** Returns undefined if the pointer does not lead to a chunk. */
  child(row: number, index: number): number | undefined {
    const chunk = this.#words[row + CHILDREN + index] ?? 0;
    return chunk === NO_CHUNK ? undefined : this.#addressOf(chunk);
  }
  /** Returns the first four bytes of a key, as a number. */
  firstHead(row: number, index: number): number {
    return this.#words[row + FIRST_HEADS + index] ?? 0;
  }
  /** Returns the next four bytes of a key. */
  secondHead(row: number, index: number): number {
    return this.#words[row + SECOND_HEADS + index] ?? 0;
  }
  start(row: number, index: number): number {
    return this.#words[row + STARTS + index] ?? 0;
  }
  /** Returns the bytes of a key's record, including its size field if it has one. */
  keyBytes(row: number, index: number): number {
    return this.start(row, index + 1) - this.start(row, index);
  }
  /** Returns the bytes of a value's record. */
  valueBytes(row: number, index: number): number {
    return this.start(row, VALUES + index + 1) - this.start(row, VALUES + index);
  }

  /** Returns whether the page of a chunk can be at this address. */
  admits(address: number): boolean {
    return address > CHUNKS_AT && this.#addressOf(this.#chunkOf(address)) === address;
  }

  /** Remembers a node as it is now. `admits` must be true for its address. Returns its row. */
  set(node: TreeNode): number {
    const { bytes, count, starts, leaf } = node;
    const { order, prefix } = this.#keys;
    const chunk = this.#chunkOf(node.address);
    const row = (chunk & (MAX_ROWS - 1)) * ROW;
    if (row >= this.#words.length) this.#reach(row);
    const words = this.#words;
    let state = (Math.floor(chunk / MAX_ROWS) << SHARER_SHIFT) | KNOWN | count;
    if (leaf) state |= LEAF;
    if (node.version === 1) state |= FIRST_VERSION;
    if (node.overflow.length > 0) state |= OVERFLOWING;
    words[row + STATE] = state;
    for (let index = 0; index < count; index += 1) {
      const key = (starts[index] ?? 0) + prefix;
      const end = starts[index + 1] ?? 0;
      words[row + FIRST_HEADS + index] = order.headAt(bytes, key, end);
      words[row + SECOND_HEADS + index] = order.headAt(bytes, key + 4, end);
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

  /**
   * Takes `removed` entries out of a row at `index`, and makes room for `added`; none or one. The keys before it are then
   * `before` bytes further, those after it `keyShift` bytes, the values after it `shift` bytes.
   */
  splice(row: number, index: number, removed: 0 | 1, added: 0 | 1, before: number, keyShift: number, shift: number): void {
    const words = this.#words;
    const count = this.count(row);
    const after = index + removed;
    const places = added - removed;
    moveWords(words, row + FIRST_HEADS + after, count - after, places, 0);
    moveWords(words, row + SECOND_HEADS + after, count - after, places, 0);
    moveWords(words, row + STARTS + after, count + 1 - after, places, keyShift);
    moveWords(words, row + STARTS + VALUES + after, count + 1 - after, places, shift);
    moveWords(words, row + STARTS, index + added, 0, before);
    moveWords(words, row + STARTS + VALUES, index + added, 0, keyShift);
    words[row + STATE] = (words[row + STATE] ?? 0) + places;
  }

  /** Must be called before `splice` of the row. */
  addChild(row: number, index: number, address: number): void {
    moveWords(this.#words, row + CHILDREN + index, this.count(row) + 1 - index, 1, 0);
    this.#words[row + CHILDREN + index] = this.admits(address) ? this.#chunkOf(address) : NO_CHUNK;
  }

  /** Must be called before `splice` of the row. */
  removeChild(row: number, index: number): void {
    moveWords(this.#words, row + CHILDREN + index + 1, this.count(row) - index, -1, 0);
  }

  setHeads(row: number, index: number, first: number, second: number): void {
    this.#words[row + FIRST_HEADS + index] = first;
    this.#words[row + SECOND_HEADS + index] = second;
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

/** Moves `length` words by `places`, and adds `more` to each. */
function moveWords(words: Uint32Array, first: number, length: number, places: number, more: number): void {
  const end = first + length;
  if (places > 0) for (let one = end - 1; one >= first; one -= 1) words[one + places] = (words[one] ?? 0) + more;
  else if (places < 0 || more !== 0) for (let one = first; one < end; one += 1) words[one + places] = (words[one] ?? 0) + more;
}
