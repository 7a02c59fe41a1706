import { useEffect, useLayoutEffect } from 'preact/hooks';
import { ScrollBar } from '../../bytes/scroll-bar.tsx';
import { consumeKey, useSize, wheelPixels } from '../../hooks.ts';
import type { Look } from '../../look.ts';
import type { TableModel } from '../state/table-model.ts';
import { rowCount, scrollOf, shownColumns, type TableState } from '../state/table-state.ts';
import { Headings } from './headings.tsx';
import { Row } from './row.tsx';

interface GridProps {
  readonly model: TableModel;
  readonly state: TableState;
  readonly look: Look;
}

/** Pixels that a key makes a column wider. */
const WIDER = 12;

/** The rows on screen below their headings. Only those are laid out, however many there are. */
export function Grid({ model, state, look }: GridProps) {
  const [view, viewSize] = useSize<HTMLDivElement>();
  const rowHeight = Math.round(look.editorFontSize * 1.45) + 3;
  const seen = Math.max(1, ((viewSize?.height ?? 0) - rowHeight) / rowHeight);
  const columns = shownColumns(state);
  const scroll = scrollOf(state);
  const { cursor } = state;
  useLayoutEffect(() => {
    if (viewSize !== undefined && viewSize.height > 0) model.layOut(seen);
  }, [model, viewSize, seen]);
  useEffect(() => {
    const onCopy = (event: ClipboardEvent) => {
      if (document.activeElement !== view.current || !document.getSelection()?.isCollapsed) return;
      event.preventDefault();
      model.copy(model.state.cursor.row, 'tsv');
    };
    document.addEventListener('copy', onCopy);
    return () => document.removeEventListener('copy', onCopy);
  }, [model, view]);
  useEffect(() => {
    const cell = document.getElementById(cellId(cursor.row, cursor.column));
    const frame = view.current;
    if (cell === null || frame === null) return;
    // Only sideways: which rows are on screen is up to the model. The index, which stays, covers what is left of it.
    const start = cell.offsetLeft - (document.getElementById(cellId(-1, 0))?.offsetWidth ?? 0);
    if (cursor.column === 0) return;
    if (start < frame.scrollLeft) frame.scrollLeft = start;
    const right = cell.offsetLeft + cell.offsetWidth - frame.clientWidth;
    if (right > frame.scrollLeft) frame.scrollLeft = Math.min(right, start);
  }, [cursor, view]);

  const onKeyDown = (event: KeyboardEvent) => {
    const column = columns[cursor.column];
    const isHeading = cursor.row < 0;
    if (isHeading && event.shiftKey && column !== undefined && (event.key === 'ArrowLeft' || event.key === 'ArrowRight'))
      model.resize(column.id, column.width + (event.key === 'ArrowRight' ? WIDER : -WIDER));
    else if (event.key === 'Enter' || (event.key === ' ' && isHeading)) {
      if (!isHeading) model.showBytes(cursor.row);
      else if (column !== undefined) model.sortBy(column.id);
    } else if (event.key === 'Escape') model.stop();
    else {
      const moved = movedBy(event, cursor, { rows: rowCount(state), columns: columns.length, screen: Math.floor(seen) - 1 });
      if (moved === undefined) return;
      model.moveTo(moved.row, moved.column);
    }
    consumeKey(event);
  };

  const first = Math.floor(scroll.top);
  const positions: number[] = [];
  for (let row = first; row < Math.min(scroll.rows, scroll.top + seen); row++) positions.push(row);
  const isCursorSeen = cursor.row < 0 || positions.includes(cursor.row);
  return (
    <div class="grid-body">
      {/* biome-ignore lint/a11y/useSemanticElements: a table cannot scroll over more rows than the browser can lay out. */}
      <div
        id="table-grid"
        class="grid"
        data-pane
        ref={view}
        role="grid"
        tabIndex={0}
        aria-label="Elements"
        aria-rowcount={scroll.rows + 1}
        aria-colcount={columns.length}
        aria-activedescendant={isCursorSeen ? cellId(cursor.row, cursor.column) : undefined}
        style={{
          '--row': `${rowHeight}px`,
          '--columns': columns.map(({ width }) => `${width}px`).join(' '),
          '--width': `${columns.reduce((sum, { width }) => sum + width, 0)}px`,
        }}
        onWheel={(event) => {
          // Sideways, the browser scrolls.
          if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) return;
          event.preventDefault();
          model.scroll(scroll.top + wheelPixels(event, rowHeight, viewSize?.height ?? 0) / rowHeight);
        }}
        onKeyDown={onKeyDown}
        onClick={(event) => {
          const place = placeOf(event);
          if (place !== undefined) model.moveTo(place.row, place.column);
        }}
        onDblClick={(event) => {
          const place = placeOf(event);
          if (place !== undefined && place.row >= 0) model.showBytes(place.row);
        }}
        onContextMenu={(event) => {
          const place = placeOf(event) ?? cursor;
          if (place.row >= 0) model.moveTo(place.row, place.column);
          event.currentTarget.dataset['vscodeContext'] = menuContext(model, place.row);
        }}
      >
        <Headings model={model} columns={columns} sort={state.sort} active={cursor.row < 0 ? cursor.column : undefined} />
        <div class="rows" role="presentation" style={{ transform: `translateY(${(first - scroll.top) * rowHeight}px)` }}>
          {positions.map((position) => (
            <Row
              key={position}
              position={position}
              row={model.rowAt(position)}
              columns={columns}
              active={position === cursor.row ? cursor.column : undefined}
            />
          ))}
        </div>
      </div>
      <ScrollBar label="Position in the table" controls="table-grid" scroll={scroll} onScroll={(row) => model.scroll(row)} />
    </div>
  );
}

