/**
 * Draws the map on two canvases: the cells and their names on the lower one, the selection and the hovered cell on the upper one.
 */
import type { ByteRange, MapResult } from '../../engine/views/protocol.ts';
import { prepare } from '../canvas.ts';
import { cssColour, mix } from '../colour.ts';
import { type Look, nameColour } from '../look.ts';
import type { Filter } from '../state/state.ts';
import { type Box, cellBox, cellCount, cellOf, type Grid, outlines, ROW_HEIGHT, rowBytes, visibleCells } from './geometry.ts';
import { type Label, labelsOf } from './labels.ts';
import type { CellPainter } from './patterns.ts';
import { type Cell, cellAt, cellsTouched, type Part } from './sample.ts';
import { unitsFor } from './slices.ts';

export interface Screen {
  readonly grid: Grid;
  readonly top: number;
  readonly visibleRows: number;
  readonly width: number;
  readonly height: number;
  readonly look: Look;
}

const LABEL_FONT_SIZE = 11;

export function passes(filter: Filter, { owner, use }: Cell['main']): boolean {
  return (filter.owner ?? owner.part) === owner.part && (filter.use ?? use) === use;
}

const DIMMED = 0.16;

export interface Drawn {
  readonly result: MapResult;
  readonly filter: Filter;
  readonly faults: readonly ByteRange[];
  readonly painter: CellPainter;
}

export function paintCells(canvas: HTMLCanvasElement, screen: Screen, { result, filter, faults, painter }: Drawn): void {
  const { grid, top, look, width, height, visibleRows } = screen;
  const context = prepare(canvas, width, height);
  if (context === null) return;
  const { first, end } = visibleCells(grid, top, visibleRows);
  const faulty = cellsTouched(faults, grid.bytesPerCell, { first, end });
  const cell = (index: number) => cellAt(result, index * grid.bytesPerCell);
  for (let index = first; index < end; index++) {
    const { parts } = cell(index) ?? { parts: [] };
    for (const { part, box, isFirst, isLast } of slicesOf(cellBox(grid, index, top), parts)) {
      context.globalAlpha = passes(filter, part) ? 1 : DIMMED;
      const isHighlighted = filter.use === part.use && passes(filter, part);
      painter.paint(context, box, part.owner.colour, part.use, { isFirst, isLast, isHighlighted });
    }
  }
  context.font = `${LABEL_FONT_SIZE}px ${look.font}`;
  const cellsFor = (name: string) => Math.ceil((context.measureText(name).width + 10) / grid.pitch);
  const main = (index: number) => cell(index)?.main;
  const labels = labelsOf(main, { first, end }, grid.columns, cellsFor, (index) => faulty.has(index));
  for (const label of labels) paintLabel(context, screen, label, filter);
  context.globalAlpha = 1;
  context.strokeStyle = cssColour(look.error);
  context.lineWidth = 2;
  for (const index of faulty) {
    const box = cellBox(grid, index, top);
    context.strokeRect(box.x + 1, box.y + 1, box.width - 2, box.height - 2);
  }
}

interface Slice {
  readonly part: Part;
  readonly box: Box;
  readonly isFirst: boolean;
  readonly isLast: boolean;
}

/** Divides a cell among its parts from left to right, in proportion to their bytes and in whole device pixels. */
function slicesOf(box: Box, parts: readonly Part[]): readonly Slice[] {
  const density = window.devicePixelRatio;
  const units = unitsFor(
    parts.map(({ bytes }) => bytes),
    Math.max(1, Math.round(box.width * density)),
  );
  let done = 0;
  const all = units.reduce((sum, each) => sum + each, 0);
  return parts.flatMap((part, index): readonly Slice[] => {
    const width = units[index] ?? 0;
    const x = box.x + done / density;
    const isFirst = done === 0;
    done += width;
    const isLast = done === all;
    return width === 0 ? [] : [{ part, box: { ...box, x, width: width / density }, isFirst, isLast }];
  });
}

function paintLabel(context: CanvasRenderingContext2D, { grid, top, look }: Screen, label: Label, filter: Filter): void {
  const { x, y, height } = cellBox(grid, label.cell, top);
  context.globalAlpha = filter.owner === undefined || filter.owner === label.owner.part ? 1 : 0.35;
  context.fillStyle = cssColour({ ...look.background, alpha: label.onFilled ? 0.93 : 0.88 });
  context.beginPath();
  context.roundRect(x, y, context.measureText(label.owner.label).width + 9, height, 2);
  context.fill();
  context.fillStyle = nameColour(look, label.owner.colour);
  context.textBaseline = 'middle';
  context.fillText(label.owner.label, x + 4.5, y + height / 2 + 0.5);
}

export function paintMarks(
  canvas: HTMLCanvasElement,
  screen: Screen,
  marks: { readonly selection: ByteRange | undefined; readonly hovered: number | undefined },
): void {
  const { grid, top, look, width, height, visibleRows } = screen;
  const context = prepare(canvas, width, height);
  if (context === null) return;
  if (marks.hovered !== undefined) {
    const box = cellBox(grid, marks.hovered, top);
    context.strokeStyle = cssColour(mix(look.foreground, look.background, 0.7));
    context.lineWidth = 1;
    context.strokeRect(box.x - 0.5, box.y - 0.5, box.width + 1, box.height + 1);
  }
  if (marks.selection === undefined || marks.selection.start >= grid.bytes) return;
  const visible = visibleCells(grid, top, visibleRows);
  const last = cellOf(grid, marks.selection.start + Math.max(1, marks.selection.length) - 1);
  // One more row on either side, so that an edge off the screen is not drawn on it.
  const from = Math.max(cellOf(grid, marks.selection.start), visible.first - grid.columns);
  const to = Math.min(last, visible.end + grid.columns, cellCount(grid) - 1);
  if (from > to) return;
  const topRow = top / rowBytes(grid);
  context.beginPath();
  for (const path of outlines(grid.columns, from, to)) {
    path.forEach(([column, row], index) => {
      const [x, y] = [column * grid.pitch - 0.5, (row - topRow) * ROW_HEIGHT - 0.5];
      if (index === 0) context.moveTo(x, y);
      else context.lineTo(x, y);
    });
    context.closePath();
  }
  context.lineJoin = 'round';
  context.lineWidth = 3.5;
  context.strokeStyle = cssColour({ ...look.background, alpha: 0.9 });
  context.stroke();
  context.lineWidth = 1.5;
  context.strokeStyle = cssColour(look.foreground);
  context.stroke();
}
