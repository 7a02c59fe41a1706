import { formatCounted } from '../../../core/format.ts';
import { type Address, at } from '../../../core/memory/memory.ts';
import type { Allocator } from '../allocator.ts';
import { done, freeAlready, type Outcome, outOfBounds } from '../fault.ts';
import type { Block, FreeBlocks } from '../stores/free-store.ts';
import { AllocatorState, ListedBlocks } from './allocator-state.ts';
import { HeapBTree } from './heap-b-tree.ts';
import { InsertionOrder } from './insertion-order.ts';

/**
 * The allocator of memory-region 0.1.1, including its defects: best fit, and of equal blocks the one that was freed last. Its
 * searches do not always find the neighbour or the block that fits, and all faulty frees succeed, except those out of bounds.
 */
export class TwoTreesLibrary implements Allocator {
  readonly free: FreeBlocks = new ListedBlocks(() => this.#blocks());
  readonly #allocator = new AllocatorState();
  /** Sizes by address. */
  #addresses = new HeapBTree<number>();
  /** Addresses by size. */
  #sizes = new HeapBTree<InsertionOrder>();

  get size(): number {
    return this.#allocator.size;
  }

  get deallocated(): number {
    return this.#allocator.deallocated;
  }

  get allocated(): number {
    return this.size - this.deallocated;
  }

  get pages(): number {
    return this.#allocator.pages;
  }

  /** Allocates a block. For no bytes returns the end of the smallest free block, or of all blocks. */
  allocate(size: number): Outcome<Address> {
    const given = this.#take(size);
    if (given === undefined) return done(this.#allocator.append(size));
    this.#allocator.takeFree(size);
    return done(given);
  }

  deallocate(address: Address, size: number): Outcome<void> {
    if (address + size > this.size) return { ok: false, fault: outOfBounds(address, size, this.size) };
    if (size === 0) return done(undefined);
    const unnoticed = freeAlready(address, size, this.#blockEndingAfter(address));
    this.#put(address, size);
    this.#allocator.deallocated += size;
    return unnoticed ? { ...done(undefined), unnoticed } : done(undefined);
  }

  /** Frees and allocates, as programs did with this release, which has no such request. */
  reallocate(address: Address, size: number, newSize: number): Outcome<Address> {
    if (size === newSize) return done(address);
    const freed = this.deallocate(address, size);
    if (!freed.ok) return freed;
    const { unnoticed } = freed;
    const given = this.allocate(newSize);
    return given.ok && unnoticed ? { ...given, unnoticed } : given;
  }

  clear(keep = 0): Outcome<void> {
    if (keep > 0) {
      const message = `${formatCounted(keep, 'byte')} should be kept, but this release cannot keep any.`;
      return { ok: false, fault: { kind: 'out-of-bounds', message } };
    }
    this.#addresses = new HeapBTree();
    this.#sizes = new HeapBTree();
    this.#allocator.size = 0;
    this.#allocator.deallocated = 0;
    return done(undefined);
  }

  check(): string[] {
    return this.#allocator.check(this.free);
  }

  #take(size: number): Address | undefined {
    const found = this.#sizes.nearAbove(size);
    const address = found?.value.pop();
    if (!found || address === undefined) return undefined;
    const rest = found.key - size;
    if (rest > 0) this.#set(address, rest);
    else this.#delete(address);
    return at(0, address + rest);
  }

  #put(address: number, size: number): void {
    const before = this.#addresses.nearBelow(address);
    const after = this.#addresses.get(address + size);
    if (after !== undefined) this.#delete(address + size);
    const joinsBefore = before !== undefined && before.key + before.value === address;
    const start = joinsBefore ? before.key : address;
    this.#set(start, address + size + (after ?? 0) - start);
  }

  /** Puts a block into both trees, and replaces one with the same address. */
  #set(address: number, size: number): void {
    const old = this.#addresses.set(address, size);
    const emptied = old === undefined ? undefined : this.#leave(old, address);
    let there = this.#sizes.get(size);
    if (!there) {
      there = emptied ?? new InsertionOrder();
      this.#sizes.set(size, there);
    }
    there.add(address);
  }

  #delete(address: number): void {
    const size = this.#addresses.delete(address);
    if (size !== undefined) this.#leave(size, address);
  }

  /** Removes an address from the set of a size. Returns the set if it is now empty. */
  #leave(size: number, address: number): InsertionOrder | undefined {
    const there = this.#sizes.get(size);
    there?.delete(address);
    return there?.size === 0 ? this.#sizes.delete(size) : undefined;
  }

  #blockEndingAfter(address: number): Block | undefined {
    const below = this.#addresses.floor(address);
    const found = below && below.key + below.value > address ? below : this.#addresses.above(address);
    return found && { address: at(0, found.key), size: found.value };
  }

  *#blocks(): Generator<Block, void, undefined> {
    for (const { key, value } of this.#addresses.entries()) yield { address: at(0, key), size: value };
  }
}
