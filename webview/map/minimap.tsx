import { useLayoutEffect, useRef } from 'preact/hooks';
import { prepare } from '../canvas.ts';
import { cssColour } from '../colour.ts';
import { usePainter, useSize, wheelPixels } from '../hooks.ts';
import type { Look } from '../look.ts';
import type { EditorModel } from '../state/model.ts';
import { type EditorState, gridOf, imageOf } from '../state/state.ts';
import { binsOf } from './bins.ts';
import { ROW_HEIGHT, rowBytes, rowCount } from './geometry.ts';
import { passes } from './paint.ts';
import { cellAt, cellsTouched, faultsOf } from './sample.ts';

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
  const grid = gridOf(state);
  const bytes = imageOf(state)?.summary.bytes ?? 0;
  const { mapTop, selection, filter, scan } = state;
  const { result } = state.overview;

  useLayoutEffect(() => {
    if (canvas.current === null || size === undefined || result === undefined || size.height === 0) return;
    const context = prepare(canvas.current, size.width, size.height);
    if (context === null) return;
    const height = size.height - 2 * MARGIN;
    const width = size.width - 2 * MARGIN;
    binsOf(result, bytes, Math.floor(height)).forEach((bin, index) => {
      const owner = bin === undefined ? undefined : result.owners[bin.owner];
      if (bin === undefined || owner === undefined) return;
      context.globalAlpha = passes(filter, { owner, use: bin.use }) ? 1 : 0.2;
      // A line of pixels is too thin for the outline of a free cell.
      const use = bin.use === 'free' || bin.use === 'metadata' ? 'unknown' : bin.use;
      painter.paint(
        context,
        { x: MARGIN, y: MARGIN + index, width, height: 1 },
        owner.colour,
        bin.use === 'metadata' ? 'live' : use,
      );
    });
    context.globalAlpha = 1;
    context.fillStyle = cssColour(look.error);
    for (const line of cellsTouched(faultsOf(result, scan), bytes / height, { first: 0, end: height })) {
      context.fillRect(size.width - MARGIN, MARGIN + line - 1, MARGIN, 3);
    }
  }, [result, scan, size, look, painter, filter, bytes]);

  useLayoutEffect(() => {
    if (frame.current === null || size === undefined || grid === undefined) return;
    const context = prepare(frame.current, size.width, size.height);
    if (context === null) return;
    const height = size.height - 2 * MARGIN;
    const y = (address: number) => MARGIN + (height * Math.min(address, bytes)) / bytes;
    const [from, to] = [y(mapTop), y(mapTop + grid.visibleRows * rowBytes(grid))];
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
    model.scrollMap(address - (grid.visibleRows / 2) * rowBytes(grid));
  };
  const here = result === undefined ? undefined : cellAt(result, mapTop);
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
