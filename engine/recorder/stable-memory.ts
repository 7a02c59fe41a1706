import { formatAddress, formatCounted } from '../core/format.ts';
import { type Address, holds, type ReadableMemory } from '../core/memory/memory.ts';
import { OverlayMemory, type OverlayState } from '../core/memory/overlay.ts';
import type { SystemMemory } from './ic0/system.ts';
import type { Recording } from './recording.ts';
import { Trap } from './trap.ts';

/** A canister's stable memory. Writes are kept apart from the memory that it starts with, and every access is recorded. */
export class StableMemory implements SystemMemory {
  readonly #memory: OverlayMemory;
  readonly #recording: Recording;
  readonly #stack: () => number | undefined;

  /** `stack`: the number of the running call stack. */
  constructor(start: ReadableMemory | undefined, maxPages: number, recording: Recording, stack: () => number | undefined) {
    this.#memory = new OverlayMemory(start, maxPages);
    this.#recording = recording;
    this.#stack = stack;
  }

  get pages(): number {
    return this.#memory.pages;
  }

  grow(by: number): number {
    const before = this.#memory.grow(by);
    this.#recording.grow(Math.min(by, Number.MAX_SAFE_INTEGER), before);
    return before;
  }

  read(from: Address, into: Uint8Array, far?: bigint): void {
    this.#recording.read(from, into.length, this.#stack(), far);
    this.#assertHolds(from, into.length);
    this.#memory.read(from, into);
  }

  write(to: Address, bytes: Uint8Array, far?: bigint): void {
    this.#recording.write(to, bytes, this.#stack(), far);
    this.#assertHolds(to, bytes.length);
    this.#memory.write(to, bytes);
  }

  state(): OverlayState {
    return this.#memory.state();
  }

  restore(state: OverlayState): void {
    this.#memory.restore(state);
  }

  #assertHolds(start: Address, length: number): void {
    if (!holds(this.#memory, start, length))
      throw new Trap(
        `stable memory out of bounds: ${formatCounted(length, 'byte')} at ${formatAddress(start)}, of ${formatCounted(this.pages, 'page')}`,
      );
  }
}
