import type { TableRow } from '../../../engine/views/table/calls.ts';

/** Maximum rows that are kept. Of more, those that were read first are dropped. */
const MAX_ROWS = 20_000;
/** Maximum rows of one request. */
const MAX_REQUEST = 200;

/** A row that was read. `unreadable`: damage hides it. */
export type CachedRow = TableRow | 'unreadable';

/** The rows that were read, by their index. */
export class RowCache {
  readonly #rows = new Map<number, CachedRow>();

  get(index: number): CachedRow | undefined {
    return this.#rows.get(index);
  }

  get size(): number {
    return this.#rows.size;
  }

  /** Returns all rows that can be read, in the order of their index. */
  all(): readonly TableRow[] {
    return [...this.#rows.values()].filter((row) => row !== 'unreadable').sort((a, b) => a.index - b.index);
  }

  /** Adds rows. Those up to `until` that are not among them cannot be read. */
  add(from: number, until: number, rows: readonly TableRow[]): void {
    for (let index = from; index < until; index += 1) this.#rows.set(index, 'unreadable');
    for (const row of rows) {
      this.#rows.delete(row.index);
      this.#rows.set(row.index, row);
    }
    for (const index of this.#rows.keys()) {
      if (this.#rows.size <= MAX_ROWS) return;
      this.#rows.delete(index);
    }
  }

  clear(): void {
    this.#rows.clear();
  }

  /** Returns the first rows that are missing in a range of indices. */
  missing(start: number, end: number): { readonly from: number; readonly count: number } | undefined {
    let from = start;
    while (from < end && this.#rows.has(from)) from += 1;
    let to = from;
    while (to < end && to - from < MAX_REQUEST && !this.#rows.has(to)) to += 1;
    return to > from ? { from, count: to - from } : undefined;
  }
}
