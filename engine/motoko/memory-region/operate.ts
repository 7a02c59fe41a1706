import { type Address, at, byteLength, type Memory, OutOfMemory, PAGE_SIZE } from '../../core/memory/memory.ts';
import { Region } from '../regions/operate.ts';
import type { Allocator } from './allocator.ts';
import { done, freeAlready, type Outcome, withValue } from './fault.ts';
import { type LowCapacity, LowCapacityWatch } from './low-capacity.ts';
import { decodeNumber, encodeNumber, type NumberType } from './numbers.ts';
import { SoundAllocator } from './sound-allocator.ts';
import type { Block, FreeBlocks, FreeStore } from './stores/free-store.ts';
import { Trap } from './trap.ts';

/** The result of the library's `memoryInfo`. All fields but `pages` are in bytes. */
export interface MemoryInfo {
  readonly pages: number;
  readonly size: number;
  readonly capacity: number;
  readonly allocated: number;
  readonly deallocated: number;
}

/**
 * A region that reuses freed memory: the operations of Motoko's `MemoryRegion` 1.4.0, with the same addresses, pages and bytes if
 * the store has the library's policy. A new one starts at address 0. Nothing else may grow its memory.
 */
export class MemoryRegion {
  readonly memory: Memory;
  /** Number of the region, or 0 if the memory is not a region. */
  readonly id: number;
  readonly #allocator: Allocator;
  readonly #lowCapacity = new LowCapacityWatch();
  /** Number of pages requested so far. */
  #pages = 0;

  /**
   * With a store, faulty requests are refused, and pages are added before bytes are allocated. An allocator, such as that of an
   * old release, makes these decisions itself.
   */
  constructor(memory: Memory, policy: FreeStore | Allocator, id = memory instanceof Region ? memory.id : 0) {
    this.memory = memory;
    this.id = id;
    this.#allocator =
      'allocate' in policy ? policy : new SoundAllocator(policy, (missing) => this.#growTo(this.#allocator.pages + missing));
  }

  get free(): FreeBlocks {
    return this.#allocator.free;
  }

  /** Returns the number of bytes ever allocated. */
  get size(): number {
    return this.#allocator.size;
  }

  /** Returns the number of bytes of all pages. */
  get capacity(): number {
    return byteLength(this.memory);
  }

  get allocated(): number {
    return this.#allocator.allocated;
  }

  get deallocated(): number {
    return this.#allocator.deallocated;
  }

  memoryInfo(): MemoryInfo {
    const { size, capacity, allocated, deallocated } = this;
    return { pages: this.memory.pages, size, capacity, allocated, deallocated };
  }

  /**
   * Calls a listener whenever the room that is left without growing falls below its threshold. Returns a function that removes
   * the listener.
   */
  onLowCapacity(listener: LowCapacity): () => void {
    return this.#lowCapacity.add(listener);
  }

  /**
   * Allocates a block.
   * @throws OutOfMemory when the memory cannot grow. Nothing has then changed, except for the allocator state of an old release.
   * @throws Trap where an old release traps.
   */
  allocate(size: number): Address {
    const outcome = this.#requested(this.#allocator.allocate(size));
    if (!outcome.ok) throw new Trap(outcome.fault.message);
    return outcome.value;
  }

  deallocate(address: Address, size: number): Outcome<void> {
    return this.#requested(this.#allocator.deallocate(address, size));
  }

  /** Frees everything in use from `start` up to `end`, including parts of blocks. Skips what is already free. */
  deallocateRange(start: number, end: number): Outcome<void> {
    for (const { address, size } of [...this.allocatedBlocksInRange(start, end)]) {
      const freed = this.deallocate(address, size);
      if (!freed.ok) return freed;
    }
    return done(undefined);
  }

  /**
   * Resizes a block, which usually moves. Its bytes are not copied: the caller must store them again.
   * @throws OutOfMemory like `allocate`.
   */
  resize(address: Address, size: number, newSize: number): Outcome<Address> {
    return this.#requested(this.#allocator.reallocate(address, size, newSize));
  }

  /** Frees everything. The size stays, except with old releases that start over. */
  clear(): Outcome<void> {
    return this.#requested(this.#allocator.clear());
  }

  /** Frees everything after the first `bytes` bytes. */
  clearAndRetainHeader(bytes: number): Outcome<void> {
    return this.#requested(this.#allocator.clear(bytes));
  }

  /**
   * Adds pages. Returns the previous number of pages.
   * @throws OutOfMemory when the memory cannot grow.
   */
  grow(pages: number): number {
    const before = this.memory.pages;
    this.#growTo(this.#pages + pages);
    this.#checkLowCapacity();
    return before;
  }

  /**
   * Adds the pages that are missing to append `bytes` bytes.
   * @throws OutOfMemory when the memory cannot grow.
   */
  growIfNeeded(bytes: number): void {
    this.#growTo(Math.ceil((this.size + bytes) / PAGE_SIZE));
    this.#checkLowCapacity();
  }

  /** Returns whether a range is free, or a fault if it begins in a free block and ends after it. */
  isFreed(address: Address, size: number): Outcome<boolean> {
    const block = this.#freeBlockAt(address);
    const fault = block && freeAlready(address, size, block);
    return fault?.kind === 'partly-free' ? { ok: false, fault } : done(block !== undefined);
  }

  /** Returns whether a block is in use. As in the library, only its first byte is looked up in the free blocks. */
  isAllocated(address: Address, size: number): boolean {
    return address + size <= this.size && this.#freeBlockAt(address) === undefined;
  }

  /** Yields the free blocks that overlap the range from `start` up to `end`, by address. The region must not change meanwhile. */
  *deallocatedBlocksInRange(start: number, end: number): Generator<Block, void, undefined> {
    if (start >= end) return;
    for (const block of this.free.blocks(start)) {
      if (block.address >= end) return;
      yield block;
    }
  }

  /**
   * Yields the ranges in use from `start` up to `end`, by address. The library calls these allocated blocks, although one range
   * can hold many blocks. The region must not change meanwhile.
   */
  *allocatedBlocksInRange(start: number, end: number): Generator<Block, void, undefined> {
    const stop = Math.min(end, this.size);
    let from = at(0, start);
    for (const free of this.deallocatedBlocksInRange(start, stop)) {
      if (free.address > from) yield { address: from, size: free.address - from };
      from = at(0, Math.max(from, free.address + free.size));
    }
    if (from < stop) yield { address: from, size: stop - from };
  }

  /** Returns the ranges in use between all free blocks, by address. */
  rangesInUse(): Iterable<Block> {
    return this.allocatedBlocksInRange(0, this.size);
  }

  addBlob(bytes: Uint8Array): Address {
    const address = this.allocate(bytes.length);
    this.storeBlob(address, bytes);
    return address;
  }

  storeBlob(address: Address, bytes: Uint8Array): void {
    // Storing no bytes is allowed even at the very end of the memory, where the runtime would trap.
    if (bytes.length > 0) this.memory.write(address, bytes);
  }

  loadBlob(address: Address, size: number): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(size);
    if (size > 0) this.memory.read(address, bytes);
    return bytes;
  }

