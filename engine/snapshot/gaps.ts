import type { OffsetRange } from '../core/memory/memory.ts';

/**
 * The ranges of an image that its file does not have, sorted and disjoint. An interrupted download can have a hundred thousand.
 */
export class Gaps {
  readonly #gaps: readonly OffsetRange[];
  /** Total bytes of the gaps before each gap; the last item is the total of all. */
  readonly #before: Float64Array;

  constructor(gaps: readonly OffsetRange[]) {
    this.#gaps = gaps;
    this.#before = new Float64Array(gaps.length + 1);
    for (const [index, { length }] of gaps.entries()) this.#before[index + 1] = (this.#before[index] ?? 0) + length;
  }

  /** Returns the number of missing bytes in a range. */
  bytesIn({ start, length }: OffsetRange): number {
    return length <= 0 ? 0 : this.#bytesBefore(start + length) - this.#bytesBefore(start);
  }

  #bytesBefore(offset: number): number {
    let low = 0;
    let high = this.#gaps.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#gaps[middle]?.start ?? 0) < offset) low = middle + 1;
      else high = middle;
    }
    const last = this.#gaps[low - 1];
    if (last === undefined) return 0;
    return (this.#before[low - 1] ?? 0) + Math.min(last.length, offset - last.start);
  }
}
