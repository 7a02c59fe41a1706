import type { Span } from './calls.ts';

/** A range of steps or addresses that is divided into equal cells. */
export interface Axis {
  /** The first step or address, and the end after the last. */
  readonly from: number;
  readonly end: number;
  readonly cells: number;
}

/** Returns the axis of steps from `from` to `to`, both included. */
export function stepAxis({ from, to }: Span, columns: number): Axis {
  const first = Math.max(0, Math.trunc(from));
  return { from: first, end: Math.max(first, Math.trunc(to)) + 1, cells: columns };
}

/** Returns the axis of addresses from `from` up to, but not including, `to`. */
export function addressAxis({ from, to }: Span, rows: number): Axis {
  const first = Math.max(0, from);
  return { from: first, end: Math.max(first + 1, to), cells: rows };
}

/** Returns the place of a step or an address on an axis, in cells. */
export function placeOn({ from, end, cells }: Axis, value: number): number {
  return ((value - from) * cells) / (end - from);
}

/** Returns the first and the last step of a column, both included. A column that is narrower than a step is within one. */
export function stepsOf({ from, end, cells }: Axis, column: number): Span {
  const width = (end - from) / cells;
  const first = Math.floor(from + column * width);
  const last = Math.ceil(from + (column + 1) * width) - 1;
  return { from: Math.min(first, end - 1), to: Math.max(first, Math.min(last, end - 1)) };
}

/** Returns a number of cells that is a whole number from 1 to `max`. */
export function cellCount(wanted: number, max: number): number {
  return Math.max(1, Math.min(max, Math.trunc(wanted) || 1));
}

/** Smaller parts of a cell are rounding errors. */
const NEARLY_NOTHING = 1e-7;

/** Returns a part of a cell as a byte: 0 only for nothing, 255 for all. */
export function byteOf(part: number, least = 1): number {
  return part < NEARLY_NOTHING ? 0 : Math.max(least, Math.min(255, Math.round(part * 255)));
}
