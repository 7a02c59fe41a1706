import type { Address, Memory } from '../../../../engine/memory/memory.ts';

/** The power has failed. */
export class Cut extends Error {}

/** A memory that fails for good after so many writes and grows. It counts them, and the reads. */
export class FailingMemory implements Memory {
  readonly #base: Memory;
  #left: number;
  changes = 0;
  reads = 0;

  constructor(base: Memory, changesUntilCut = Number.POSITIVE_INFINITY) {
    this.#base = base;
    this.#left = changesUntilCut;
  }

  get pages(): number {
    return this.#base.pages;
  }

  grow(by: number): number {
    this.#spend();
    return this.#base.grow(by);
  }

  read(from: Address, into: Uint8Array): void {
    this.reads += 1;
    this.#base.read(from, into);
  }

  write(to: Address, bytes: Uint8Array): void {
    this.#spend();
    this.#base.write(to, bytes);
  }

  #spend(): void {
    if (this.#left === 0) throw new Cut();
    this.#left -= 1;
    this.changes += 1;
  }
}
