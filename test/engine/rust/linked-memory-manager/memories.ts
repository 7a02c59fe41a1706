import type { Address, Memory } from '../../../../engine/core/memory/memory.ts';

/** A power failure. */
export class Cut extends Error {}

/**
 * A memory that fails permanently after a number of writes and grows. It still does a part of a failing write of more than eight
 * bytes. It counts changes and reads.
 */
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
    if (this.#left === 0 && bytes.length > 8) this.#base.write(to, bytes.subarray(0, Math.floor(bytes.length / 3)));
    this.#spend();
    this.#base.write(to, bytes);
  }

  #spend(): void {
    if (this.#left === 0) throw new Cut();
    this.#left -= 1;
    this.changes += 1;
  }
}
