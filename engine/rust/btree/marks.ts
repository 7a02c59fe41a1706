const BLOCK = 1 << 16;

/** What was seen of each chunk: a byte of bits a chunk, in blocks that come into being when something in them is marked. */
export class Marks {
  /** The highest chunk with a mark; -1 if there is none. */
  highest = -1;
  readonly #blocks = new Map<number, Uint8Array>();

  get(index: number): number {
    return this.#blocks.get(Math.floor(index / BLOCK))?.[index % BLOCK] ?? 0;
  }

  add(index: number, bits: number): void {
    if (index > this.highest) this.highest = index;
    const number = Math.floor(index / BLOCK);
    let block = this.#blocks.get(number);
    if (!block) {
      block = new Uint8Array(BLOCK);
      this.#blocks.set(number, block);
    }
    block[index % BLOCK] = (block[index % BLOCK] ?? 0) | bits;
  }
}

/** The bits: a node stands in the chunk, an overflow page does, the free list has it, and that the node or page can be read. */
export const NODE = 1;
export const OVERFLOW = 2;
export const FREE = 4;
export const READABLE = 8;
/** Chunks that nothing leads to: allocated ones, and those without a header that can be read. */
export const UNREACHABLE = 16;
export const UNREADABLE = 32;
