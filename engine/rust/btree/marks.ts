const BLOCK = 1 << 16;

/** Marks for each chunk: a byte of flags per chunk, in blocks that are created when the first mark in them is set. */
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

/** Flags: the chunk has a node, it has an overflow page, it is in the free list, and its node or page can be read. */
export const NODE = 1;
export const OVERFLOW = 2;
export const FREE = 4;
export const READABLE = 8;
/** Flags of chunks that nothing leads to: allocated chunks, and chunks without a readable header. */
export const UNREACHABLE = 16;
export const UNREADABLE = 32;
