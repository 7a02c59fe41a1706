/**
 * Where cells lie. The map is rows of cells in address order, wrapped like text; rows are counted from the image's first byte, so a byte
 * keeps its column while one scrolls. Scroll positions are byte positions of the first row on screen, and may lie inside of a row: they
 * survive another width and another zoom. Lengths are CSS pixels.
 */
import { clampRow, revealing } from '../scroll.ts';

export const PAGE_SIZE = 65_536;
/** The finest cell: what is smaller is better read in the bytes. */
export const FINEST_CELL = 256;
export const ROW_HEIGHT = 17;
/** Between two cells. */
export const GAP = 1;
const MIN_PITCH = 12;
/** Columns come in groups of these, so that rows begin at round addresses. */
const COLUMN_GROUP = 16;
/** With fewer cells than these, pages make an empty map, and a finer cell shows more. */
const FEW_CELLS = 256;

export interface Grid {
  /** Size of the image. */
  readonly bytes: number;
  readonly bytesPerCell: number;
  readonly columns: number;
  /** From the left edge of a cell to that of the next. */
  readonly pitch: number;
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** As many columns as fit, and the pitch that spreads them over the whole width. */
export function columnsFor(width: number): { readonly columns: number; readonly pitch: number } {
  const groups = Math.max(1, Math.floor(width / (COLUMN_GROUP * MIN_PITCH)));
  const columns = groups * COLUMN_GROUP;
  return { columns, pitch: Math.max(4, width / columns) };
}

/** Rows of which at least a part is seen. */
export function rowsIn(height: number): number {
  return Math.max(1, height / ROW_HEIGHT);
}

export function rowBytes(grid: Grid): number {
  return grid.columns * grid.bytesPerCell;
}

export function cellCount(grid: Grid): number {
  return Math.ceil(grid.bytes / grid.bytesPerCell);
}

export function rowCount(grid: Grid): number {
  return Math.ceil(cellCount(grid) / grid.columns);
}

/** The nearest position to `top` that leaves no empty rows below the image. */
export function clampTop(grid: Grid, top: number, rowsSeen: number): number {
  const bytes = rowBytes(grid);
  return bytes * clampRow({ rows: rowCount(grid), seen: rowsSeen, top: 0 }, top / bytes);
}

/** The cell that holds `address`. */
export function cellOf(grid: Grid, address: number): number {
  return Math.floor(address / grid.bytesPerCell);
}

/** Where a cell is drawn, its gap left out, when the row at `top` is the first on screen. */
export function cellBox(grid: Grid, cell: number, top: number): Box {
  const column = cell % grid.columns;
  const row = Math.floor(cell / grid.columns);
  return {
    x: column * grid.pitch,
    y: (row - top / rowBytes(grid)) * ROW_HEIGHT,
    width: grid.pitch - GAP,
    height: ROW_HEIGHT - GAP,
  };
}

/** The cell under a point; undefined beside the cells and behind the last one. */
export function cellUnder(grid: Grid, x: number, y: number, top: number): number | undefined {
  const column = Math.floor(x / grid.pitch);
  const row = Math.floor(y / ROW_HEIGHT + top / rowBytes(grid));
  if (column < 0 || column >= grid.columns || row < 0) return undefined;
  const cell = row * grid.columns + column;
  return cell < cellCount(grid) ? cell : undefined;
}

/** First cell on screen, and the one behind the last. */
export function cellsSeen(grid: Grid, top: number, rowsSeen: number): { readonly first: number; readonly end: number } {
  const topRow = top / rowBytes(grid);
  const first = Math.floor(topRow) * grid.columns;
  const end = Math.ceil(topRow + rowsSeen) * grid.columns;
  return { first, end: Math.min(end, cellCount(grid)) };
}

/** The position from which the row of `address` is on screen, `top` itself if it already is. */
export function revealed(grid: Grid, address: number, top: number, rowsSeen: number): number {
  const bytes = rowBytes(grid);
  return bytes * revealing({ rows: rowCount(grid), seen: rowsSeen, top: top / bytes }, Math.floor(address / bytes));
}

/** The finest cell with which `capacity` cells hold the whole image. */
export function wholeZoom(bytes: number, capacity: number): number {
  let size = FINEST_CELL;
  while (bytes / size > Math.max(1, capacity)) size *= 2;
  return size;
}

/** One page a cell where that shows the whole image and is more than a few cells; else the finest that shows it whole. */
export function defaultZoom(bytes: number, capacity: number): number {
  const whole = wholeZoom(bytes, capacity);
  return whole <= PAGE_SIZE && bytes / PAGE_SIZE >= Math.min(FEW_CELLS, capacity) ? PAGE_SIZE : whole;
}

/** One level finer (-1) or coarser (1), within what is of use. */
export function zoomed(current: number, direction: 1 | -1, bytes: number, capacity: number): number {
  const coarsest = Math.max(wholeZoom(bytes, capacity), defaultZoom(bytes, capacity));
  const next = direction === 1 ? current * 2 : current / 2;
  return Math.min(Math.max(next, FINEST_CELL), coarsest);
}

/** The position that keeps `address` in the row on screen where it was, after the zoom went from `from` to `to`. */
export function topAfterZoom(from: Grid, to: Grid, address: number, top: number, rowsSeen: number): number {
  const rowOnScreen = Math.floor(address / rowBytes(from)) - top / rowBytes(from);
  const row = Math.floor(address / rowBytes(to));
  return clampTop(to, Math.max(0, row - rowOnScreen) * rowBytes(to), rowsSeen);
}

/** One closed line, in columns and rows. */
export type Path = readonly (readonly [column: number, row: number])[];

const box = (left: number, top: number, right: number, bottom: number): Path => [
  [left, top],
  [right, top],
  [right, bottom],
  [left, bottom],
];

/** The outline of cells `first` to `last`, like the outline of selected text: one path, or two where they do not touch. */
export function outlines(columns: number, first: number, last: number): readonly Path[] {
  const [top, bottom] = [Math.floor(first / columns), Math.floor(last / columns)];
  const [left, right] = [first % columns, (last % columns) + 1];
  if (top === bottom) return [box(left, top, right, top + 1)];
  if (bottom === top + 1 && right <= left) return [box(left, top, columns, bottom), box(0, bottom, right, bottom + 1)];
  return [
    [
      [left, top],
      [columns, top],
      [columns, bottom],
      [right, bottom],
      [right, bottom + 1],
      [0, bottom + 1],
      [0, top + 1],
      [left, top + 1],
    ],
  ];
}
