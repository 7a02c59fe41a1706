import { useRef } from 'preact/hooks';
import type { Sort } from '../state/sorting.ts';
import type { TableModel } from '../state/table-model.ts';
import type { ShownColumn } from '../state/table-state.ts';

interface HeadingsProps {
  readonly model: TableModel;
  readonly columns: readonly ShownColumn[];
  readonly sort: Sort | undefined;
  /** The column whose heading is active. */
  readonly active: number | undefined;
}

const MARKS = { ascending: '▲', descending: '▼' } as const;

/** The headings. A click sorts the loaded rows, and the edge of a heading changes the width of its column. */
export function Headings({ model, columns, sort, active }: HeadingsProps) {
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus and names the active cell.
    // biome-ignore lint/a11y/useSemanticElements: see the grid.
    <div class="headings" role="row" aria-rowindex={1}>
      {columns.map((column, index) => {
        const direction = sort?.column === column.id ? sort.direction : undefined;
        return (
          // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus and names the active cell.
          // biome-ignore lint/a11y/useSemanticElements: see the grid.
          <div
            key={column.id}
            id={`heading-${index}`}
            class={`heading${column.isNumber ? ' right' : ''}${column.id === 'index' ? ' index' : ''}${index === active ? ' active' : ''}`}
            role="columnheader"
            aria-colindex={index + 1}
            aria-sort={direction ?? 'none'}
            data-place={`-1,${index}`}
            title={`${column.about}\nClick to sort the loaded rows; drag the right edge to change the width`}
          >
            {/* biome-ignore lint/a11y/noStaticElementInteractions: the keys of the grid sort, too. */}
            {/* biome-ignore lint/a11y/useKeyWithClickEvents: the keys of the grid sort, too. */}
            <span class="heading-text" onClick={() => model.sortBy(column.id)}>
              <span class="heading-label">{column.label}</span>
              {direction !== undefined && (
                <span class="heading-mark" aria-hidden="true">
                  {MARKS[direction]}
                </span>
              )}
            </span>
            <Edge model={model} column={column} />
          </div>
        );
      })}
    </div>
  );
}

/** The right edge of a heading. A double click makes the column as wide as its first rows need. */
function Edge({ model, column }: { readonly model: TableModel; readonly column: ShownColumn }) {
  const drag = useRef<{ readonly x: number; readonly width: number } | undefined>(undefined);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys of the grid change widths, too.
    <span
      class="edge"
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        drag.current = { x: event.clientX, width: column.width };
      }}
      onPointerMove={(event) => {
        if (drag.current) model.resize(column.id, drag.current.width + event.clientX - drag.current.x);
      }}
      onLostPointerCapture={() => {
        drag.current = undefined;
      }}
      onDblClick={(event) => {
        event.stopPropagation();
        model.resize(column.id, undefined);
      }}
    />
  );
}
