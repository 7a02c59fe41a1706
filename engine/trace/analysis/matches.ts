import type { Budget } from '../../core/budget.ts';
import type { Place } from '../search.ts';

/** Maximum bytes of the write on each side of the followed ones that are compared too, and maximum places that are kept. */
const CONTEXT = 64;
const MAX_KEPT = 8;

/** A read that had the bytes. */
export interface MatchedRead {
  /** The step that read them. Of several that read the same place, the latest. */
  readonly step: number;
  /** The place that it read. */
  readonly place: Place;
  /** The number of bytes that the write and the read have in common around it, at least those of the place. */
  readonly matched: number;
}

/** Bytes that are searched for: those from `start` to `end`, within all bytes of their write. */
export interface Sought {
  readonly all: Uint8Array;
  readonly start: number;
  readonly end: number;
}

/** The places in reads that have the sought bytes: those where the most bytes around them are equal, too. */
export class BestMatches {
  readonly #sought: Sought;
  readonly #budget: Budget;
  /** By space and address. */
  readonly #places = new Map<string, MatchedRead>();
  #count = 0;
  #matched: Uint8Array = new Uint8Array();

  constructor(sought: Sought, budget: Budget) {
    this.#sought = sought;
    this.#budget = budget;
  }

  /** The matching reads, of the most places that are kept. */
  get reads(): readonly MatchedRead[] {
    return [...this.#places.values()];
  }

  /** The number of places. */
  get count(): number {
    return this.#count;
  }

  /** The equal bytes. */
  get matched(): Uint8Array {
    return this.#matched;
  }

  /** Searches the bytes that a step read from `from` on. Returns false when the budget is spent. */
  add(bytes: Uint8Array, from: Pick<Place, 'space' | 'address'>, step: number): boolean {
    const { all, start, end } = this.#sought;
    const first = all[start] ?? 0;
    const length = end - start;
    for (
      let found = bytes.indexOf(first);
      found !== -1 && found + length <= bytes.length;
      found = bytes.indexOf(first, found + 1)
    ) {
      if (!this.#budget.spend()) return false;
      if (!hasAt(bytes, found, all, start, length)) continue;
      const left = equalBefore(bytes, found, all, start);
      const right = equalFrom(bytes, found + length, all, end);
      const place = { space: from.space, address: from.address + found, length };
      this.#keep({ step, place, matched: left + length + right }, all.subarray(start - left, end + right));
    }
    return true;
  }

  #keep(read: MatchedRead, matched: Uint8Array): void {
    if (read.matched < this.#matched.length) return;
    if (read.matched > this.#matched.length) {
      this.#places.clear();
      this.#count = 0;
      this.#matched = matched;
    }
    const key = `${read.place.space}:${read.place.address}`;
    if (!this.#places.has(key)) this.#count += 1;
    if (this.#places.has(key) || this.#places.size < MAX_KEPT) this.#places.set(key, read);
  }
}

/** Returns true if `bytes` have at `place` the `length` bytes that the others have at `from`. */
function hasAt(bytes: Uint8Array, place: number, others: Uint8Array, from: number, length: number): boolean {
  for (let index = 0; index < length; index++) if (bytes[place + index] !== others[from + index]) return false;
  return true;
}

function equalBefore(bytes: Uint8Array, place: number, others: Uint8Array, from: number): number {
  const most = Math.min(place, from, CONTEXT);
  let equal = 0;
  while (equal < most && bytes[place - equal - 1] === others[from - equal - 1]) equal += 1;
  return equal;
}

function equalFrom(bytes: Uint8Array, place: number, others: Uint8Array, from: number): number {
  const most = Math.min(bytes.length - place, others.length - from, CONTEXT);
  let equal = 0;
  while (equal < most && bytes[place + equal] === others[from + equal]) equal += 1;
  return equal;
}
