import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { formatAddress } from '../../engine/core/format.ts';
import type { ByteRange } from '../../engine/views/protocol.ts';
import { consumeKey, useFrame, usePainter, useSize, wheelPixels } from '../hooks.ts';
import type { Look } from '../look.ts';
import type { EditorModel } from '../state/model.ts';
import { colouringOf, type EditorState, gridOf, imageOf } from '../state/state.ts';
import { factsOf, fieldLines, partsText } from './cell-text.ts';
import { addressAt, cellUnder, columnsFor, GAP, type Grid, ROW_HEIGHT, rowBytes, rowsIn, visibleCells } from './geometry.ts';
import { paintMarks } from './marks.ts';
import { goIn, movedBy } from './moves.ts';
import { paintCells } from './paint.ts';
import { cellAt, cellsTouched, faultsOf } from './sample.ts';
import { CellSlices } from './slices.ts';
import { type Pointer, Tip } from './tip.tsx';

interface CellsProps {
  readonly model: EditorModel;
  readonly state: EditorState;
  readonly look: Look;
}

/** Wheel distance of one zoom level, in pixels. */
const ZOOM_DISTANCE = 60;
/** Number of rows between two addresses at the left. */
const RULER_ROWS = 4;

/** Bytes at the beginning of a cell that are decoded for its tooltip. */
const HOVERED_BYTES = 256;
/** Time that the pointer must rest on a cell before they are. Milliseconds. */
const REST_DELAY = 120;

const NOTHING: readonly ByteRange[] = [];

/**
 * The cells, with their addresses at the left. Hover describes a cell, a click selects it, a double click goes into it. The wheel
 * scrolls, and Ctrl with the wheel zooms.
 */
