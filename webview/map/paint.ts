/** Draws the cells of the map and the names of their owners. What lies above them is drawn in `marks.ts`. */
import type { MapResult } from '../../engine/views/protocol.ts';
import { prepare } from '../canvas.ts';
import { cssColour } from '../colour.ts';
import { type Look, nameColour } from '../look.ts';
import type { Filter } from '../state/state.ts';
import type { Cell } from './cell.ts';
import { type Colouring, colourOf, groundColour, levelOf, scaleColour, stepsOf } from './colouring.ts';
import { cellBox, GAP, type Grid, ROW_HEIGHT, rowBytes, visibleCells } from './geometry.ts';
import { type Label, labelsOf } from './labels.ts';
import type { CellPainter } from './patterns.ts';
import { cellReader } from './sample.ts';
import type { CellSlices, Slice } from './slices.ts';

export interface Screen {
  readonly grid: Grid;
  readonly top: number;
  readonly visibleRows: number;
  readonly width: number;
  readonly height: number;
  readonly look: Look;
}

const LABEL_FONT_SIZE = 11;
const DIMMED = 0.16;

export interface Drawn {
  readonly result: MapResult;
  readonly filter: Filter;
  readonly colouring: Colouring;
  readonly slices: CellSlices;
  /** The step of a trace that is shown. */
  readonly step: number | undefined;
  readonly painter: CellPainter;
  /** Returns true for cells with marks, which names avoid. */
  readonly isMarked: (cell: number) => boolean;
}

type Context = CanvasRenderingContext2D;

export function paintCells(canvas: HTMLCanvasElement, screen: Screen, drawn: Drawn): void {
  const context = prepare(canvas, screen.width, screen.height);
  if (context === null) return;
  const { result, colouring } = drawn;
  const { grid, top, visibleRows } = screen;
  const cells = visibleCells(grid, top, visibleRows);
  const read = cellReader(result);
  const cell = (index: number) => read(index * grid.bytesPerCell);
  if (colouring === 'fill' || colouring === 'age') paintBars(context, screen, drawn, colouring, cells, cell);
  else paintParts(context, screen, drawn, cells, cell);
  cutGaps(context, screen, cells);
  paintLabels(context, screen, drawn, cells, cell);
}

type Visible = ReturnType<typeof visibleCells>;

/** Draws the parts of each cell. Neighbouring cells that look the same are drawn as one. */
function paintParts(
  context: Context,
  { grid, top }: Screen,
  { filter, slices, painter }: Drawn,
  { first, end }: Visible,
  cell: (index: number) => Cell | undefined,
): void {
  const density = window.devicePixelRatio;
  const paint = (index: number, cells: number, slice: Slice, from: number, isFirst: boolean, isLast: boolean) => {
    const box = cellBox(grid, index, top);
    const width = cells > 1 ? cells * grid.pitch - GAP : isFirst && isLast ? box.width : slice.units / density;
    context.globalAlpha = slice.isHighlighted ? 1 : DIMMED;
    const isHighlighted = filter.use === slice.use && slice.isHighlighted;
    painter.paint(context, { ...box, x: box.x + from / density, width }, slice.colour, slice.use, {
      isFirst,
      isLast,
      isHighlighted,
    });
  };
  /** Equal cells that are not drawn yet: the first one, their number, and their only slice. */
  let run: { readonly index: number; cells: number; readonly slice: Slice } | undefined;
  const endRun = () => {
    if (run !== undefined) paint(run.index, run.cells, run.slice, 0, true, true);
    run = undefined;
  };
  for (let index = first; index < end; index++) {
    const found = cell(index);
    const all = found === undefined ? [] : slices.of(found);
    const [only] = all;
    if (
      run !== undefined &&
      all.length === 1 &&
      (only === run.slice || isSame(only, run.slice)) &&
      (index + grid.indent) % grid.columns > 0
    ) {
      run.cells += 1;
      continue;
    }
    endRun();
    if (all.length === 1 && only !== undefined && painter.isSeamless(context, only.colour, only.use)) {
      run = { index, cells: 1, slice: only };
      continue;
    }
    let from = 0;
    all.forEach((slice, place) => {
      paint(index, 1, slice, from, place === 0, place === all.length - 1);
      from += slice.units;
    });
  }
  endRun();
  context.globalAlpha = 1;
}

