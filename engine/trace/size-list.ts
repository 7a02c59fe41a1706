import { NumberList } from './number-list.ts';

/** A size that does not fit in 32 bits is in a map of its own. */
const LARGE = 0xffff_ffff;

/** A growable list of sizes in bytes. Nearly all of them are below 4 GiB, and take 4 bytes. */
export class SizeList {
  readonly #sizes = NumberList.counts();
  readonly #large = new Map<number, number>();

  push(size: number): void {
    if (size >= LARGE) this.#large.set(this.#sizes.length, size);
    this.#sizes.push(Math.min(size, LARGE));
  }

  /** Returns the size at `index`, which must be in the list. */
  at(index: number): number {
    const size = this.#sizes.at(index);
    return size === LARGE ? (this.#large.get(index) ?? LARGE) : size;
  }
}
