import { formatAddress, formatCounted } from '../../format.ts';
import { type Address, at, PAGE_SIZE } from '../../memory/memory.ts';
import type { Block, FreeStore } from './free-store.ts';

/** Why a range cannot be given back. Nothing has changed then. */
export interface Fault {
  readonly kind: 'out-of-bounds' | 'already-free' | 'partly-free';
  /** A whole sentence for people. */
  readonly message: string;
  /** The free block that the range runs into. */
  readonly block?: Block;
}

export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly fault: Fault };

/** Makes room for the pages that an allocation needs before it is done; throws where there is none. */
export type Grow = (missingPages: number) => void;

/**
 * The bookkeeping of a `MemoryRegion` without its bytes, as memory-region 1.4.0 does it: free blocks are reused as the store's policy
 * says, everything else is appended. The library keeps none of this in stable memory. Unlike the library, faulty frees are refused,
 * so that the free blocks and what is in use always tile `[0, size)`.
 */
export class Allocator {
  readonly free: FreeStore;
  readonly #grow: Grow;
  #size = 0;
  #pages = 0;

  constructor(free: FreeStore, grow: Grow = () => {}) {
    this.free = free;
    this.#grow = grow;
  }

  /** Bytes ever handed out: the end of the highest block. It never shrinks. */
  get size(): number {
    return this.#size;
  }

  /** Bytes that were given back and not handed out again. */
  get deallocated(): number {
    return this.free.bytes;
  }

  get allocated(): number {
    return this.#size - this.free.bytes;
  }

  /** Pages that were asked for so far. */
  get pages(): number {
    return this.#pages;
  }

  /** Hands out `size` bytes; for none, the address where the next block would be appended. */
  allocate(size: number): Address {
    if (size === 0) return at(0, this.#size);
    return this.free.take(size) ?? this.#append(size);
  }

  deallocate(address: Address, size: number): Outcome<void> {
    if (size === 0) return { ok: true, value: undefined };
    const fault = this.#faultOf(address, size);
    if (fault) return { ok: false, fault };
    this.free.put(address, size);
    return { ok: true, value: undefined };
  }

  /**
   * Moves a block to a place of another size; its bytes are not copied. As in the library a block that fits in the hole that it leaves
   * goes to the hole's end, so that also a shrinking block moves.
   */
  reallocate(address: Address, size: number, newSize: number): Outcome<Address> {
    if (size === newSize) return { ok: true, value: address };
    if (size === 0) return { ok: true, value: this.allocate(newSize) };
    const fault = this.#faultOf(address, size);
    if (fault) return { ok: false, fault };
    const hole = this.free.put(address, size);
    const fits = newSize > 0 && newSize <= hole.size;
    return { ok: true, value: fits ? this.free.takeTail(hole, newSize) : this.allocate(newSize) };
  }

  /** Gives back everything behind the first `keep` bytes; the size stays. */
  clear(keep = 0): Outcome<void> {
    if (keep > this.#size) {
      const message = `${formatCounted(keep, 'byte')} should be kept, and only ${formatCounted(this.#size, 'byte')} were handed out.`;
      return { ok: false, fault: { kind: 'out-of-bounds', message } };
    }
    this.free.clear();
    if (keep < this.#size) this.free.put(at(0, keep), this.#size - keep);
    return { ok: true, value: undefined };
  }

  /** The laws that do not hold, as sentences. Reads all free blocks. */
  check(): string[] {
    const violations = this.free.check();
    for (const block of this.free.blocks()) {
      if (block.address + block.size > this.#size)
        violations.push(`The free block at ${block.address} ends behind ${this.#size}.`);
    }
    if (this.#size > this.#pages * PAGE_SIZE) violations.push(`${this.#pages} pages do not hold ${this.#size} bytes.`);
    return violations;
  }

  #append(size: number): Address {
    const missing = Math.ceil((this.#size + size) / PAGE_SIZE) - this.#pages;
    if (missing > 0) {
      this.#grow(missing);
      this.#pages += missing;
    }
    const address = at(0, this.#size);
    this.#size += size;
    return address;
  }

  #faultOf(address: Address, size: number): Fault | undefined {
    const what = `The ${formatCounted(size, 'byte')} at ${formatAddress(address)}`;
    if (address + size > this.#size) {
      return { kind: 'out-of-bounds', message: `${what} end behind the last byte in use, ${formatAddress(this.#size)}.` };
    }
    const block = this.free.blockBehind(address);
    if (!block || block.address >= address + size) return undefined;
    const end = block.address + block.size;
    const where = `the free block from ${formatAddress(block.address)} to ${formatAddress(end)}`;
    return block.address <= address && end >= address + size
      ? { kind: 'already-free', message: `${what} are free already: they lie in ${where}.`, block }
      : { kind: 'partly-free', message: `${what} run into ${where}.`, block };
  }
}
