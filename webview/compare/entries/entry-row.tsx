import type { DifferenceRow, MarkedText } from '../../../engine/views/diff/calls.ts';
import type { SideName } from '../../../engine/views/diff/page.ts';
import { SIGNS } from '../signs.ts';
import { Marked } from './marked.tsx';

interface EntryRowProps {
  readonly position: number;
  /** Undefined while it is being read. */
  readonly row: DifferenceRow | undefined;
  readonly isSelected: boolean;
  readonly onSelect: () => void;
}

/** An entry that differs: its change, its key, and its values before and after. */
export function EntryRow({ position, row, isSelected, onSelect }: EntryRowProps) {
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus and names the active row.
    // biome-ignore lint/a11y/useSemanticElements: see the grid.
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keys of the grid select, too.
    <div
      id={`entry-${position}`}
      class={`entry${isSelected ? ' selected' : ''}`}
      role="row"
      aria-rowindex={position + 2}
      aria-selected={isSelected}
      onClick={onSelect}
    >
      <Cell kind={`sign ${row?.change ?? ''}`}>
        {row !== undefined && (
          <>
            <span aria-hidden="true">{SIGNS[row.change]}</span>
            <span class="announcement">{row.change}</span>
          </>
        )}
      </Cell>
      <Cell kind="key">{row?.name ?? '…'}</Cell>
      <Value row={row} side="before" value={row?.before} />
      <Value row={row} side="after" value={row?.after} />
    </div>
  );
}

interface CellProps {
  readonly kind: string;
  readonly children: preact.ComponentChildren;
}

function Cell({ kind, children }: CellProps) {
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus and names the active row.
    // biome-ignore lint/a11y/useSemanticElements: see the grid.
    <span class={`cell ${kind}`} role="gridcell">
      {children}
    </span>
  );
}

interface ValueProps {
  readonly row: DifferenceRow | undefined;
  readonly side: SideName;
  readonly value: MarkedText | undefined;
}

function Value({ row, side, value }: ValueProps) {
  if (row === undefined) return <Cell kind={side}>…</Cell>;
  const isThere = row.change !== (side === 'before' ? 'added' : 'removed');
  if (!isThere) return <Cell kind={`${side} missing`}>–</Cell>;
  if (value === undefined) return <Cell kind={`${side} quiet`}>present</Cell>;
  if (value.text === '') return <Cell kind={`${side} quiet`}>(empty)</Cell>;
  return (
    <Cell kind={side}>
      <Marked value={value} side={side} />
    </Cell>
  );
}
