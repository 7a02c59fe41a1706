import type { Address } from '../../../core/memory/memory.ts';
import type { OnLook } from '../look.ts';

/** A free memory block of a `MemoryRegion`. */
export interface Block {
  readonly address: Address;
  /** Size in bytes. More than 0, except for a block that some old releases keep after a clear. */
  readonly size: number;
}

/** Read access to the free blocks of one `MemoryRegion`. */
export interface FreeBlocks {
  /** Number of free blocks. */
  readonly count: number;
  /** Bytes of all free blocks. */
  readonly bytes: number;
  /** Bytes of the largest free block, or 0 if there is none. */
  readonly largest: number;
  /** Returns the free blocks by address, from the first that ends after `from`. They must not change meanwhile. */
  blocks(from?: number): Iterable<Block>;
}

/**
 * The free blocks of one `MemoryRegion`, under a policy. Policies differ in the block that a request is served from. All of them
 * allocate the tail of that block and leave its front free, as the library does.
 */
export interface FreeStore extends FreeBlocks {
  /** Allocates `size` bytes, more than 0, from the block that the policy chooses. Returns undefined if none fits. */
  take(size: number, onLook?: OnLook): Address | undefined;
  /** Allocates the last `size` bytes of a block of this store, which must have at least as many. */
  takeTail(block: Block, size: number): Address;
  /**
   * Frees a range, and merges it with the free blocks on both sides. Returns the block that it is now part of, or undefined if a
   * byte of the range is already free. Nothing has then changed.
   */
  put(address: Address, size: number, onLook?: OnLook): Block | undefined;
  /** Forgets all free blocks. */
  clear(): void;
  /** Returns a store in exactly the same state. */
  copy(): FreeStore;
  /** Returns the first free block that ends after `address`. It contains the address, or is the next one. */
  blockEndingAfter(address: number): Block | undefined;
  /** Returns the violated invariants of the store, as sentences. Reads everything. */
  check(): string[];
}

/** Returns the free block that contains `address`. */
export function blockAt(store: FreeStore, address: number): Block | undefined {
  const block = store.blockEndingAfter(address);
  return block && block.address <= address ? block : undefined;
}

/**
 * Returns the violated invariants of any store's blocks, as sentences: blocks are in order, not empty, apart from each other, and
 * counted.
 */
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
  if (count !== store.count) violations.push(`${count} blocks are free, but ${store.count} are counted.`);
  if (bytes !== store.bytes) violations.push(`${bytes} bytes are free, but ${store.bytes} are counted.`);
  if (largest !== store.largest) violations.push(`The largest block has ${largest} bytes, but ${store.largest} are reported.`);
  return violations;
}
