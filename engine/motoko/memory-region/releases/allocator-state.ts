import { type Address, at, PAGE_SIZE } from '../../../core/memory/memory.ts';
import type { Block, FreeBlocks } from '../stores/free-store.ts';
import { Trap } from '../trap.ts';

/** The numbers that a `MemoryRegion` keeps beside its free blocks. */
export class AllocatorState {
  size = 0;
  deallocated = 0;
  pages = 0;

  /** A block behind all others. */
  append(size: number): Address {
    const missing = Math.ceil((this.size + size) / PAGE_SIZE) - this.pages;
    if (missing > 0) this.pages += missing;
    const address = at(0, this.size);
    this.size += size;
    return address;
  }

  /** Free bytes are handed out. */
  handOut(size: number): void {
    if (size > this.deallocated) throw new Trap('More bytes are handed out than are counted as free.');
    this.deallocated -= size;
  }

  copy(): AllocatorState {
    return Object.assign(new AllocatorState(), this);
  }

  /** The laws that do not hold between the numbers and the free blocks, as sentences. Releases that leave neighbours unmerged may. */
  check(free: FreeBlocks): string[] {
    const violations: string[] = [];
    let end = 0;
    for (const block of free.blocks()) {
      if (block.address < end) violations.push(`The free block at ${block.address} overlaps the one that ends at ${end}.`);
      end = block.address + block.size;
    }
    if (end > this.size) violations.push(`The free blocks end at ${end}, and ${this.size} bytes were handed out.`);
    if (free.bytes !== this.deallocated) violations.push(`${free.bytes} bytes are free, and ${this.deallocated} are counted.`);
    if (this.size > this.pages * PAGE_SIZE) violations.push(`${this.pages} pages do not hold ${this.size} bytes.`);
    return violations;
  }
}

/** Free blocks as a release lists them. They may overlap. */
export class ListedBlocks implements FreeBlocks {
  readonly #list: () => Iterable<Block>;

  constructor(list: () => Iterable<Block>) {
    this.#list = list;
  }

  get count(): number {
    return [...this.#list()].length;
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
