import { formatCounted } from '../../../core/format.ts';
import { type Address, at } from '../../../core/memory/memory.ts';
import type { Allocator } from '../allocator.ts';
import { done, freeAlready, type Outcome, outOfBounds } from '../fault.ts';
import type { OnLook } from '../look.ts';
import type { Block, FreeBlocks } from '../stores/free-store.ts';
import { AllocatorState, ListedBlocks } from './allocator-state.ts';
import { HeapBTree } from './heap-b-tree.ts';
import { InsertionOrder } from './insertion-order.ts';

/** The free blocks of one size: an entry of the tree by size. */
interface BySize {
  readonly key: number;
  readonly value: InsertionOrder;
}

/**
 * The allocator of memory-region 0.1.1, including its defects: best fit, and of equal blocks the one that was freed last. Its
 * searches do not always find the neighbour or the block that fits, and all faulty frees succeed, except those out of bounds.
 */
export class TwoTreesLibrary implements Allocator {
  readonly free: FreeBlocks = new ListedBlocks(
    () => this.#blocks(),
    () => this.#addresses.size,
  );
  #allocator = new AllocatorState();
  /** Sizes by address. */
  #addresses = new HeapBTree<number>();
  /** Addresses by size. */
  #sizes = new HeapBTree<InsertionOrder>();
  /** The values of that tree that no copy of the allocator shares. Only they may change. */
  #own = new WeakSet<InsertionOrder>();

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
  allocate(size: number, onLook?: OnLook): Outcome<Address> {
    const given = this.#take(size, onLook);
    if (given === undefined) {
      onLook?.({ kind: 'end', block: { address: at(0, this.size), size }, verdict: 'chosen' });
      return done(this.#allocator.append(size));
    }
    this.#allocator.takeFree(size);
    return done(given);
  }

  deallocate(address: Address, size: number, onLook?: OnLook): Outcome<void> {
    if (address + size > this.size) return { ok: false, fault: outOfBounds(address, size, this.size) };
    if (size === 0) return done(undefined);
    const unnoticed = freeAlready(address, size, this.#blockEndingAfter(address));
    this.#put(address, size, onLook);
    this.#allocator.deallocated += size;
    return unnoticed ? { ...done(undefined), unnoticed } : done(undefined);
  }

  /** Frees and allocates, as programs did with this release, which has no such request. */
  reallocate(address: Address, size: number, newSize: number, onLook?: OnLook): Outcome<Address> {
    if (size === newSize) {
      onLook?.({ kind: 'same', block: { address, size }, verdict: 'chosen' });
      return done(address);
    }
    const freed = this.deallocate(address, size, onLook);
    if (!freed.ok) return freed;
    const { unnoticed } = freed;
    const given = this.allocate(newSize, onLook);
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

  copy(): TwoTreesLibrary {
    const copy = new TwoTreesLibrary();
    copy.#allocator = this.#allocator.copy();
    copy.#addresses = this.#addresses.copy();
    copy.#sizes = this.#sizes.copy();
    this.#own = new WeakSet();
    return copy;
  }

  check(): string[] {
    return this.#allocator.check(this.free);
  }

  #take(size: number, onLook: OnLook | undefined): Address | undefined {
    const onPass = onLook && ((highest: BySize) => onLook({ kind: 'node', block: blockOf(highest), verdict: 'passed-over' }));
    const found = this.#sizes.nearAbove(size, onPass);
    if (onLook) this.#lookFor(size, found, onLook);
    const address = found && this.#toChange(found.key, found.value).pop();
    if (!found || address === undefined) return undefined;
    const rest = found.key - size;
    if (rest > 0) this.#set(address, rest);
    else this.#delete(address);
    return at(0, address + rest);
  }

  #put(address: Address, size: number, onLook: OnLook | undefined): void {
    const before = this.#addresses.nearBelow(address);
    const after = this.#addresses.get(address + size);
    if (after !== undefined) this.#delete(address + size);
    const joinsBefore = before !== undefined && before.key + before.value === address;
    if (onLook) {
      const found = before && { address: at(0, before.key), size: before.value };
      const missed = joinsBefore ? undefined : this.#addresses.floor(address);
      if (found) onLook({ kind: 'before', block: found, verdict: joinsBefore ? 'chosen' : 'passed-over' });
      if (missed && missed.key + missed.value === address)
        onLook({ kind: 'before', block: { address: at(0, missed.key), size: missed.value }, verdict: 'wrong' });
      if (after !== undefined) onLook({ kind: 'after', block: { address: at(address, size), size: after }, verdict: 'chosen' });
    }
    const start = joinsBefore ? before.key : address;
    this.#set(start, address + size + (after ?? 0) - start);
  }

  /** Reports the block that the search found, and a better one that it missed. */
  #lookFor(size: number, found: BySize | undefined, onLook: OnLook): void {
    const best = this.#sizes.get(size) ? size : this.#sizes.above(size)?.key;
    const there = best === undefined || best === found?.key ? undefined : this.#sizes.get(best);
    const isMissed = best !== undefined && there !== undefined;
    if (isMissed) onLook({ kind: 'missed', block: blockOf({ key: best, value: there }), verdict: found ? 'seen' : 'wrong' });
    if (found) onLook({ kind: 'block', block: blockOf(found), verdict: isMissed ? 'wrong' : 'chosen' });
  }

  /** Puts a block into both trees, and replaces one with the same address. */
  #set(address: number, size: number): void {
    const old = this.#addresses.set(address, size);
    const emptied = old === undefined ? undefined : this.#leave(old, address);
    const there = this.#sizes.get(size);
    if (there) this.#toChange(size, there).add(address);
    else {
      const first = emptied ?? new InsertionOrder();
      this.#own.add(first);
      this.#sizes.set(size, first);
      first.add(address);
    }
  }

  #delete(address: number): void {
    const size = this.#addresses.delete(address);
    if (size !== undefined) this.#leave(size, address);
  }

  /** Removes an address from the set of a size. Returns the set if it is now empty. */
  #leave(size: number, address: number): InsertionOrder | undefined {
    const known = this.#sizes.get(size);
    const there = known && this.#toChange(size, known);
    there?.delete(address);
    return there?.size === 0 ? this.#sizes.delete(size) : undefined;
  }

  /** Returns the addresses of a size as an object that may change. */
  #toChange(size: number, addresses: InsertionOrder): InsertionOrder {
    if (this.#own.has(addresses)) return addresses;
    const own = addresses.copy();
    this.#own.add(own);
    this.#sizes.set(size, own);
    return own;
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

/** Returns the block of a size that the library takes first. */
function blockOf({ key, value }: BySize): Block {
  return { address: at(0, value.last ?? 0), size: key };
}
