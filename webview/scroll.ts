/**
 * Scroll state for more rows than a browser can lay out. A position is a number of rows, and only the rows on screen are drawn.
 * The thumb shows the true position, whatever the size.
 */
export interface Scroll {
  /** Total rows, rows on screen, and the first row on screen. */
  readonly rows: number;
  readonly seen: number;
  readonly top: number;
}

const MIN_THUMB = 20;

export function maxTop(scroll: Scroll): number {
  return Math.max(0, scroll.rows - scroll.seen);
}

export function clampRow(scroll: Scroll, top: number): number {
  return Math.min(Math.max(0, top), maxTop(scroll));
}

/** Returns the position of the thumb on a track of `track` pixels. Returns undefined if everything is on screen. */
export function thumb(scroll: Scroll, track: number): { readonly start: number; readonly length: number } | undefined {
  if (maxTop(scroll) === 0) return undefined;
  const length = Math.min(track, Math.max(MIN_THUMB, (track * scroll.seen) / scroll.rows));
  return { start: ((track - length) * scroll.top) / maxTop(scroll), length };
}

/** Returns the first row after the thumb was dragged by `pixels` from `scroll.top`. */
export function dragged(scroll: Scroll, track: number, pixels: number): number {
  const at = thumb(scroll, track);
  if (at === undefined || track <= at.length) return scroll.top;
  return clampRow(scroll, scroll.top + (pixels * maxTop(scroll)) / (track - at.length));
}

/**
 * Returns the first row on screen that makes `row` visible: unchanged, moved by one, or with `row` a third down if it was far
 * away.
 */
export function revealing(scroll: Scroll, row: number): number {
  const { top, seen } = scroll;
  if (row >= top && row + 1 <= top + seen) return top;
  if (row >= top - 1 && row < top) return clampRow(scroll, row);
  if (row + 1 > top + seen && row <= top + seen) return clampRow(scroll, row + 1 - seen);
  return clampRow(scroll, row - Math.floor(seen / 3));
}
