import { useRef } from 'preact/hooks';
import { formatAddress, formatBytes, formatCount } from '../../engine/core/format.ts';
import { useOneTabStop } from '../keyboard/one-tab-stop.ts';
import type { Look } from '../look.ts';
import type { EditorModel } from '../state/model.ts';
import { capacityOf, colouringOf, type EditorState, gridOf, imageOf } from '../state/state.ts';
import { Cells } from './cells.tsx';
import { addressAt, type Grid, PAGE_SIZE, rowBytes, zoomed } from './geometry.ts';
import { ColourBy } from './legend/colour-by.tsx';
import { Legend } from './legend/legend.tsx';
import { Scale } from './legend/scale.tsx';
import { Minimap } from './minimap.tsx';

interface MapPaneProps {
  readonly model: EditorModel;
  readonly state: EditorState;
  readonly look: Look;
}

/** The map of the image: the minimap, the meaning of the colours, and the cells. */
export function MapPane({ model, state, look }: MapPaneProps) {
  const grid = gridOf(state);
  const { error } = state.map;
  const colouring = colouringOf(state);
  return (
    <section class="map" aria-label="Memory map">
      <Minimap model={model} state={state} look={look} />
      <div class="map-main">
        <div class="tools">
          <ColourBy
            colouring={colouring}
            hasAges={imageOf(state)?.summary.step !== undefined}
            onChoose={(chosen) => model.colourBy(chosen)}
          />
          {colouring === 'fill' || colouring === 'age' ? (
            <Scale colouring={colouring} look={look} />
          ) : (
            <Legend key={colouring} model={model} state={state} look={look} colouring={colouring} />
          )}
          {grid !== undefined && <Zoom model={model} state={state} grid={grid} />}
        </div>
        {error !== undefined && (
          <p class="problem" role="alert">
            {error}
          </p>
        )}
        <Cells model={model} state={state} look={look} />
      </div>
    </section>
  );
}

/** Describes the size of a cell: `1 page (64 KiB)`, `16 pages (1 MiB)`, `4 KiB`. */
function cellName(bytesPerCell: number): string {
  const pages = bytesPerCell / PAGE_SIZE;
  if (pages < 1) return formatBytes(bytesPerCell);
  return `${pages === 1 ? '1 page' : `${formatCount(pages)} pages`} (${formatBytes(bytesPerCell)})`;
}

function Zoom({
  model,
  state,
  grid,
}: {
  readonly model: EditorModel;
  readonly state: EditorState;
  readonly grid: Grid & { readonly visibleRows: number };
}) {
  const group = useRef<HTMLDivElement>(null);
  const keys = useOneTabStop(group);
  const { mapTop, mapRoom, selection } = state;
  const start = addressAt(grid, mapTop);
  const end = Math.min(grid.bytes, addressAt(grid, mapTop + Math.floor(grid.visibleRows) * rowBytes(grid)));
  const isSelectionSeen = selection !== undefined && selection.cursor >= start && selection.cursor < end;
  const anchor = isSelectionSeen ? selection.cursor : start;
  const can = (direction: 1 | -1) =>
    mapRoom !== undefined && zoomed(grid.bytesPerCell, direction, grid.bytes, capacityOf(mapRoom)) !== grid.bytesPerCell;
  return (
    <div class="zoom" role="toolbar" aria-label="Size of the cells" ref={group} {...keys}>
      <button type="button" class="plain" title="Reset the size of cells (0)" onClick={() => model.resetZoom()}>
        1 cell = {cellName(grid.bytesPerCell)}
      </button>
      <span class="addresses">
        {formatAddress(start)} – {formatAddress(end)}
      </span>
      <button
        type="button"
        class="icon"
        aria-label="Coarser cells"
        title="Coarser cells (-)"
        aria-disabled={!can(1)}
        onClick={() => model.zoom(1, anchor)}
      >
        −
      </button>
      <button
        type="button"
        class="icon"
        aria-label="Finer cells"
        title="Finer cells (+)"
        aria-disabled={!can(-1)}
        onClick={() => model.zoom(-1, anchor)}
      >
        +
      </button>
    </div>
  );
}
