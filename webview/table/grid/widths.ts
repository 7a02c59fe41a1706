import type { TableColumn, TableRow } from '../../../engine/views/table/calls.ts';

/** Pixels of a character, and of what is beside the text of a cell: its padding, and the mark of the order. */
const CHARACTER = 8.2;
const BESIDE = 26;
const MIN_WIDTH = 44;
const MAX_WIDTH = 300;

/** Returns widths in pixels that fit the headings and the cells of some rows, by column id, and none below those `before`. */
export function fittingWidths(
  columns: readonly TableColumn[],
  rows: readonly TableRow[],
  before: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  return Object.fromEntries(
    columns.map(({ id, label }, place) => {
      const longest = rows.reduce((most, { cells }) => Math.max(most, cells[place]?.length ?? 0), label.length);
      const width = Math.round(Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, longest * CHARACTER + BESIDE)));
      return [id, Math.max(width, before[id] ?? 0)];
    }),
  );
}
