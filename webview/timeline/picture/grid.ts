import { MAX_PICTURE_CELLS, type Span } from '../../../engine/views/timeline/calls.ts';

/** Columns and rows of a picture for a place on screen. A cell is a square of whole pixels, unless it shows a single step or byte. */
export interface PictureGrid {
  readonly columns: number;
  readonly rows: number;
}

/** Returns the finest picture of these steps and addresses that a result has room for. `width` and `height` are in pixels. */
export function pictureGrid(width: number, height: number, steps: Span, addresses: Span): PictureGrid {
  const most = { columns: Math.max(1, steps.to - steps.from + 1), rows: Math.max(1, addresses.to - addresses.from) };
  for (let pixels = 1; ; pixels++) {
    const columns = Math.min(most.columns, Math.max(1, Math.floor(width / pixels)));
    const rows = Math.min(most.rows, Math.max(1, Math.floor(height / pixels)));
    if (columns * rows <= MAX_PICTURE_CELLS) return { columns, rows };
  }
}
