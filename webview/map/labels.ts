/** Where the names of owners stand in the map: at the beginning of each owner's run, beside its filled cells if there is room, else on them. */
import type { Cell } from './sample.ts';

/** What stands for a cell. */
type Main = Cell['main'];

export interface Label {
  readonly owner: Main['owner'];
  /** The cell at whose left edge the name begins. */
  readonly cell: number;
  /** Cells that the name covers. */
  readonly cells: number;
  /** It covers cells that hold something. */
  readonly onFilled: boolean;
}

/** A name lies over whole cells; one more keeps it off its neighbours. */
const MARGIN_CELLS = 1;

const FILLED: ReadonlySet<Main['use']> = new Set(['live', 'metadata', 'leaked', 'free', 'uncounted']);
const isFilled = (cell: Main | undefined) => cell !== undefined && FILLED.has(cell.use);

/**
 * The labels of cells `first` to `end`. `cellsFor` tells how many cells wide a name is. A name keeps off faulty cells where it can. An owner without a colour (the manager, what is
 * nobody's) has no name in the map.
 */
export function labelsOf(
  cells: (index: number) => Main | undefined,
  range: { readonly first: number; readonly end: number },
  columns: number,
  cellsFor: (label: string) => number,
  isFaulty: (index: number) => boolean = () => false,
): readonly Label[] {
  const labels: Label[] = [];
  let freeFrom = range.first;
  for (let index = range.first; index < range.end; index++) {
    const cell = cells(index);
    if (cell === undefined || cell.owner.colour < 0) continue;
    if (index > range.first && cells(index - 1)?.owner.part === cell.owner.part) continue;
    const width = cellsFor(cell.owner.label);
    const start = placeFor(cells, index, range.end, columns, width, freeFrom, isFaulty);
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
  columns: number,
  width: number,
  freeFrom: number,
  isFaulty: (index: number) => boolean,
): number | undefined {
  const part = cells(begin)?.owner.part;
  let filledEnd = begin;
  // The end of the filled cells may lie rows below; a name that far from its beginning would be read as another's.
  const lookedAt = Math.min(end, begin + 2 * columns);
  while (filledEnd < lookedAt && cells(filledEnd)?.owner.part === part && isFilled(cells(filledEnd))) filledEnd++;
  const beside = filledEnd === begin ? begin : filledEnd + MARGIN_CELLS;
  const isRoom = (start: number, mayCover: boolean) => {
    if (start < freeFrom || start + width > end || (start % columns) + width > columns) return false;
    for (let index = start; index < start + width; index++) {
      const cell = cells(index);
      if (cell?.owner.part !== part || (!mayCover && (isFilled(cell) || isFaulty(index)))) return false;
    }
    return true;
  };
  if (isRoom(beside, false)) return beside;
  const nextRow = (Math.floor(begin / columns) + 1) * columns;
  if (isRoom(nextRow, false)) return nextRow;
  if (isRoom(begin, true)) return begin;
  return isRoom(nextRow, true) ? nextRow : undefined;
}
