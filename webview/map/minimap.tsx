import { useMemo, useRef } from 'preact/hooks';
import { prepare } from '../canvas.ts';
import { cssColour } from '../colour.ts';
import { useFrame, usePainter, useSize, wheelPixels } from '../hooks.ts';
import type { Look } from '../look.ts';
import type { EditorModel } from '../state/model.ts';
import { type EditorState, gridOf, imageOf } from '../state/state.ts';
import { Bins } from './bins.ts';
import { colourOf } from './colouring.ts';
import { addressAt, ROW_HEIGHT, rowBytes, rowCount, topOf } from './geometry.ts';
import { cellAt, cellsTouched, faultsOf } from './sample.ts';
import { passes } from './slices.ts';

const MARGIN = 3;
const MIN_VIEWPORT = 6;

interface MinimapProps {
  readonly model: EditorModel;
  readonly state: EditorState;
  readonly look: Look;
}

/** The map's scroll bar: the whole image from top to bottom, with a frame around what the map shows. */
export function Minimap({ model, state, look }: MinimapProps) {
  const [bar, size] = useSize<HTMLDivElement>();
  const canvas = useRef<HTMLCanvasElement>(null);
  const frame = useRef<HTMLCanvasElement>(null);
  const painter = usePainter(look);
  const bins = useMemo(() => new Bins(), []);
  const grid = gridOf(state);
  const bytes = imageOf(state)?.summary.bytes ?? 0;
  const changed = imageOf(state)?.summary.changed;
  const { mapTop, selection, filter, scan, colouring } = state;
  const { result } = state.overview;

  useFrame(() => {
    if (canvas.current === null || size === undefined || result === undefined || size.height === 0) return;
    const context = prepare(canvas.current, size.width, size.height);
    if (context === null) return;
    const height = size.height - 2 * MARGIN;
    const width = size.width - 2 * MARGIN;
    bins.of(result, bytes, Math.floor(height)).forEach((bin, index) => {
      if (bin === undefined) return;
      const owner = result.owners[bin.owner];
      const isHighlighted =
        owner === undefined ? filter.use === undefined || filter.use === bin.use : passes(filter, { owner, use: bin.use });
      context.globalAlpha = isHighlighted ? 1 : 0.2;
      // A line of pixels is too thin for the outline of a free cell.
      const use = bin.use === 'free' || bin.use === 'metadata' ? 'unknown' : bin.use;
      painter.paint(
        context,
        { x: MARGIN, y: MARGIN + index, width, height: 1 },
        owner === undefined ? -1 : colourOf(owner, colouring),
        bin.use === 'metadata' ? 'live' : use,
      );
    });
    context.globalAlpha = 1;
    context.fillStyle = cssColour(look.error);
    for (const line of cellsTouched(faultsOf(result, scan), bytes / height, { first: 0, end: height })) {
      context.fillRect(size.width - MARGIN, MARGIN + line - 1, MARGIN, 3);
    }
    context.fillStyle = cssColour(look.step);
    for (const line of cellsTouched(changed ?? [], bytes / height, { first: 0, end: height })) {
      context.fillRect(0, MARGIN + line - 1, MARGIN, 3);
    }
  }, [result, scan, changed, size, look, painter, filter, colouring, bytes]);

  useFrame(() => {
    if (frame.current === null || size === undefined || grid === undefined) return;
    const context = prepare(frame.current, size.width, size.height);
    if (context === null) return;
    const height = size.height - 2 * MARGIN;
    const y = (address: number) => MARGIN + (height * Math.min(address, bytes)) / bytes;
    const before = grid.indent * grid.bytesPerCell;
    const [from, to] = [y(Math.max(0, mapTop - before)), y(mapTop - before + grid.visibleRows * rowBytes(grid))];
    const tall = Math.max(MIN_VIEWPORT, to - from);
    context.strokeStyle = cssColour(look.foreground);
    context.lineWidth = 1;
    context.strokeRect(1.5, Math.min(from, size.height - MARGIN - tall) - 1.5, size.width - 3, tall + 3);
    if (selection === undefined) return;
    context.fillStyle = cssColour(look.foreground);
    context.fillRect(0, y(selection.cursor) - 1, size.width, 2);
  });

  const scrollTo = (event: PointerEvent) => {
    if (grid === undefined || size === undefined) return;
    const address = ((event.offsetY - MARGIN) / (size.height - 2 * MARGIN)) * bytes;
    model.scrollMap(topOf(grid, address) - (grid.visibleRows / 2) * rowBytes(grid));
  };
  const here = result === undefined || grid === undefined ? undefined : cellAt(result, addressAt(grid, mapTop));
  return (
    <div
      class="minimap"
      ref={bar}
      role="scrollbar"
      aria-label="Position in the image"
      aria-controls="map-cells"
      aria-orientation="vertical"
      aria-valuemin={0}
      aria-valuemax={grid === undefined ? 0 : rowCount(grid)}
      aria-valuenow={grid === undefined ? 0 : Math.floor(mapTop / rowBytes(grid))}
      aria-valuetext={here?.main.owner.label}
      tabIndex={-1}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        scrollTo(event);
      }}
      onPointerMove={(event) => {
        if (event.buttons !== 0) scrollTo(event);
      }}
      onWheel={(event) => {
        event.preventDefault();
        if (grid === undefined || size === undefined) return;
        model.scrollMap(mapTop + (wheelPixels(event, ROW_HEIGHT, size.height) / ROW_HEIGHT) * rowBytes(grid));
      }}
    >
      <canvas ref={canvas} />
      <canvas ref={frame} />
    </div>
  );
}
