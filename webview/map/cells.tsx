import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { formatAddress, formatBytes } from '../../engine/core/format.ts';
import type { ByteRange, FindingRow, ScanSummary } from '../../engine/views/protocol.ts';
import { keep, usePainter, useSize, wheelPixels } from '../hooks.ts';
import type { Look } from '../look.ts';
import type { EditorModel } from '../state/model.ts';
import { type EditorState, gridOf } from '../state/state.ts';
import { USE_NAMES } from '../strip/usage.ts';
import { cellOf, cellUnder, columnsFor, type Grid, PAGE_SIZE, ROW_HEIGHT, rowBytes, rowsIn } from './geometry.ts';
import { paintCells, paintMarks } from './paint.ts';
import { type Cell, cellAt, faultsOf } from './sample.ts';

interface CellsProps {
  readonly model: EditorModel;
  readonly state: EditorState;
  readonly look: Look;
}

/** Turning the wheel this far, in pixels, is one level of zoom. */
const ZOOM_TURN = 60;
/** Every so many rows have their address at the left. */
const RULER_ROWS = 4;

interface Pointer {
  readonly cell: number;
  readonly x: number;
  readonly y: number;
}

/** The cells, with their addresses at the left. By pointer: hover tells, a click selects, the wheel scrolls, with Ctrl it zooms. */
export function Cells({ model, state, look }: CellsProps) {
  const [field, size] = useSize<HTMLDivElement>();
  const cells = useRef<HTMLCanvasElement>(null);
  const marks = useRef<HTMLCanvasElement>(null);
  const turned = useRef(0);
  const [pointer, setPointer] = useState<Pointer>();
  const painter = usePainter(look);
  const grid = gridOf(state);
  const { mapTop: top, filter, selection, scan } = state;
  const { result } = state.map;

  useLayoutEffect(() => {
    if (size !== undefined && size.width > 0 && size.height > 0) {
      model.layOutMap({ ...columnsFor(size.width), rowsSeen: rowsIn(size.height) });
    }
  }, [model, size]);
  useLayoutEffect(() => {
    if (cells.current === null || grid === undefined || size === undefined || result === undefined) return;
    const screen = { ...size, grid, top, rowsSeen: grid.rowsSeen, look };
    paintCells(cells.current, screen, { result, filter, faults: faultsOf(result, scan), painter });
  }, [result, scan, filter, painter, size, top, grid?.bytes, grid?.bytesPerCell, grid?.columns, grid?.pitch, grid?.rowsSeen]);
  useLayoutEffect(() => {
    if (marks.current === null || grid === undefined || size === undefined) return;
    const screen = { ...size, grid, top, rowsSeen: grid.rowsSeen, look };
    paintMarks(marks.current, screen, { selection: selection?.stretch, hovered: pointer?.cell });
  });

  const describe = (address: number) => {
    const cell = result === undefined ? undefined : cellAt(result, address);
    return cell === undefined ? '' : storyOf(cell);
  };
  const under = (event: MouseEvent): Pointer | undefined => {
    const cell = grid === undefined ? undefined : cellUnder(grid, event.offsetX, event.offsetY, top);
    return cell === undefined ? undefined : { cell, x: event.offsetX, y: event.offsetY };
  };
  const onWheel = (event: WheelEvent) => {
    if (grid === undefined) return;
    event.preventDefault();
    const pixels = wheelPixels(event, ROW_HEIGHT, size?.height ?? 0);
    if (!event.ctrlKey) {
      setPointer(undefined);
      model.scrollMap(top + (pixels / ROW_HEIGHT) * rowBytes(grid));
      return;
    }
    turned.current += pixels;
    if (Math.abs(turned.current) < ZOOM_TURN) return;
    model.zoom(turned.current > 0 ? 1 : -1, (under(event)?.cell ?? cellOf(grid, top)) * grid.bytesPerCell);
    turned.current = 0;
    setPointer(undefined);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (grid === undefined) return;
    const cursor = selection?.cursor ?? top;
    const moved = movedBy(event.key, grid, cursor);
    if (moved !== undefined) {
      const start = Math.floor(moved / grid.bytesPerCell) * grid.bytesPerCell;
      const length = Math.min(grid.bytesPerCell, grid.bytes - start);
      model.select(start, {
        stretch: { start, length },
        explain: 'soon',
        announcement: `${formatAddress(start)}: ${describe(start)}`,
      });
    } else if (event.key === 'Enter') model.select(cursor);
    else if (event.key === '+' || event.key === '=') model.zoom(-1, cursor);
    else if (event.key === '-') model.zoom(1, cursor);
    else if (event.key === '0') model.zoomStandard();
    else if (event.key === 'Escape') model.toggleFilter({ owner: filter.owner, use: filter.use });
    else return;
    keep(event);
  };

  const rulerWidth = grid === undefined ? 0 : formatAddress(Math.max(0, grid.bytes - 1)).length;
  return (
    <div class="cells" style={{ '--ruler': `${rulerWidth}ch` }}>
      <div class="ruler" aria-hidden="true">
        {grid !== undefined &&
          rulerRows(grid, top).map(({ address, y }) => (
            <span key={address} style={{ top: `${y}px` }}>
              {formatAddress(address)}
            </span>
          ))}
      </div>
      <div
        id="map-cells"
        class="field"
        data-vscode-context='{"preventDefaultContextMenuItems":true}'
        ref={field}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the map is driven by keys.
        tabIndex={0}
        role="application"
        aria-roledescription="memory map"
        aria-label="Cells of the image. Arrow keys move, Enter explains, plus and minus change the size of the cells."
        onWheel={onWheel}
        onKeyDown={onKeyDown}
        onPointerMove={(event) => setPointer(under(event))}
        onPointerLeave={() => setPointer(undefined)}
        onClick={(event) => {
          const at = under(event);
          if (grid === undefined || at === undefined) return;
          const fault = findingIn(scan, at.cell * grid.bytesPerCell, grid.bytesPerCell);
          if (fault === undefined) model.select(representative(grid, at.cell));
          else model.select(fault.start, { stretch: fault });
        }}
      >
        <canvas ref={cells} />
        <canvas ref={marks} />
        {grid !== undefined && pointer !== undefined && (
          <Tip pointer={pointer} grid={grid} width={size?.width ?? 0} story={describe(pointer.cell * grid.bytesPerCell)} />
        )}
      </div>
    </div>
  );
}

