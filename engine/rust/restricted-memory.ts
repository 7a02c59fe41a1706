import { type Address, at, type Memory, PAGE_SIZE } from '../core/memory/memory.ts';

/**
 * The pages `start` to `end` of another memory as a separate memory, like the Rust library's `RestrictedMemory` (0.7.2), with its
 * peculiarities: neither a grow from below the window nor a read or write checks the end of the window.
 */
export class RestrictedMemory implements Memory {
  readonly #base: Memory;
  readonly #start: number;
  readonly #end: number;

  /** `start` to `end`: pages of `base`, which need not exist yet. */
  constructor(base: Memory, start: number, end: number) {
    this.#base = base;
    this.#start = start;
    this.#end = end;
  }

  get pages(): number {
    return Math.max(0, Math.min(this.#base.pages, this.#end) - this.#start);
  }

  grow(by: number): number {
    const base = this.#base.pages;
    if (base < this.#start) return Math.min(0, this.#base.grow(this.#start - base + by));
    if (base >= this.#end) return by === 0 ? this.#end - this.#start : -1;
    if (by > this.#end - base) return -1;
    const before = this.#base.grow(by);
    return before === -1 ? -1 : before - this.#start;
  }

  read(from: Address, into: Uint8Array): void {
    this.#base.read(this.#below(from), into);
  }

  write(to: Address, bytes: Uint8Array): void {
    this.#base.write(this.#below(to), bytes);
  }

  #below(address: Address): Address {
    return at(address, this.#start * PAGE_SIZE);
  }
}
