import { type Address, at, type Memory, OutOfMemory, readBytes } from '../../memory/memory.ts';
import type { Outcome } from './fault.ts';
import type { FreeStore } from './free-store.ts';
import { SoundAllocator } from './sound-allocator.ts';

/**
 * A region with reuse of memory: the operations of Motoko's `MemoryRegion` 1.4.0, with the same addresses, pages and bytes as long as
 * the store has the library's policy. A new one starts at address 0 of a memory with no pages that anyone else has grown.
 */
export class MemoryRegion {
  readonly memory: Memory;
  readonly #allocator: SoundAllocator;

  constructor(memory: Memory, free: FreeStore) {
    this.memory = memory;
    this.#allocator = new SoundAllocator(free, (missing) => {
      if (memory.grow(missing) === -1) throw new OutOfMemory(missing);
    });
  }

  get free(): FreeStore {
    return this.#allocator.free;
  }

  /** Bytes ever handed out. */
  get size(): number {
    return this.#allocator.size;
  }

  get allocated(): number {
    return this.#allocator.allocated;
  }

  get deallocated(): number {
    return this.#allocator.deallocated;
  }

  /** @throws OutOfMemory when the memory cannot grow; then nothing has changed. */
  allocate(size: number): Address {
    return this.#allocator.allocate(size).value;
  }

  deallocate(address: Address, size: number): Outcome<void> {
    return this.#allocator.deallocate(address, size);
  }

  /** Gives a block another size and, mostly, another place. Its bytes are not moved along: store them again. */
  resize(address: Address, size: number, newSize: number): Outcome<Address> {
    return this.#allocator.reallocate(address, size, newSize);
  }

  clear(keep = 0): Outcome<void> {
    return this.#allocator.clear(keep);
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
    return size === 0 ? new Uint8Array() : readBytes(this.memory, address, size);
  }

  /** Gives a block back and answers what was in it. */
  removeBlob(address: Address, size: number): Outcome<Uint8Array<ArrayBuffer>> {
    const freed = this.deallocate(address, size);
    return freed.ok ? { ok: true, value: this.loadBlob(address, size) } : freed;
  }

  replaceBlob(address: Address, size: number, bytes: Uint8Array): Outcome<Address> {
    const moved = this.resize(address, size, bytes.length);
    if (moved.ok) this.storeBlob(moved.value, bytes);
    return moved;
  }

  /** The runs of bytes in use between the free blocks, by address: what the library calls allocated blocks. */
  *runsInUse(): Generator<{ readonly address: Address; readonly size: number }, void, undefined> {
    let end = at(0, 0);
    for (const block of this.free.blocks()) {
      if (block.address > end) yield { address: end, size: block.address - end };
      end = at(block.address, block.size);
    }
    if (this.size > end) yield { address: end, size: this.size - end };
  }

  /** The laws that do not hold, as sentences. Reads all free blocks. */
  check(): string[] {
    return this.#allocator.check();
  }
}
