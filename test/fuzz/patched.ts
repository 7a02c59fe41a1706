import { type Address, PAGE_SIZE, type ReadableMemory } from '../../engine/core/memory/memory.ts';
import type { Patch } from './mutate.ts';

/** An image with patches, so that no case copies it. */
export class Patched implements ReadableMemory {
  readonly pages: number;
  readonly #base: Uint8Array;
  readonly #patches: readonly Patch[];

  /** `size` is the number of bytes that it has. The rest of the last page reads as zero. */
  constructor(base: Uint8Array, patches: readonly Patch[], size = base.length) {
    this.pages = Math.ceil(size / PAGE_SIZE);
    this.#base = base.subarray(0, size);
    this.#patches = patches;
  }

  read(from: Address, into: Uint8Array): void {
    const available = this.#base.subarray(from, from + into.length);
    into.set(available);
    into.fill(0, available.length);
    for (const { start, bytes } of this.#patches) {
      const first = Math.max(start, from);
      const end = Math.min(start + bytes.length, from + into.length, this.#base.length);
      if (end > first) into.set(bytes.subarray(first - start, end - start), first - from);
    }
  }
}