/** Parts of a cell that are told one by one. */
const MAX_TOLD = 4;

/** `3 events, live`; of a cell that holds several: `3 events: live 48 KiB, free 16 KiB`. */
function storyOf({ parts, main }: Cell): string {
  if (parts.length === 1) return `${main.owner.label}, ${USE_NAMES[main.use]}`;
  const largest = [...parts].sort((a, b) => b.bytes - a.bytes).slice(0, MAX_TOLD);
  const told = parts.filter((part) => largest.includes(part));
  const sentences = told.map(({ owner, use, bytes }, index) => {
    const name = owner.part === told[index - 1]?.owner.part ? '' : `${index === 0 ? '' : ' · '}${owner.label}: `;
    return `${name || ', '}${USE_NAMES[use]} ${formatBytes(Math.round(bytes))}`;
  });
  return sentences.join('') + (parts.length > told.length ? ' …' : '');
}

/** The byte that stands for a cell. Buckets and blocks seldom begin with a coarse cell: its middle is rather its owner's. */
function representative(grid: Grid, cell: number): number {
  const pages = grid.bytesPerCell / PAGE_SIZE;
  const offset = cell * grid.bytesPerCell + Math.floor(pages / 2) * PAGE_SIZE;
  return offset < grid.bytes ? offset : cell * grid.bytesPerCell;
}

/** What a red edge is about: the gravest finding that begins within the cell. */
function findingIn(scan: ScanSummary | undefined, start: number, length: number): ByteRange | undefined {
  const isInside = ({ at, severity }: FindingRow) =>
    severity !== 'information' && at !== undefined && at.start >= start && at.start < start + length;
  return scan?.findings.find(isInside)?.at;
}

/** Where a key leads from the cell of `cursor`: within the image; undefined for other keys. */
function movedBy(key: string, grid: Grid & { readonly rowsSeen: number }, cursor: number): number | undefined {
  const row = rowBytes(grid);
  const screen = Math.max(1, Math.floor(grid.rowsSeen) - 1) * row;
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

function rulerRows(
  grid: Grid & { readonly rowsSeen: number },
  top: number,
): readonly { readonly address: number; readonly y: number }[] {
  const topRow = top / rowBytes(grid);
  const rows: { address: number; y: number }[] = [];
  const last = Math.min(topRow + grid.rowsSeen, grid.bytes / rowBytes(grid));
  for (let row = Math.ceil(topRow / RULER_ROWS) * RULER_ROWS; row < last; row += RULER_ROWS) {
    rows.push({ address: row * rowBytes(grid), y: (row - topRow) * ROW_HEIGHT });
  }
  return rows;
}

interface TipProps {
  readonly pointer: Pointer;
  readonly grid: Grid;
  readonly width: number;
  readonly story: string;
}

/** What lies under the pointer, beside it. */
function Tip({ pointer, grid, width, story }: TipProps) {
  const start = pointer.cell * grid.bytesPerCell;
  const isLeft = pointer.x > width / 2;
  const side = isLeft ? { right: `${width - pointer.x + 12}px` } : { left: `${pointer.x + 14}px` };
  return (
    <div class="tip" style={{ ...side, top: `${pointer.y + 16}px` }} aria-hidden="true">
      <b>{story}</b>
      <span class="number">
        {formatAddress(start)} +{formatBytes(Math.min(grid.bytesPerCell, grid.bytes - start))}
      </span>
    </div>
  );
}
