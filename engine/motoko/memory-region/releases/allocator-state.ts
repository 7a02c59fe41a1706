import { type Address, at, PAGE_SIZE } from '../../../core/memory/memory.ts';
import type { Block, FreeBlocks } from '../stores/free-store.ts';
import { Trap } from '../trap.ts';

/** The numbers that a `MemoryRegion` keeps in addition to its free blocks. */
export class AllocatorState {
  size = 0;
  deallocated = 0;
  pages = 0;

  /** Allocates a block after all others. */
  append(size: number): Address {
    const missing = Math.ceil((this.size + size) / PAGE_SIZE) - this.pages;
    if (missing > 0) this.pages += missing;
    const address = at(0, this.size);
    this.size += size;
    return address;
  }

  /**
   * Counts free bytes as allocated.
   * @throws Trap if fewer are counted as free.
   */
  takeFree(size: number): void {
    if (size > this.deallocated) throw new Trap('More bytes are allocated than are counted as free.');
    this.deallocated -= size;
  }

  copy(): AllocatorState {
    return Object.assign(new AllocatorState(), this);
  }

  /**
   * Returns the violated invariants of the numbers and the free blocks, as sentences. Unmerged neighbours are not a violation:
   * some releases leave them.
   */
  check(free: FreeBlocks): string[] {
    const violations: string[] = [];
    let end = 0;
    for (const block of free.blocks()) {
      if (block.address < end) violations.push(`The free block at ${block.address} overlaps the one that ends at ${end}.`);
      end = block.address + block.size;
    }
    if (end > this.size) violations.push(`The free blocks end at ${end}, but ${this.size} bytes were allocated.`);
    if (free.bytes !== this.deallocated) violations.push(`${free.bytes} bytes are free, but ${this.deallocated} are counted.`);
    if (this.size > this.pages * PAGE_SIZE) violations.push(`${this.pages} pages do not hold ${this.size} bytes.`);
    return violations;
  }
}

/** Free blocks as a release lists them. They may overlap. */
export class ListedBlocks implements FreeBlocks {
  readonly #list: () => Iterable<Block>;
  readonly #count: () => number;

  constructor(list: () => Iterable<Block>, count: () => number) {
    this.#list = list;
    this.#count = count;
  }

  get count(): number {
    return this.#count();
  }

  get bytes(): number {
    let bytes = 0;
    for (const { size } of this.#list()) bytes += size;
    return bytes;
  }

  get largest(): number {
    let largest = 0;
    for (const { size } of this.#list()) largest = Math.max(largest, size);
    return largest;
  }

  *blocks(from = 0): Generator<Block, void, undefined> {
    for (const block of this.#list()) if (from === 0 || block.address + block.size > from) yield block;
  }
}
