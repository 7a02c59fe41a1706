import { formatAddress, formatCounted } from '../../../engine/core/format.ts';
import type { CachedRow } from '../state/row-cache.ts';
import type { ShownColumn } from '../state/table-state.ts';

interface RowProps {
  readonly position: number;
  /** Undefined while it is being read. */
  readonly row: CachedRow | undefined;
  readonly columns: readonly ShownColumn[];
  /** The active column, if this row is selected. */
  readonly active: number | undefined;
}

/** One row of cells. */
export function Row({ position, row, columns, active }: RowProps) {
  const isSelected = active !== undefined;
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus and names the active cell.
    // biome-ignore lint/a11y/useSemanticElements: see the grid.
    <div class={`row${isSelected ? ' selected' : ''}`} role="row" aria-rowindex={position + 2} aria-selected={isSelected}>
      {columns.map(({ id, place, isNumber }, index) => {
        const cell = textOf(row, place, position);
        const kind = cell === undefined ? ' none' : cell === 'null' || cell === 'None' ? ' nothing' : '';
        return (
          // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus and names the active cell.
          // biome-ignore lint/a11y/useSemanticElements: see the grid.
          <div
            key={id}
            id={`cell-${position}-${index}`}
            class={`cell${isNumber ? ' right' : ''}${id === 'index' ? ' index' : ''}${kind}${index === active ? ' active' : ''}`}
            role="gridcell"
            aria-colindex={index + 1}
            data-place={`${position},${index}`}
            title={tooltipOf(cell, row)}
          >
            {cell}
          </div>
        );
      })}
    </div>
  );
}

/** Returns the tooltip of a cell: its text, and beneath it the length and the offset of the value. */
function tooltipOf(cell: string | undefined, row: CachedRow | undefined): string | undefined {
  if (cell === undefined || row === undefined || row === 'unreadable') return cell;
  const { at } = row;
  return at === undefined ? cell : `${cell}\n${formatCounted(at.length, 'byte')} at ${formatAddress(at.start)} of the image`;
}

function textOf(row: CachedRow | undefined, place: number, position: number): string | undefined {
  if (row === undefined) return place === 0 ? String(position) : '…';
  if (row === 'unreadable') return place === 0 ? String(position) : place === 1 ? 'cannot be read' : undefined;
  return row.cells[place];
}
