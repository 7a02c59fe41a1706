import { formatAddress, formatBytes } from '../../engine/core/format.ts';
import type { Cell } from './cell.ts';
import { type CellFacts, factsOf, partsText } from './cell-text.ts';
import type { Grid } from './geometry.ts';

/** The cell under the pointer, and where the pointer is. */
export interface Pointer {
  readonly cell: number;
  readonly x: number;
  readonly y: number;
}

interface TipProps {
  readonly pointer: Pointer;
  readonly grid: Grid;
  readonly width: number;
  readonly height: number;
  readonly cell: Cell;
  readonly facts: CellFacts;
  /** Decoded fields at its beginning, a line each. */
  readonly fields: readonly string[];
}

/** Height of a tooltip with several lines, for which there must be room below the pointer. */
const MAX_HEIGHT = 150;

/** Tooltip about the cell under the pointer. */
export function Tip({ pointer, grid, width, height, cell, facts, fields }: TipProps) {
  const start = pointer.cell * grid.bytesPerCell;
  const across = pointer.x > width / 2 ? { right: `${width - pointer.x + 12}px` } : { left: `${pointer.x + 14}px` };
  const isLow = pointer.y + MAX_HEIGHT > height && pointer.y > MAX_HEIGHT;
  const down = isLow ? { bottom: `${height - pointer.y + 8}px` } : { top: `${pointer.y + 16}px` };
  return (
    <div class="tip" style={{ ...across, ...down }} aria-hidden="true">
      <b>{partsText(cell)}</b>
      {factsOf(cell, facts).map((line) => (
        <span key={line}>{line}</span>
      ))}
      {fields.map((line, index) => (
        <span key={index} class="decoded">
          {line}
        </span>
      ))}
      <span class="number">
        {formatAddress(start)} +{formatBytes(Math.min(grid.bytesPerCell, grid.bytes - start))}
      </span>
    </div>
  );
}
