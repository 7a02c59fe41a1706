import type { Address } from '../../core/memory/memory.ts';
import type { Outcome } from './fault.ts';
import type { OnLook } from './look.ts';
import type { FreeBlocks } from './stores/free-store.ts';

/** The allocator state of a `MemoryRegion`, without its bytes. The library keeps it on the heap and not in stable memory. */
export interface Allocator {
  readonly free: FreeBlocks;
  /** Bytes ever allocated: the end of the last block. Shrinks only with memory-region 1.2. */
  readonly size: number;
  /** Bytes that were freed and not allocated again, by the library's count. */
  readonly deallocated: number;
  readonly allocated: number;
  /** Pages requested so far. */
  readonly pages: number;
  allocate(size: number, onLook?: OnLook): Outcome<Address>;
  deallocate(address: Address, size: number, onLook?: OnLook): Outcome<void>;
  /** Resizes a block, which may move. Its bytes are not copied. */
  reallocate(address: Address, size: number, newSize: number, onLook?: OnLook): Outcome<Address>;
  /** Frees everything after the first `keep` bytes. */
  clear(keep?: number): Outcome<void>;
  /** Returns an allocator in exactly the same state, which shares nothing that changes. */
  copy(): Allocator;
  /** Returns the violated invariants as sentences. Reads all free blocks. */
  check(): string[];
}
