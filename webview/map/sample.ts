/** Reading an answer of the map by address, whatever cells it was asked for: an older answer serves until the new one is there. */
import { CELL_FATES, type CellFate, type MapAnswer, type MapOwner, type Stretch, type Survey } from '../../engine/protocol.ts';
import { cellsSeen, type Grid } from './geometry.ts';

/** The most cells of one question: the visible ones and some screens around them. */
const MOST_ASKED = 16_384;

export interface Cell {
  readonly owner: MapOwner;
  readonly fate: CellFate;
}

/** What stands at `address`; undefined where the answer does not reach. */
export function cellAt(answer: MapAnswer, address: number): Cell | undefined {
  const index = Math.floor((address - answer.from) / answer.bytesPerCell);
  const owner = answer.owners[answer.ownerOf[index] ?? -1];
  const fate = CELL_FATES[answer.fates[index] ?? -1];
  return owner === undefined || fate === undefined ? undefined : { owner, fate };
}

/** The addresses that an answer covers: `from` up to `end`. */
export function coverage(answer: MapAnswer): { readonly from: number; readonly end: number } {
  return { from: answer.from, end: answer.from + answer.fates.length * answer.bytesPerCell };
}

/** Where something is wrong: what the map was told at once, and what the whole walk has found since. */
export function faultsOf(answer: MapAnswer, survey: Survey | undefined): readonly Stretch[] {
  const found = (survey?.findings ?? []).filter(({ severity }) => severity !== 'information').flatMap(({ at }) => at ?? []);
  const told = Array.from(answer.faults, (cell) => ({
    start: answer.from + cell * answer.bytesPerCell,
    length: answer.bytesPerCell,
  }));
  return [...told, ...found];
}

/** The cells from `first` up to `end` that some of the stretches touch. */
export function cellsTouched(
  stretches: readonly Stretch[],
  bytesPerCell: number,
  { first, end }: { readonly first: number; readonly end: number },
): ReadonlySet<number> {
  const touched = new Set<number>();
  for (const { start, length } of stretches) {
    const last = Math.floor((start + Math.max(1, length) - 1) / bytesPerCell);
    for (let cell = Math.max(first, Math.floor(start / bytesPerCell)); cell <= Math.min(last, end - 1); cell++) touched.add(cell);
  }
  return touched;
}

export interface MapQuestion {
  readonly from: number;
  readonly bytesPerCell: number;
  readonly cells: number;
}

/** How many cells are asked for before and behind `seen` visible ones: whole rows. */
function cellsAround(grid: Grid, seen: number): number {
  const room = Math.max(0, Math.floor((MOST_ASKED - seen) / 2));
  return Math.floor(Math.min(room, 1.5 * seen) / grid.columns) * grid.columns;
}

/** What to ask for a screen at `top`: whole rows, a screen and a half before and behind. */
export function questionFor(grid: Grid, top: number, rowsSeen: number): MapQuestion {
  const { first, end } = cellsSeen(grid, top, rowsSeen);
  const around = cellsAround(grid, end - first);
  const from = Math.max(0, first - around);
  const cells = Math.min(end + around, Math.ceil(grid.bytes / grid.bytesPerCell)) - from;
  return { from: from * grid.bytesPerCell, bytesPerCell: grid.bytesPerCell, cells };
}

/** Whether `answer` shows all of the screen at `top`, and enough around it not to ask again. */
export function suffices(answer: MapAnswer, grid: Grid, top: number, rowsSeen: number): boolean {
  if (answer.bytesPerCell !== grid.bytesPerCell) return false;
  const { first, end } = cellsSeen(grid, top, rowsSeen);
  // Never more than is asked for: an answer that cannot suffice would be asked for again and again.
  const ahead = Math.floor(cellsAround(grid, end - first) / 3);
  const { from, end: covered } = coverage(answer);
  const wantedFrom = Math.max(0, first - ahead) * grid.bytesPerCell;
  const wantedEnd = Math.min(end + ahead, Math.ceil(grid.bytes / grid.bytesPerCell)) * grid.bytesPerCell;
  return from <= wantedFrom && covered >= wantedEnd;
}
