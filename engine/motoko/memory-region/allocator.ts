import type { Address } from '../../core/memory/memory.ts';
import type { Outcome } from './fault.ts';
import type { FreeBlocks } from './stores/free-store.ts';

/** The bookkeeping of a `MemoryRegion` without its bytes, which the library keeps on the heap and not in stable memory. */
export interface Allocator {
  readonly free: FreeBlocks;
  /** Bytes handed out: the end of the highest block. Only memory-region 1.2 lets it shrink. */
  readonly size: number;
  /** Bytes that were given back and not handed out again, as the library counts them. */
  readonly deallocated: number;
  readonly allocated: number;
  /** Pages that were asked for so far. */
  readonly pages: number;
  allocate(size: number): Outcome<Address>;
  deallocate(address: Address, size: number): Outcome<void>;
  /** Moves a block to a place of another size; its bytes are not copied. */
  reallocate(address: Address, size: number, newSize: number): Outcome<Address>;
  /** Gives back everything behind the first `keep` bytes. */
  clear(keep?: number): Outcome<void>;
  /** The laws that do not hold, as sentences. Reads all free blocks. */
  check(): string[];
}