function isSame(one: Slice | undefined, other: Slice): boolean {
  return one?.colour === other.colour && one.use === other.use && one.isHighlighted === other.isHighlighted;
}

/** Draws each cell as a bar of a scale. */
function paintBars(
  context: Context,
  { grid, top, look }: Screen,
  { step, painter }: Drawn,
  colouring: 'fill' | 'age',
  { first, end }: Visible,
  cell: (index: number) => Cell | undefined,
): void {
  const bars = stepsOf(colouring).map(({ height }) => ({ height, colour: cssColour(scaleColour(look, colouring, height)) }));
  const ground = cssColour(groundColour(look));
  for (let index = first; index < end; index++) {
    const found = cell(index);
    if (found === undefined) continue;
    const box = cellBox(grid, index, top);
    const bar = bars[levelOf(colouring, found, step) ?? -1];
    if (bar === undefined) painter.paint(context, box, -1, found.main.use === 'missing' ? 'missing' : 'uncounted');
    else painter.paintBar(context, box, bar.colour, ground, bar.height);
  }
}

/** Cuts the lines between columns and rows out of what was drawn across them. */
function cutGaps(context: Context, { grid, top, width, height }: Screen, { first, end }: Visible): void {
  const density = window.devicePixelRatio;
  const snap = (value: number) => Math.round(value * density) / density;
  for (let column = 1; column <= grid.columns; column++) {
    const [from, to] = [snap(column * grid.pitch - GAP), snap(column * grid.pitch)];
    context.clearRect(from, 0, to - from, height);
  }
  const topRow = top / rowBytes(grid);
  const lastRow = Math.floor((end + grid.indent) / grid.columns);
  for (let row = Math.floor((first + grid.indent) / grid.columns); row <= lastRow; row++) {
    const y = (row - topRow) * ROW_HEIGHT;
    const [from, to] = [snap(y - GAP), snap(y)];
    context.clearRect(0, from, width, to - from);
  }
}

/** The widths of names in pixels, by font. */
const nameWidths = new Map<string, Map<string, number>>();

function paintLabels(
  context: Context,
  screen: Screen,
  { filter, colouring, step, isMarked }: Drawn,
  { first, end }: Visible,
  cell: (index: number) => Cell | undefined,
): void {
  const { grid, look } = screen;
  context.font = `${LABEL_FONT_SIZE}px ${look.font}`;
  const widths = nameWidths.get(context.font) ?? new Map<string, number>();
  nameWidths.set(context.font, widths);
  const widthOf = (name: string) => {
    const width = widths.get(name) ?? context.measureText(name).width + 9;
    widths.set(name, width);
    return width;
  };
  const cellsFor = (name: string) => Math.ceil((widthOf(name) + 1) / grid.pitch);
  // A name beside cells with many owners would say that they are one's own. Bars are filled cells, which names avoid.
  const mains = Array.from({ length: Math.max(0, end - first) }, (_, index): Cell['main'] | undefined => {
    const found = cell(first + index);
    if (found === undefined || found.isShared) return undefined;
    if (colouring !== 'fill' && colouring !== 'age') return found.main;
    return { owner: found.main.owner, use: (levelOf(colouring, found, step) ?? 0) > 0 ? 'live' : 'slack' };
  });
  const main = (index: number) => mains[index - first];
  for (const label of labelsOf(main, { first, end }, grid, cellsFor, isMarked))
    paintLabel(context, screen, label, widthOf(label.owner.label), filter, colouring);
  context.globalAlpha = 1;
}

function paintLabel(
  context: Context,
  { grid, top, look }: Screen,
  { owner, cell, onFilled }: Label,
  width: number,
  filter: Filter,
  colouring: Colouring,
): void {
  const { x, y, height } = cellBox(grid, cell, top);
  const isHighlighted = (filter.owner ?? owner.part) === owner.part && (filter.kind ?? owner.kind.name) === owner.kind.name;
  context.globalAlpha = isHighlighted ? 1 : 0.35;
  context.fillStyle = cssColour({ ...look.background, alpha: onFilled ? 0.93 : 0.88 });
  context.beginPath();
  context.roundRect(x, y, width, height, 2);
  context.fill();
  context.fillStyle =
    colouring === 'fill' || colouring === 'age' ? cssColour(look.foreground) : nameColour(look, colourOf(owner, colouring));
  context.textBaseline = 'middle';
  context.fillText(owner.label, x + 4.5, y + height / 2 + 0.5);
}