function cellId(row: number, column: number): string {
  return row < 0 ? `heading-${column}` : `cell-${row}-${column}`;
}

/** Returns the cell at an event. */
function placeOf({ target }: Event): { readonly row: number; readonly column: number } | undefined {
  const cell = target instanceof HTMLElement ? target.closest('[data-place]') : undefined;
  const [row, column] = (cell instanceof HTMLElement ? (cell.dataset['place'] ?? '') : '').split(',').map(Number);
  return row === undefined || column === undefined ? undefined : { row, column };
}

/** Returns what VS Code's menu needs to know of the row that it is opened on. */
function menuContext(model: TableModel, position: number): string {
  const row = model.rowAt(position);
  if (row === undefined || row === 'unreadable') return JSON.stringify({ preventDefaultContextMenuItems: true });
  const columns = shownColumns(model.state).map(({ id }) => id);
  return JSON.stringify({ webviewSection: 'row', preventDefaultContextMenuItems: true, row: row.index, columns });
}

interface Extent {
  readonly rows: number;
  readonly columns: number;
  readonly screen: number;
}

function movedBy(
  event: KeyboardEvent,
  { row, column }: TableState['cursor'],
  { rows, columns, screen }: Extent,
): TableState['cursor'] | undefined {
  const isFar = event.ctrlKey || event.metaKey;
  switch (event.key) {
    case 'ArrowLeft':
      return { row, column: column - 1 };
    case 'ArrowRight':
      return { row, column: column + 1 };
    case 'ArrowUp':
      return { row: row - 1, column };
    case 'ArrowDown':
      return { row: row + 1, column };
    case 'PageUp':
      return { row: Math.max(0, row - Math.max(1, screen)), column };
    case 'PageDown':
      return { row: row + Math.max(1, screen), column };
    case 'Home':
      return isFar ? { row: 0, column } : { row, column: 0 };
    case 'End':
      return isFar ? { row: rows - 1, column } : { row, column: columns - 1 };
    default:
      return undefined;
  }
}
