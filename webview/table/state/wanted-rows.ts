import type { RowCache } from './row-cache.ts';
import type { WantedRows } from './row-loader.ts';
import { listedRows, type TableState, totalOf } from './table-state.ts';

/** Returns the rows to read next: first those on screen, then a screen after and before them, then those to sort. */
export function wantedRows(
  state: TableState,
  cache: RowCache,
  toSort: readonly [from: number, to: number] | undefined,
): WantedRows | undefined {
  const { top, seen } = state;
  const total = totalOf(state);
  const missing = (from: number, to: number): WantedRows | undefined =>
    cache.missing(Math.max(0, Math.min(total, from)), Math.max(0, Math.min(total, to)));
  const [first, screen] = [Math.floor(top), Math.ceil(seen) + 1];
  const isOnScreen = listedRows(state) === undefined && seen > 0;
  return (
    (isOnScreen
      ? (missing(first, first + screen) ?? missing(first, first + 2 * screen) ?? missing(first - screen, first))
      : undefined) ??
    (toSort && missing(...toSort))
  );
}
