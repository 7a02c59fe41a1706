import type { Address } from '../../../core/memory/memory.ts';

/** A free memory block of a `MemoryRegion`. */
export interface Block {
  readonly address: Address;
  /** Bytes; more than 0, but for what some old releases keep after a clear. */
  readonly size: number;
}

/** What can be seen of the free blocks of one `MemoryRegion`. */
export interface FreeBlocks {
  /** Number of free blocks. */
  readonly count: number;
  /** Bytes of all free blocks. */
  readonly bytes: number;
  /** Bytes of the largest free block; 0 where none is free. */
  readonly largest: number;
  /** Free blocks by address, from the first that ends behind `from`. They must not change meanwhile. */
  blocks(from?: number): Iterable<Block>;
}

/**
 * The free blocks of one `MemoryRegion`, kept after some policy. What differs between policies is which block a request is
 * served from; every one of them leaves the front of that block free and hands out its tail, as the library does.
 */
export interface FreeStore extends FreeBlocks {
  /** Hands out `size` bytes, more than 0, of the block that the policy chooses; undefined where none fits. */
  take(size: number): Address | undefined;
  /** Hands out the last `size` bytes of a block of this store, which has as many. */
  takeTail(block: Block, size: number): Address;
  /**
   * Frees a range, and merges it with the free blocks on both sides. Answers the block that it is now part of; undefined where a byte of
   * the range is free already: then nothing has changed.
   */
  put(address: Address, size: number): Block | undefined;
  /** Forgets all free blocks. */
  clear(): void;
  /** The first free block, by address, that ends behind `address`: it contains the address, or is the next one after it. */
  blockBehind(address: number): Block | undefined;
  /** The laws of the store that do not hold, as sentences; none in a sound one. Reads everything. */
  check(): string[];
}

/** The free block that contains `address`. */
export function blockAt(store: FreeStore, address: number): Block | undefined {
  const block = store.blockBehind(address);
  return block && block.address <= address ? block : undefined;
}

/** What must hold between the blocks of any store, whatever the policy: in order, not empty, apart from each other, counted. */
export function checkBlocks(store: FreeStore): string[] {
  const violations: string[] = [];
  let end = -1;
  let count = 0;
  let bytes = 0;
  let largest = 0;
  for (const { address, size } of store.blocks()) {
    if (size <= 0) violations.push(`The free block at ${address} has ${size} bytes.`);
    if (address < end) violations.push(`The free block at ${address} overlaps the one that ends at ${end}.`);
    if (address === end) violations.push(`Two free blocks touch at ${address}.`);
    end = address + size;
    count++;
    bytes += size;
    largest = Math.max(largest, size);
  }
  if (count !== store.count) violations.push(`${count} blocks are free, and ${store.count} are counted.`);
  if (bytes !== store.bytes) violations.push(`${bytes} bytes are free, and ${store.bytes} are counted.`);
  if (largest !== store.largest) violations.push(`The largest block has ${largest} bytes, and ${store.largest} are told.`);
  return violations;
}
