/**
 * Scrolling over more rows than a browser can lay out: a position is a number of rows, and what stands on screen is drawn for it.
 * The thumb shows the true position in the whole, whatever its size.
 */
export interface Scroll {
  /** Rows in all, rows on screen, and the first row on screen. */
  readonly rows: number;
  readonly seen: number;
  readonly top: number;
}

const MIN_THUMB = 20;

export function mostTop(scroll: Scroll): number {
  return Math.max(0, scroll.rows - scroll.seen);
}

export function clampRow(scroll: Scroll, top: number): number {
  return Math.min(Math.max(0, top), mostTop(scroll));
}

/** Where the thumb lies on a track of `track` pixels; undefined where everything is on screen. */
export function thumb(scroll: Scroll, track: number): { readonly start: number; readonly length: number } | undefined {
  if (mostTop(scroll) === 0) return undefined;
  const length = Math.min(track, Math.max(MIN_THUMB, (track * scroll.seen) / scroll.rows));
  return { start: ((track - length) * scroll.top) / mostTop(scroll), length };
}

/** The first row after the thumb was dragged by `pixels` from where it lay at `scroll.top`. */
export function dragged(scroll: Scroll, track: number, pixels: number): number {
  const at = thumb(scroll, track);
  if (at === undefined || track <= at.length) return scroll.top;
  return clampRow(scroll, scroll.top + (pixels * mostTop(scroll)) / (track - at.length));
}

/** The first row from which `row` is on screen: as it is, moved by a little, or `row` a third down where it was far off. */
export function revealing(scroll: Scroll, row: number): number {
  const { top, seen } = scroll;
  if (row >= top && row + 1 <= top + seen) return top;
  if (row >= top - 1 && row < top) return clampRow(scroll, row);
  if (row + 1 > top + seen && row <= top + seen) return clampRow(scroll, row + 1 - seen);
  return clampRow(scroll, row - Math.floor(seen / 3));
}
