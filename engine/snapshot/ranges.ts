import { MOST_CHILDREN } from '../protocol.ts';

/** Items `from` to `to` (not included) of a list. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/**
 * Splits a list into what a tree shows beneath one row: the items themselves where they are few, else ranges of equal size (the last may be
 * shorter), never more than 200 of either. A list of any length opens in a few levels.
 */
export function split(range: Range, most = MOST_CHILDREN): { readonly items: Range } | { readonly ranges: readonly Range[] } {
  const count = range.to - range.from;
  if (count <= most) return { items: range };
  let size = most;
  while (count / size > most) size *= most;
  const ranges: Range[] = [];
  for (let from = range.from; from < range.to; from += size) ranges.push({ from, to: Math.min(from + size, range.to) });
  return { ranges };
}
