import { type Address, type AddressRange, at } from '../../core/memory/memory.ts';
import type { UsageRuns } from '../../core/usage-runs.ts';

/** Two values that share bytes. */
export interface Overlap {
  readonly first: number;
  readonly second: number;
  readonly span: AddressRange;
}

/**
 * An index of a buffer's values by address. It finds the values that claim a byte, and the gaps between values. Ignores empty
 * values.
 */
export class ValueIndex {
  readonly #starts: Float64Array;
  readonly #ends: Float64Array;
  readonly #elements: Uint32Array;
  /** For each value, the highest end of the values up to it. */
  readonly #reach: Float64Array;
  /** Starts and ends of the gaps, alternating. */
  readonly #gaps: Float64Array;
  #endsSet: Set<number> | undefined;
  /** Number of bytes that belong to a value. Shared bytes count once. */
  readonly liveBytes: number;
  /** The highest end of a value. */
  readonly end: Address;

  /**
   * `spans` has the starts and ends of the values, alternating. `elements` has their indexes. Gaps are counted from `base` on.
   */
  constructor(spans: readonly number[], elements: readonly number[], base: Address) {
    const order = Uint32Array.from(elements.keys()).sort(
      (a, b) => (spans[2 * a] ?? 0) - (spans[2 * b] ?? 0) || (elements[a] ?? 0) - (elements[b] ?? 0),
    );
    this.#starts = Float64Array.from(order, (index) => spans[2 * index] ?? 0);
    this.#ends = Float64Array.from(order, (index) => spans[2 * index + 1] ?? 0);
    this.#elements = Uint32Array.from(order, (index) => elements[index] ?? 0);
    this.#reach = new Float64Array(order.length);
    const gaps: number[] = [];
    let live = 0;
    let end: number = base;
    for (let position = 0; position < order.length; position++) {
      const start = this.#starts[position] ?? 0;
      const stop = this.#ends[position] ?? 0;
      if (start > end) gaps.push(end, start);
      live += Math.max(0, stop - Math.max(start, end));
      end = Math.max(end, stop);
      this.#reach[position] = end;
    }
    this.#gaps = Float64Array.from(gaps);
    this.liveBytes = live;
    this.end = at(0, end);
  }

  /** Returns the number of gaps between the values. */
  get gapCount(): number {
    return this.#gaps.length / 2;
  }

  gaps(from: number, limit: number): readonly AddressRange[] {
    const spans: AddressRange[] = [];
    for (let gap = from; gap < Math.min(from + limit, this.gapCount); gap++) {
      const start = this.#gaps[2 * gap] ?? 0;
      spans.push({ start: at(0, start), length: (this.#gaps[2 * gap + 1] ?? start) - start });
    }
    return spans;
  }

  /** Returns the gap that contains an address. */
  gapAt(address: number): AddressRange | undefined {
    let low = 0;
    let high = this.gapCount;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#gaps[2 * middle + 1] ?? 0) <= address) low = middle + 1;
      else high = middle;
    }
    const [gap] = this.gaps(low, 1);
    return gap && gap.start <= address ? gap : undefined;
  }

  /** Returns the values that claim the byte at an address, at most `limit`. There are several if they overlap. */
  at(address: number, limit = 16): readonly number[] {
    const found: number[] = [];
    for (let position = this.#rank(address) - 1; position >= 0 && found.length < limit; position--) {
      if ((this.#reach[position] ?? 0) <= address) break;
      if ((this.#ends[position] ?? 0) > address) found.unshift(this.#elements[position] ?? 0);
    }
    return found;
  }

  /**
   * Visits, by address, each value that begins inside another, with the nearest such value before it. Stops if `visit` returns
   * false.
   */
  eachOverlap(visit: (overlap: Overlap) => boolean): void {
    for (let position = 1; position < this.#starts.length; position++) {
      const start = this.#starts[position] ?? 0;
      if ((this.#reach[position - 1] ?? 0) <= start) continue;
      let before = position - 1;
      while ((this.#ends[before] ?? 0) <= start) before--;
      const end = Math.min(this.#ends[before] ?? 0, this.#ends[position] ?? 0);
      const span = { start: at(0, start), length: end - start };
      if (!visit({ first: this.#elements[before] ?? 0, second: this.#elements[position] ?? 0, span })) return;
    }
  }

  /** Appends the values to `runs`. Bytes of a value are live; the gaps and the rest up to `size` are `others`. */
  layOut(runs: UsageRuns, size: number, others: 'free' | 'unknown' = 'free'): UsageRuns {
    for (let gap = 0; gap < this.gapCount; gap++) {
      runs.addUntil(this.#gaps[2 * gap] ?? 0, 'live');
      runs.addUntil(this.#gaps[2 * gap + 1] ?? 0, others);
    }
    runs.addUntil(this.end, 'live');
    runs.addUntil(size, others);
    return runs;
  }

  /** Returns 1 or 0 for each side: whether another value ends where this one begins, and whether one begins where it ends. */
  neighboursOf(element: number): { readonly before: number; readonly after: number } {
    const position = this.#elements.indexOf(element);
    const start = this.#starts[position] ?? -1;
    const end = this.#ends[position] ?? -1;
    this.#endsSet ??= new Set(this.#ends);
    const next = this.#rank(end);
    return { before: this.#endsSet.has(start) ? 1 : 0, after: (this.#starts[next - 1] ?? -1) === end ? 1 : 0 };
  }

  /** Returns the number of values that begin at or below an address. */
  #rank(address: number): number {
    let low = 0;
    let high = this.#starts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#starts[middle] ?? 0) <= address) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
