import type { Budget } from '../../core/budget.ts';
import { lastUsedEnd } from '../../core/memory/last-used.ts';
import { at, byteLength, holds, type ReadableMemory } from '../../core/memory/memory.ts';
import type { Element, Recoverable } from '../../core/structure.ts';
import { ENDS_AT, ENTRIES_AT, endOf } from './layout.ts';

/** Ends between two places from which a listing can start. */
const ENDS_PER_STOP = 1_024;
const BEGINNING_LOST = 'newer entries have overwritten its beginning, or it is not known where it begins';

/** One end of the index, and what is known of the entries before it. */
interface Place {
  /** The number of the end. */
  readonly position: number;
  /** The start of its entry; undefined where the end before it was overwritten. */
  readonly start: number | undefined;
  /** Bytes before this belong to newer entries. */
  readonly newer: number;
}

/**
 * Entries from before a log was cleared: `clear` only sets the count to 0, and later entries overwrite the oldest bytes and ends.
 * Returns undefined if there is no end after the last one that is counted.
 */
export function entriesPastEnd(index: ReadableMemory, data: ReadableMemory, count: number): Recoverable | undefined {
  const isThere = holds(index, ENDS_AT + 8 * count, 8) && endOf(index, count) !== 0;
  const newer = count === 0 ? 0 : endOf(index, count - 1);
  return isThere ? new EntriesByEnds(index, data, { position: count, start: count === 0 ? 0 : undefined, newer }) : undefined;
}

/** Returns the entries of a log whose count is lost, by the ends from `first` on. */
export function entriesWithoutCount(index: ReadableMemory, data: ReadableMemory, first: number): Recoverable {
  return new EntriesByEnds(index, data, { position: first, start: first === 0 ? 0 : undefined, newer: 0 });
}

/** Entries that the ends in the index lead to, whatever the count. */
class EntriesByEnds implements Recoverable {
  readonly #index: ReadableMemory;
  readonly #data: ReadableMemory;
  /** The number of ends that were ever written. */
  readonly #ends: number;
  readonly #stops: { readonly place: Place; readonly element: number }[];
  #place: Place;
  #found = 0;

  constructor(index: ReadableMemory, data: ReadableMemory, first: Place) {
    this.#index = index;
    this.#data = data;
    this.#ends = Math.ceil((lastUsedEnd(index) - ENDS_AT) / 8);
    this.#place = first;
    this.#stops = [{ place: this.#place, element: 0 }];
  }

  count(budget: Budget): number {
    while (this.#advance(budget)) {}
    return this.#found;
  }

  elements(from: number, limit: number, budget: Budget): readonly Element[] {
    const end = from + limit;
    while (this.#found < end && this.#advance(budget)) {}
    const stop = this.#stops.findLast(({ element }) => element <= from);
    const elements: Element[] = [];
    let place = stop?.place;
    for (let found = stop?.element ?? 0; place !== undefined && found < Math.min(end, this.#found) && budget.spend(8); ) {
      const element = this.#at(place, found);
      if (element !== undefined && found >= from) elements.push(element);
      if (element !== undefined) found += 1;
      place = this.#after(place);
    }
    return elements;
  }

  /** Looks at the next end. Returns false if there is none. */
  #advance(budget: Budget): boolean {
    const next = this.#after(this.#place);
    if (next === undefined || !budget.spend(8)) return false;
    if (this.#at(this.#place, this.#found) !== undefined) this.#found += 1;
    this.#place = next;
    if (next.position % ENDS_PER_STOP === 0) this.#stops.push({ place: next, element: this.#found });
    return true;
  }

  /** Returns the place after the next end; undefined if that end was never written, or leads out of the data. */
  #after({ position, start, newer }: Place): Place | undefined {
    if (position >= this.#ends) return undefined;
    const end = endOf(this.#index, position);
    if (end === 0 || ENTRIES_AT + end > byteLength(this.#data)) return undefined;
    // A lower end is from before the log was cleared once more.
    return { position: position + 1, start: end, newer: start !== undefined && end < start ? Math.max(newer, start) : newer };
  }

  /** Returns the entry that ends at the next end; undefined if nothing is left of it. */
  #at({ position, start, newer }: Place, index: number): Element | undefined {
    const end = endOf(this.#index, position);
    const isWhole = start !== undefined && start >= newer && start <= end;
    const floor = start !== undefined && end < start ? Math.max(newer, start) : newer;
    const from = isWhole ? start : Math.max(floor, start !== undefined && start <= end ? start : 0);
    if (!isWhole && end <= from) return undefined;
    const size = end - from;
    const value = { memory: this.#data, spans: [{ start: at(ENTRIES_AT, from), length: size }], size };
    return { index, value, residual: { origin: 'past-end', position, ...(!isWhole && { doubt: BEGINNING_LOST }) } };
  }
}