  /** Frees a block, and returns its bytes. */
  removeBlob(address: Address, size: number): Outcome<Uint8Array<ArrayBuffer>> {
    const freed = this.deallocate(address, size);
    return freed.ok ? withValue(freed, this.loadBlob(address, size)) : freed;
  }

  replaceBlob(address: Address, size: number, bytes: Uint8Array): Outcome<Address> {
    const moved = this.resize(address, size, bytes.length);
    if (moved.ok) this.storeBlob(moved.value, bytes);
    return moved;
  }

  /** Allocates a block for a number, and stores it there. */
  add<T extends number | bigint>(type: NumberType<T>, value: T): Address {
    return this.addBlob(encodeNumber(type, value));
  }

  load<T extends number | bigint>(type: NumberType<T>, address: Address): T {
    return decodeNumber(type, this.loadBlob(address, type.width));
  }

  store<T extends number | bigint>(type: NumberType<T>, address: Address, value: T): void {
    this.storeBlob(address, encodeNumber(type, value));
  }

  /** Frees the block of a number, and returns the number. */
  remove<T extends number | bigint>(type: NumberType<T>, address: Address): Outcome<T> {
    const removed = this.removeBlob(address, type.width);
    return removed.ok ? withValue(removed, decodeNumber(type, removed.value)) : removed;
  }

  /** Returns the violated invariants as sentences. Reads all free blocks. */
  check(): string[] {
    return this.#allocator.check();
  }

  /** Returns the number of bytes that can be allocated without growing. */
  get #room(): number {
    return this.capacity - this.allocated;
  }

  /** Does what is necessary after each request to the allocator, and returns its outcome. */
  #requested<T>(outcome: Outcome<T>): Outcome<T> {
    this.#growTo(this.#allocator.pages);
    this.#checkLowCapacity();
    return outcome;
  }

  #checkLowCapacity(): void {
    if (!this.#lowCapacity.isIdle) this.#lowCapacity.check(this.#room);
  }

  #growTo(pages: number): void {
    const missing = pages - this.#pages;
    if (missing <= 0) return;
    if (this.memory.grow(missing) === -1) throw new OutOfMemory(missing);
    this.#pages = pages;
  }

  #freeBlockAt(address: Address): Block | undefined {
    for (const block of this.free.blocks(address)) return block.address <= address ? block : undefined;
    return undefined;
  }
}
