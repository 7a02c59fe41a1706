/**
 * Places the names of owners in the map: at the start of each owner's cells, after its filled cells if there is room, else on
 * them.
 */

import type { Cell } from './cell.ts';
import type { Grid } from './geometry.ts';

/** The main part of a cell. */
type Main = Cell['main'];

export interface Label {
  readonly owner: Main['owner'];
  /** The cell at whose left edge the name starts. */
  readonly cell: number;
  /** Number of cells that the name covers. */
  readonly cells: number;
  /** True if it covers filled cells. */
  readonly onFilled: boolean;
}

type Shape = Pick<Grid, 'columns' | 'indent'>;

/** Cells between a name and the next one. */
const MARGIN_CELLS = 1;

const FILLED: ReadonlySet<Main['use']> = new Set(['live', 'metadata', 'leaked', 'free', 'uncounted']);
const isFilled = (cell: Main | undefined) => cell !== undefined && FILLED.has(cell.use);

/**
 * Returns the labels of cells `first` to `end`. `cellsFor` returns the width of a name in cells. A name avoids marked cells if
 * possible. An owner without a colour (the manager, unowned bytes) has no name in the map.
 */
export function labelsOf(
  cells: (index: number) => Main | undefined,
  range: { readonly first: number; readonly end: number },
  shape: Shape,
  cellsFor: (label: string) => number,
  isMarked: (index: number) => boolean = () => false,
): readonly Label[] {
  const labels: Label[] = [];
  let freeFrom = range.first;
  for (let index = range.first; index < range.end; index++) {
    const cell = cells(index);
    if (cell === undefined || cell.owner.colour < 0) continue;
    if (index > range.first && cells(index - 1)?.owner.part === cell.owner.part) continue;
    const width = cellsFor(cell.owner.label);
    const start = placeFor(cells, index, range.end, shape, width, freeFrom, isMarked);
    if (start === undefined) continue;
    labels.push({ owner: cell.owner, cell: start, cells: width, onFilled: isFilled(cells(start)) });
    freeFrom = start + width + MARGIN_CELLS;
  }
  return labels;
}

function placeFor(
  cells: (index: number) => Main | undefined,
  begin: number,
  end: number,
  { columns, indent }: Shape,
  width: number,
  freeFrom: number,
  isMarked: (index: number) => boolean,
): number | undefined {
  const part = cells(begin)?.owner.part;
  let filledEnd = begin;
  // The end of the filled cells may be rows below. A name that far from the start would seem to belong to another owner.
  const searchEnd = Math.min(end, begin + 2 * columns);
  while (filledEnd < searchEnd && cells(filledEnd)?.owner.part === part && isFilled(cells(filledEnd))) filledEnd++;
  const afterFilled = filledEnd === begin ? begin : filledEnd + MARGIN_CELLS;
  const isRoom = (start: number, mayCover: boolean) => {
    if (start < freeFrom || start + width > end || ((start + indent) % columns) + width > columns) return false;
    for (let index = start; index < start + width; index++) {
      const cell = cells(index);
      if (cell?.owner.part !== part || (!mayCover && (isFilled(cell) || isMarked(index)))) return false;
    }
    return true;
  };
  if (isRoom(afterFilled, false)) return afterFilled;
  const nextRow = (Math.floor((begin + indent) / columns) + 1) * columns - indent;
  if (isRoom(nextRow, false)) return nextRow;
  // A mark is above a name, and would hide its first letters.
  const afterMarks = afterMarked(begin, isMarked);
  if (afterMarks > begin && isRoom(afterMarks, true)) return afterMarks;
  if (isRoom(begin, true)) return begin;
  return isRoom(nextRow, true) ? nextRow : undefined;
}

/** Maximum marked cells that a name moves away from. Where more are marked, it is on them. */
const MAX_MARKED = 4;

function afterMarked(begin: number, isMarked: (index: number) => boolean): number {
  let end = begin;
  while (end < begin + MAX_MARKED && isMarked(end)) end++;
  return isMarked(end) ? begin : end;
}
