/**
 * Geometry of the map's cells. The map has rows of cells in address order, wrapped like text. The first row may be indented, so that
 * a zoom leaves a cell in its column; a byte keeps its column while scrolling. A scroll position is in bytes from the start of the
 * first row to the first one on screen and may be within a row, so that it survives a change of width or zoom. Lengths are in CSS
 * pixels.
 */
import { clampRow, revealing } from '../scroll.ts';

export const PAGE_SIZE = 65_536;
/** Minimum bytes per cell. Smaller ranges are easier to read in the bytes. */
const MIN_CELL = 256;
export const ROW_HEIGHT = 17;
/** Gap between two cells. */
export const GAP = 1;
const MIN_PITCH = 12;
/** The number of columns is a multiple of this, so that rows start at round addresses. */
const COLUMN_GROUP = 16;
/** If one page per cell gives fewer cells than this, the default cell is finer. */
const FEW_CELLS = 256;

export interface Grid {
  /** Size of the image in bytes. */
  readonly bytes: number;
  readonly bytesPerCell: number;
  readonly columns: number;
  /** Distance between the left edges of two neighbouring cells. */
  readonly pitch: number;
  /** Number of empty places before the first cell, less than the columns. */
  readonly indent: number;
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Returns the number of columns that fit, and the pitch that spreads them over the whole width. */
export function columnsFor(width: number): { readonly columns: number; readonly pitch: number } {
  const groups = Math.max(1, Math.floor(width / (COLUMN_GROUP * MIN_PITCH)));
  const columns = groups * COLUMN_GROUP;
  return { columns, pitch: Math.max(4, width / columns) };
}

/** Returns the number of rows that fit, as a fraction. */
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
  return Math.ceil((grid.indent + cellCount(grid)) / grid.columns);
}

/** Returns the first address in the row at a scroll position. */
export function addressAt(grid: Grid, top: number): number {
  const row = rowBytes(grid);
  return Math.max(0, Math.floor(top / row) * row - grid.indent * grid.bytesPerCell);
}

/** Returns the scroll position of an address: where its row would start if it were the first in it. */
export function topOf(grid: Grid, address: number): number {
  return address + grid.indent * grid.bytesPerCell;
}

/** Returns the position nearest to `top` without empty rows below the image. */
export function clampTop(grid: Grid, top: number, visibleRows: number): number {
  const bytes = rowBytes(grid);
  return bytes * clampRow({ rows: rowCount(grid), seen: visibleRows, top: 0 }, top / bytes);
}

/** Returns the cell that holds `address`. */
export function cellOf(grid: Grid, address: number): number {
  return Math.floor(address / grid.bytesPerCell);
}

/** Returns the box of a cell, without its gap, if `top` is the scroll position. */
export function cellBox(grid: Grid, cell: number, top: number): Box {
  const place = cell + grid.indent;
  const column = place % grid.columns;
  const row = Math.floor(place / grid.columns);
  return {
    x: column * grid.pitch,
    y: (row - top / rowBytes(grid)) * ROW_HEIGHT,
    width: grid.pitch - GAP,
    height: ROW_HEIGHT - GAP,
  };
}

/** Returns the cell at a point, or undefined outside the cells and after the last one. */
export function cellUnder(grid: Grid, x: number, y: number, top: number): number | undefined {
  const column = Math.floor(x / grid.pitch);
  const row = Math.floor(y / ROW_HEIGHT + top / rowBytes(grid));
  if (column < 0 || column >= grid.columns || row < 0) return undefined;
  const cell = row * grid.columns + column - grid.indent;
  return cell >= 0 && cell < cellCount(grid) ? cell : undefined;
}

/** Returns the first cell on screen and the one after the last. */
export function visibleCells(grid: Grid, top: number, visibleRows: number): { readonly first: number; readonly end: number } {
  const topRow = top / rowBytes(grid);
  const first = Math.floor(topRow) * grid.columns - grid.indent;
  const end = Math.ceil(topRow + visibleRows) * grid.columns - grid.indent;
  return { first: Math.max(0, first), end: Math.min(end, cellCount(grid)) };
}

/** Returns the scroll position that shows the row of `address`, or `top` if the row is already on screen. */
export function topRevealing(grid: Grid, address: number, top: number, visibleRows: number): number {
  const bytes = rowBytes(grid);
  const row = Math.floor(topOf(grid, address) / bytes);
  return bytes * revealing({ rows: rowCount(grid), seen: visibleRows, top: top / bytes }, row);
}

/** Returns the smallest bytes per cell with which `capacity` cells hold the whole image. */
export function wholeZoom(bytes: number, capacity: number): number {
  let size = MIN_CELL;
  while (bytes / size > Math.max(1, capacity)) size *= 2;
  return size;
}

/** Returns one page per cell if that shows the whole image in more than a few cells, else the finest zoom that shows it whole. */
export function defaultZoom(bytes: number, capacity: number): number {
  const whole = wholeZoom(bytes, capacity);
  return whole <= PAGE_SIZE && bytes / PAGE_SIZE >= Math.min(FEW_CELLS, capacity) ? PAGE_SIZE : whole;
}

/** Returns the zoom one level finer (-1) or coarser (1), within the useful limits. */
export function zoomed(current: number, direction: 1 | -1, bytes: number, capacity: number): number {
  const coarsest = Math.max(wholeZoom(bytes, capacity), defaultZoom(bytes, capacity));
  const next = direction === 1 ? current * 2 : current / 2;
  return Math.min(Math.max(next, MIN_CELL), coarsest);
}

/**
 * Returns the indent and the scroll position that keep `address` in its row and column on screen when the zoom changes from `from` to
 * `to`. An image that is on screen as a whole is not indented, and nothing scrolls beyond its ends.
 */
export function zoomedAt(
  from: Grid,
  to: Grid,
  address: number,
  top: number,
  visibleRows: number,
): { readonly indent: number; readonly top: number } {
  const { columns } = from;
  const place = cellOf(from, address) + from.indent;
  const cell = cellOf(to, address);
  const isWhole = cellCount(to) <= columns * Math.floor(visibleRows);
  const shift = (place - cell) % columns;
  const indent = isWhole ? 0 : (shift + columns) % columns;
  const rowOnScreen = Math.floor(place / columns) - top / rowBytes(from);
  const row = Math.floor((cell + indent) / columns);
  return { indent, top: clampTop({ ...to, indent }, Math.max(0, row - rowOnScreen) * rowBytes(to), visibleRows) };
}

/** A closed outline, in columns and rows. */
export type Path = readonly (readonly [column: number, row: number])[];

const box = (left: number, top: number, right: number, bottom: number): Path => [
  [left, top],
  [right, top],
  [right, bottom],
  [left, bottom],
];

/** Returns the outline of cells `first` to `last`, like that of selected text: one path, or two if the parts do not touch. */
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