export function Cells({ model, state, look }: CellsProps) {
  const [field, size] = useSize<HTMLDivElement>();
  const cells = useRef<HTMLCanvasElement>(null);
  const marks = useRef<HTMLCanvasElement>(null);
  const turned = useRef(0);
  const [pointer, setPointer] = useState<Pointer>();
  const painter = usePainter(look);
  const grid = gridOf(state);
  const colouring = colouringOf(state);
  const { mapTop: top, filter, selection, scan } = state;
  const { result } = state.map;
  const { changed = NOTHING, step } = imageOf(state)?.summary ?? {};
  const units = Math.max(1, Math.round(((grid?.pitch ?? 1) - GAP) * window.devicePixelRatio));
  const slices = useMemo(() => new CellSlices(filter, colouring, units), [filter, colouring, units]);
  const shape = [grid?.bytes, grid?.bytesPerCell, grid?.columns, grid?.pitch, grid?.visibleRows, grid?.indent, top] as const;
  const { faulty, touched } = useMemo(() => {
    if (grid === undefined || result === undefined) return { faulty: new Set<number>(), touched: new Set<number>() };
    const visible = visibleCells(grid, top, grid.visibleRows);
    return {
      faulty: cellsTouched(faultsOf(result, scan), grid.bytesPerCell, visible),
      touched: cellsTouched(changed, grid.bytesPerCell, visible),
    };
  }, [result, scan, changed, ...shape]);

  useLayoutEffect(() => {
    if (size !== undefined && size.width > 0 && size.height > 0) {
      model.layOutMap({ ...columnsFor(size.width), visibleRows: rowsIn(size.height) });
    }
  }, [model, size]);
  useFrame(() => {
    if (cells.current === null || grid === undefined || size === undefined || result === undefined) return;
    const screen = { ...size, grid, top, visibleRows: grid.visibleRows, look };
    const isMarked = (cell: number) => faulty.has(cell) || touched.has(cell);
    paintCells(cells.current, screen, { result, filter, colouring, slices, step, painter, isMarked });
  }, [result, slices, step, painter, size, faulty, touched, ...shape]);
  useFrame(() => {
    if (marks.current === null || grid === undefined || size === undefined) return;
    const screen = { ...size, grid, top, visibleRows: grid.visibleRows, look };
    paintMarks(marks.current, screen, {
      selection: selection?.range,
      hovered: pointer?.cell,
      faulty,
      changed: touched,
    });
  });

  const factsAt = (cell: number) => ({
    ...{ colouring, step, writes: result?.lastWrites },
    ...{ isFaulty: faulty.has(cell), isChanged: touched.has(cell) },
  });
  const describe = (address: number) => {
    const cell = result === undefined ? undefined : cellAt(result, address);
    if (cell === undefined || grid === undefined) return '';
    return [partsText(cell), ...factsOf(cell, factsAt(Math.floor(address / grid.bytesPerCell)))].join(', ');
  };
  useEffect(() => {
    if (pointer === undefined || grid === undefined) return model.rest(undefined);
    const start = pointer.cell * grid.bytesPerCell;
    const length = Math.min(grid.bytesPerCell, HOVERED_BYTES, grid.bytes - start);
    const timer = setTimeout(() => model.rest({ start, length }), REST_DELAY);
    return () => clearTimeout(timer);
  }, [model, pointer?.cell, grid?.bytesPerCell]);
  const under = (event: MouseEvent): Pointer | undefined => {
    const cell = grid === undefined ? undefined : cellUnder(grid, event.offsetX, event.offsetY, top);
    return cell === undefined ? undefined : { cell, x: event.offsetX, y: event.offsetY };
  };
  const goInto = (address: number) => {
    if (grid === undefined || result === undefined) return;
    goIn(model, result, scan, Math.floor(address / grid.bytesPerCell) * grid.bytesPerCell);
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
    if (Math.abs(turned.current) < ZOOM_DISTANCE) return;
    const cell = under(event)?.cell;
    model.zoom(turned.current > 0 ? 1 : -1, cell === undefined ? addressAt(grid, top) : cell * grid.bytesPerCell);
    turned.current = 0;
    setPointer(undefined);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // Alt and the arrows go back and forward in VS Code, and Ctrl or Cmd with other keys are its commands.
    if (grid === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    const cursor = selection?.cursor ?? addressAt(grid, top);
    const moved = movedBy(event.key, grid, grid.visibleRows, cursor);
    if (moved !== undefined) {
      const start = Math.floor(moved / grid.bytesPerCell) * grid.bytesPerCell;
      model.selectCell(start, `${formatAddress(start)}: ${describe(start)}`);
    } else if (event.key === 'Enter') goInto(cursor);
    else if (event.key === '+' || event.key === '=') model.zoom(-1, cursor);
    else if (event.key === '-') model.zoom(1, cursor);
    else if (event.key === '0') model.resetZoom();
    else if (event.key === 'Escape') model.toggleFilter(filter);
    else return;
    consumeKey(event);
  };

  const rulerWidth = grid === undefined ? 0 : formatAddress(Math.max(0, grid.bytes - 1)).length;
  const hovered =
    pointer === undefined || result === undefined || grid === undefined
      ? undefined
      : cellAt(result, pointer.cell * grid.bytesPerCell);
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
        data-pane
        data-vscode-context='{"preventDefaultContextMenuItems":true}'
        ref={field}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the map is driven by keys.
        tabIndex={0}
        role="application"
        aria-roledescription="memory map"
        aria-label="Cells of the image. Arrow keys select a cell, Enter goes into it, plus and minus change the size of the cells."
        onWheel={onWheel}
        onKeyDown={onKeyDown}
        onPointerMove={(event) => setPointer(under(event))}
        onPointerLeave={() => setPointer(undefined)}
        onClick={(event) => {
          const at = under(event);
          // The second click of a double click has selected the cell already.
          if (grid === undefined || at === undefined || event.detail > 1) return;
          const start = at.cell * grid.bytesPerCell;
          model.selectCell(start, `${formatAddress(start)}: ${describe(start)}`);
        }}
        onDblClick={(event) => {
          const at = under(event);
          if (grid !== undefined && at !== undefined) goInto(at.cell * grid.bytesPerCell);
        }}
      >
        <canvas ref={cells} />
        <canvas ref={marks} />
        {grid !== undefined && pointer !== undefined && hovered !== undefined && (
          <Tip
            pointer={pointer}
            grid={grid}
            width={size?.width ?? 0}
            height={size?.height ?? 0}
            cell={hovered}
            facts={factsAt(pointer.cell)}
            fields={restsOn(state, pointer.cell * grid.bytesPerCell) ? fieldLines(state.hoveredFields.result?.fields ?? []) : []}
          />
        )}
      </div>
    </div>
  );
}

/** Returns true if the fields of the cell that starts at an offset are known. */
function restsOn({ hovered, hoveredFields, generation }: EditorState, start: number): boolean {
  return hovered?.start === start && hoveredFields.result?.offset === start && hoveredFields.generation === generation;
}

function rulerRows(
  grid: Grid & { readonly visibleRows: number },
  top: number,
): readonly { readonly address: number; readonly y: number }[] {
  const bytes = rowBytes(grid);
  const topRow = top / bytes;
  const rows: { address: number; y: number }[] = [];
  const last = Math.min(topRow + grid.visibleRows, (grid.bytes + grid.indent * grid.bytesPerCell) / bytes);
  for (let row = Math.ceil(topRow / RULER_ROWS) * RULER_ROWS; row < last; row += RULER_ROWS) {
    rows.push({ address: addressAt(grid, row * bytes), y: (row - topRow) * ROW_HEIGHT });
  }
  return rows;
}
