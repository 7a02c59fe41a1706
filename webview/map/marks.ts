/** Draws what lies above the cells and their names: findings, the bytes that a step changed, the selection, and the hovered cell. */
import type { ByteRange } from '../../engine/views/protocol.ts';
import { prepare } from '../canvas.ts';
import { type Colour, cssColour, mix } from '../colour.ts';
import { cellBox, cellCount, cellOf, type Grid, outlines, ROW_HEIGHT, rowBytes, visibleCells } from './geometry.ts';
import type { Screen } from './paint.ts';

export interface Marks {
  readonly selection: ByteRange | undefined;
  readonly hovered: number | undefined;
  /** Cells with findings, and cells that the step changed. */
  readonly faulty: ReadonlySet<number>;
  readonly changed: ReadonlySet<number>;
}

/** Size of the corner of a mark, in pixels. */
const CORNER = 6;

export function paintMarks(canvas: HTMLCanvasElement, screen: Screen, { selection, hovered, faulty, changed }: Marks): void {
  const { grid, top, look, width, height } = screen;
  const context = prepare(canvas, width, height);
  if (context === null) return;
  if (hovered !== undefined) {
    const box = cellBox(grid, hovered, top);
    context.strokeStyle = cssColour(mix(look.foreground, look.background, 0.7));
    context.lineWidth = 1;
    context.strokeRect(box.x - 0.5, box.y - 0.5, box.width + 1, box.height + 1);
  }
  if (selection !== undefined) paintSelection(context, screen, selection);
  // Each kind of mark has a corner of its own, so that it is known without its colour.
  paintRuns(context, screen, changed, look.step, 'bottom left');
  paintRuns(context, screen, faulty, look.error, 'top right');
}

/** Draws an outline around each run of cells, and fills a corner of its first cell. */
function paintRuns(
  context: CanvasRenderingContext2D,
  screen: Screen,
  cells: ReadonlySet<number>,
  colour: Colour,
  corner: 'top right' | 'bottom left',
): void {
  const { grid, top, look } = screen;
  for (const { first, last } of runsOf(cells)) {
    context.beginPath();
    for (const path of outlines(grid.columns, first + grid.indent, last + grid.indent)) tracePath(context, grid, top, path, 2);
    strokeTwice(context, cssColour({ ...look.background, alpha: 0.9 }), 3.5, cssColour(colour), 2);
    const { x, y, width, height } = cellBox(grid, first, top);
    const [right, bottom] = [x + width, y + height];
    context.beginPath();
    if (corner === 'top right') {
      context.moveTo(right - CORNER, y);
      context.lineTo(right, y);
      context.lineTo(right, y + CORNER);
    } else {
      context.moveTo(x, bottom - CORNER);
      context.lineTo(x + CORNER, bottom);
      context.lineTo(x, bottom);
    }
    context.closePath();
    strokeTwice(context, cssColour(look.background), 2, cssColour(colour), 0.5);
    context.fillStyle = cssColour(colour);
    context.fill();
  }
}

/** Returns the runs of neighbouring cells, in order. */
export function runsOf(cells: ReadonlySet<number>): readonly { readonly first: number; readonly last: number }[] {
  const runs: { first: number; last: number }[] = [];
  for (const cell of [...cells].sort((a, b) => a - b)) {
    const before = runs.at(-1);
    if (before?.last === cell - 1) before.last = cell;
    else runs.push({ first: cell, last: cell });
  }
  return runs;
}

function paintSelection(context: CanvasRenderingContext2D, screen: Screen, selection: ByteRange): void {
  const { grid, top, look, visibleRows } = screen;
  if (selection.start >= grid.bytes) return;
  const visible = visibleCells(grid, top, visibleRows);
  const last = cellOf(grid, selection.start + Math.max(1, selection.length) - 1);
  // One more row on either side, so that an edge off the screen is not drawn on it.
  const from = Math.max(cellOf(grid, selection.start), visible.first - grid.columns);
  const to = Math.min(last, visible.end + grid.columns, cellCount(grid) - 1);
  if (from > to) return;
  context.beginPath();
  for (const path of outlines(grid.columns, from + grid.indent, to + grid.indent)) tracePath(context, grid, top, path, 0);
  strokeTwice(context, cssColour({ ...look.background, alpha: 0.9 }), 3.5, cssColour(look.foreground), 1.5);
}

/** Adds an outline to the context's path: along the gaps between cells, or that of a box `inset` pixels within it. */
function tracePath(
  context: CanvasRenderingContext2D,
  grid: Grid,
  top: number,
  path: ReturnType<typeof outlines>[number],
  inset: number,
): void {
  const topRow = top / rowBytes(grid);
  const points = path.map(([column, row]) => [column * grid.pitch - 0.5, (row - topRow) * ROW_HEIGHT - 0.5] as const);
  const [first, , third] = points;
  if (path.length === 4 && first !== undefined && third !== undefined) {
    const [[left, upper], [right, lower]] = [first, third];
    context.rect(left + inset, upper + inset, right - left - 2 * inset, lower - upper - 2 * inset);
    return;
  }
  points.forEach(([x, y], index) => {
    if (index === 0) context.moveTo(x, y);
    else context.lineTo(x, y);
  });
  context.closePath();
}

/** Strokes the path in one colour, and then thinner in another, so that it is visible on any background. */
function strokeTwice(context: CanvasRenderingContext2D, halo: string, wide: number, colour: string, thin: number): void {
  context.lineJoin = 'round';
  context.lineWidth = wide;
  context.strokeStyle = halo;
  context.stroke();
  context.lineWidth = thin;
  context.strokeStyle = colour;
  context.stroke();
}
