import { formatCounted } from '../../core/format.ts';
import { type Address, at, PAGE_SIZE } from '../../core/memory/memory.ts';
import type { Allocator } from './allocator.ts';
import { DONE, type Done, done, freeAlready, type Outcome, outOfBounds, type Refused } from './fault.ts';
import type { OnLook } from './look.ts';
import type { Block, FreeStore } from './stores/free-store.ts';

/** Adds the pages that an allocation needs, before it is done. Throws if there is no room. */
export type Grow = (missingPages: number) => void;

/**
 * An allocator like that of memory-region 1.4.0: reuses free blocks according to the store's policy, and otherwise appends.
 * Unlike the library it refuses faulty frees, so the free blocks and the ranges in use always tile `[0, size)`.
 */
export class SoundAllocator implements Allocator {
  readonly free: FreeStore;
  readonly #grow: Grow;
  #size = 0;
  #pages = 0;

  constructor(free: FreeStore, grow: Grow = () => {}) {
    this.free = free;
    this.#grow = grow;
  }

  get size(): number {
    return this.#size;
  }

  get deallocated(): number {
    return this.free.bytes;
  }

  get allocated(): number {
    return this.#size - this.free.bytes;
  }

  get pages(): number {
    return this.#pages;
  }

  /** Allocates `size` bytes. For 0 bytes returns the address where the next block would be appended. */
  allocate(size: number, onLook?: OnLook): Done<Address> {
    const given = size === 0 ? undefined : this.free.take(size, onLook);
    if (given !== undefined) return done(given);
    onLook?.({ kind: 'end', block: { address: at(0, this.#size), size }, verdict: 'chosen' });
    return done(this.#append(size));
  }

  deallocate(address: Address, size: number, onLook?: OnLook): Outcome<void> {
    return size === 0 || this.#put(address, size, onLook) ? DONE : this.#refuse(address, size);
  }

  /**
   * Resizes a block. As in the library, a block that fits into the hole that it leaves moves to the hole's end, so even a
   * shrinking block moves.
   */
  reallocate(address: Address, size: number, newSize: number, onLook?: OnLook): Outcome<Address> {
    if (size === 0) return address > this.#size ? this.#refuse(address, 0) : this.allocate(newSize, onLook);
    if (size === newSize) {
      onLook?.({ kind: 'same', block: { address, size }, verdict: 'chosen' });
      return done(address);
    }
    const hole = this.#put(address, size, onLook);
    if (!hole) return this.#refuse(address, size);
    const fits = newSize > 0 && newSize <= hole.size;
    onLook?.({ kind: 'hole', block: hole, verdict: fits ? 'chosen' : 'passed-over' });
    if (fits) return done(this.free.takeTail(hole, newSize));
    try {
      return this.allocate(newSize, onLook);
    } catch (error) {
      // There is no room to grow: the block is in use as before.
      const tail = hole.address + hole.size - address;
      this.free.takeTail(hole, tail);
      if (tail > size) this.free.put(at(address, size), tail - size);
      throw error;
    }
  }

  /** Frees everything after the first `keep` bytes. The size stays. */
  clear(keep = 0): Outcome<void> {
    if (keep > this.#size) {
      const message = `${formatCounted(keep, 'byte')} should be kept, but only ${formatCounted(this.#size, 'byte')} were allocated.`;
      return { ok: false, fault: { kind: 'out-of-bounds', message } };
    }
    this.free.clear();
    if (keep < this.#size) this.free.put(at(0, keep), this.#size - keep);
    return DONE;
  }

  copy(): SoundAllocator {
    const copy = new SoundAllocator(this.free.copy(), this.#grow);
    copy.#size = this.#size;
    copy.#pages = this.#pages;
    return copy;
  }

  check(): string[] {
    const violations = this.free.check();
    for (const block of this.free.blocks()) {
      if (block.address + block.size > this.#size)
        violations.push(`The free block at ${block.address} ends after ${this.#size}.`);
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

  /** Frees a range. Returns the block that it is now part of, or undefined if it is not all in use. */
  #put(address: Address, size: number, onLook: OnLook | undefined): Block | undefined {
    return address + size > this.#size ? undefined : this.free.put(address, size, onLook);
  }

  /** Returns the fault of a range that is not all in use. */
  #refuse(address: Address, size: number): Refused {
    const fault = address + size <= this.#size ? freeAlready(address, size, this.free.blockEndingAfter(address)) : undefined;
    return { ok: false, fault: fault ?? outOfBounds(address, size, this.#size) };
  }
}
