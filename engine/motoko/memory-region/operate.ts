import { type Address, at, byteLength, type Memory, OutOfMemory, PAGE_SIZE } from '../../core/memory/memory.ts';
import { Region } from '../regions/operate.ts';
import type { Allocator } from './allocator.ts';
import { done, freeAlready, type Outcome, withValue } from './fault.ts';
import { type LowCapacity, LowCapacityWatch } from './low-capacity.ts';
import { decodeNumber, encodeNumber, type NumberType } from './numbers.ts';
import { SoundAllocator } from './sound-allocator.ts';
import type { Block, FreeBlocks, FreeStore } from './stores/free-store.ts';
import { Trap } from './trap.ts';

/** What `memoryInfo` of the library tells; all but the pages in bytes. */
export interface MemoryInfo {
  readonly pages: number;
  readonly size: number;
  readonly capacity: number;
  readonly allocated: number;
  readonly deallocated: number;
}

/**
 * A region with reuse of memory: the operations of Motoko's `MemoryRegion` 1.4.0, with the same addresses, pages and bytes as long as
 * the store has the library's policy. A new one starts at address 0 of a memory with no pages that anyone else has grown.
 */
export class MemoryRegion {
  readonly memory: Memory;
  /** The number of the region; 0 where the memory is none. */
  readonly id: number;
  readonly #allocator: Allocator;
  readonly #lowCapacity = new LowCapacityWatch();
  /** How many pages were asked for so far. */
  #pages = 0;

  /**
   * Under a policy's store faulty requests are refused, and nothing is handed out without pages. An allocator, as of an old release,
   * decides alone.
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

  /** Bytes ever handed out. */
  get size(): number {
    return this.#allocator.size;
  }

  /** Bytes of all pages. */
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

  /** Has something done whenever the room that is left without growing falls below a threshold. Answers how to stop that. */
  onLowCapacity(listener: LowCapacity): () => void {
    return this.#lowCapacity.add(listener);
  }

  /**
   * @throws OutOfMemory when the memory cannot grow; then nothing has changed, but for the books of an old release, which go on.
   * @throws Trap where an old release gives up.
   */
  allocate(size: number): Address {
    const outcome = this.#requested(this.#allocator.allocate(size));
    if (!outcome.ok) throw new Trap(outcome.fault.message);
    return outcome.value;
  }

  deallocate(address: Address, size: number): Outcome<void> {
    return this.#requested(this.#allocator.deallocate(address, size));
  }

  /** Gives back all that is in use from `start` up to `end`, also parts of blocks. What is free there already stays so. */
  deallocateRange(start: number, end: number): Outcome<void> {
    for (const { address, size } of [...this.allocatedBlocksInRange(start, end)]) {
      const freed = this.deallocate(address, size);
      if (!freed.ok) return freed;
    }
    return done(undefined);
  }

  /**
   * Gives a block another size and, mostly, another place. Its bytes are not moved along: store them again.
   * @throws OutOfMemory as `allocate` does.
   */
  resize(address: Address, size: number, newSize: number): Outcome<Address> {
    return this.#requested(this.#allocator.reallocate(address, size, newSize));
  }

  /** Gives back everything. The size stays, but for old releases that start over. */
  clear(): Outcome<void> {
    return this.#requested(this.#allocator.clear());
  }

  /** Gives back everything behind the first bytes. */
  clearAndRetainHeader(bytes: number): Outcome<void> {
    return this.#requested(this.#allocator.clear(bytes));
  }

  /** Adds pages. Answers how many there were before. Throws `OutOfMemory`. */
  grow(pages: number): number {
    const before = this.memory.pages;
    this.#growTo(this.#pages + pages);
    this.#tellLowCapacity();
    return before;
  }

  /** Adds the pages that are missing for so many bytes behind what was ever handed out. Throws `OutOfMemory`. */
  growIfNeeded(bytes: number): void {
    this.#growTo(Math.ceil((this.size + bytes) / PAGE_SIZE));
    this.#tellLowCapacity();
  }

  /** Whether all of a range is free; a fault where it begins in a free block and ends behind it. */
  isFreed(address: Address, size: number): Outcome<boolean> {
    const block = this.#freeBlockAt(address);
    const fault = block && freeAlready(address, size, block);
    return fault?.kind === 'partly-free' ? { ok: false, fault } : done(block !== undefined);
  }

  /** Whether a block is in use. As in the library only its first byte is looked for among the free ones. */
  isAllocated(address: Address, size: number): boolean {
    return address + size <= this.size && this.#freeBlockAt(address) === undefined;
  }

  /** The free blocks, whole, that have a byte from `start` up to `end`, by address. Nothing must change meanwhile. */
  *deallocatedBlocksInRange(start: number, end: number): Generator<Block, void, undefined> {
    if (start >= end) return;
    for (const block of this.free.blocks(start)) {
      if (block.address >= end) return;
      yield block;
    }
  }

  /**
   * The runs of bytes in use from `start` up to `end`, by address: what the library calls allocated blocks, though one run may be many
   * of them. Nothing must change meanwhile.
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

  /** The runs of bytes in use between all free blocks, by address. */
  runsInUse(): Iterable<Block> {
    return this.allocatedBlocksInRange(0, this.size);
  }

  addBlob(bytes: Uint8Array): Address {
    const address = this.allocate(bytes.length);
    this.storeBlob(address, bytes);
    return address;
  }

  storeBlob(address: Address, bytes: Uint8Array): void {
    // Without bytes there is nothing to store, also at the very end of the memory, where the runtime would trap.
    if (bytes.length > 0) this.memory.write(address, bytes);
  }

  loadBlob(address: Address, size: number): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(size);
    if (size > 0) this.memory.read(address, bytes);
    return bytes;
  }

  /** Gives a block back and answers what was in it. */
  removeBlob(address: Address, size: number): Outcome<Uint8Array<ArrayBuffer>> {
    const freed = this.deallocate(address, size);
    return freed.ok ? withValue(freed, this.loadBlob(address, size)) : freed;
  }

  replaceBlob(address: Address, size: number, bytes: Uint8Array): Outcome<Address> {
    const moved = this.resize(address, size, bytes.length);
    if (moved.ok) this.storeBlob(moved.value, bytes);
    return moved;
  }

  /** Stores a number in a block of its own. */
  add<T extends number | bigint>(type: NumberType<T>, value: T): Address {
    return this.addBlob(encodeNumber(type, value));
  }

  load<T extends number | bigint>(type: NumberType<T>, address: Address): T {
    return decodeNumber(type, this.loadBlob(address, type.width));
  }

  store<T extends number | bigint>(type: NumberType<T>, address: Address, value: T): void {
    this.storeBlob(address, encodeNumber(type, value));
  }

  /** Gives a number's block back and answers the number. */
  remove<T extends number | bigint>(type: NumberType<T>, address: Address): Outcome<T> {
    const removed = this.removeBlob(address, type.width);
    return removed.ok ? withValue(removed, decodeNumber(type, removed.value)) : removed;
  }

  /** The laws that do not hold, as sentences. Reads all free blocks. */
  check(): string[] {
    return this.#allocator.check();
  }

  /** Bytes that can be handed out without growing. */
  get #room(): number {
    return this.capacity - this.allocated;
  }

  /** What is to be done after each request of the allocator's. */
  #requested<T>(outcome: Outcome<T>): Outcome<T> {
    this.#growTo(this.#allocator.pages);
    this.#tellLowCapacity();
    return outcome;
  }

  #tellLowCapacity(): void {
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
