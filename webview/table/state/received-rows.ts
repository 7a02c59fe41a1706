import type { TableRow } from '../../../engine/views/table/calls.ts';

/** Returns rows as they were sent. The channel to a page turns cells that an element does not have into null. */
export function receivedRows(rows: readonly TableRow[]): readonly TableRow[] {
  return rows.map((row) => ({ ...row, cells: row.cells.map((cell) => cell ?? undefined) }));
}
