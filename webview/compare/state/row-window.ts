import type { DifferenceRow } from '../../../engine/views/diff/calls.ts';

/** Maximum rows that are kept. Of more, those far from the screen are dropped. */
const MAX_ROWS = 4_000;
/** Maximum rows of one request. */
const MAX_REQUEST = 120;

/** The rows of a list that were read, around those on screen. */
export class RowWindow {
  readonly #rows = new Map<number, DifferenceRow>();

  get(position: number): DifferenceRow | undefined {
    return this.#rows.get(position);
  }

  clear(): void {
    this.#rows.clear();
  }

  add(from: number, rows: readonly DifferenceRow[]): void {
    for (const [index, row] of rows.entries()) this.#rows.set(from + index, row);
    if (this.#rows.size <= MAX_ROWS) return;
    for (const position of this.#rows.keys()) if (Math.abs(position - from) > MAX_ROWS / 4) this.#rows.delete(position);
  }

  /** Returns the first rows that are missing in a range of positions. */
  missing(start: number, end: number): { readonly from: number; readonly count: number } | undefined {
    let from = start;
    while (from < end && this.#rows.has(from)) from += 1;
    let to = from;
    while (to < end && to - from < MAX_REQUEST && !this.#rows.has(to)) to += 1;
    return to > from ? { from, count: to - from } : undefined;
  }
}
