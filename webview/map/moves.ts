/** Moves through the cells of the map, and into them. */
import type { ByteRange, MapResult, ScanSummary } from '../../engine/views/protocol.ts';
import type { EditorModel } from '../state/model.ts';
import type { Cell } from './cell.ts';
import { findingsIn } from './cell-text.ts';
import { type Grid, PAGE_SIZE, rowBytes } from './geometry.ts';
import { cellAt } from './sample.ts';

/** Returns the offset that a key moves to from `cursor`, within the image. Returns undefined for other keys. */
export function movedBy(key: string, grid: Grid, visibleRows: number, cursor: number): number | undefined {
  const row = rowBytes(grid);
  const screen = Math.max(1, Math.floor(visibleRows) - 1) * row;
  const steps: Readonly<Record<string, number>> = {
    ArrowLeft: -grid.bytesPerCell,
    ArrowRight: grid.bytesPerCell,
    ArrowUp: -row,
    ArrowDown: row,
    PageUp: -screen,
    PageDown: screen,
    Home: -cursor,
    End: grid.bytes,
  };
  const step = steps[key];
  return step === undefined ? undefined : Math.min(Math.max(0, cursor + step), grid.bytes - 1);
}

/** Selects the finding that starts in a cell of a result, or else the owner that gives the cell its colour. */
export function goIn(model: EditorModel, result: MapResult, scan: ScanSummary | undefined, start: number): void {
  const fault = findingIn(scan, start, result.bytesPerCell);
  const cell = cellAt(result, start);
  if (fault !== undefined) model.select(fault.start, { range: fault });
  else model.select(cell === undefined ? start : representative(cell, start));
}

/** Returns the range of the most severe finding that starts within a cell. */
function findingIn(scan: ScanSummary | undefined, start: number, length: number): ByteRange | undefined {
  return findingsIn(scan, start, length).find(
    ({ at, severity }) => severity !== 'information' && at !== undefined && at.start >= start,
  )?.at;
}

/**
 * Returns the byte that represents a cell: one of the part that gives it its colour. A coarse cell seldom starts with its owner's bucket
 * or block, so this takes a page in the middle of that part.
 */
export function representative({ parts, main }: Pick<Cell, 'parts' | 'main'>, start: number): number {
  let before = 0;
  for (const { owner, use, bytes } of parts) {
    if (owner.part === main.owner.part && use === main.use) {
      const middle = before + Math.floor(bytes / 2 / PAGE_SIZE) * PAGE_SIZE;
      return start + Math.floor(middle);
    }
    before += bytes;
  }
  return start;
}
