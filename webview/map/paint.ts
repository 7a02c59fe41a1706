/** Draws the map onto its two canvases: the cells with their names below, the selection and the pointer's cell above. */
import type { MapAnswer, Stretch } from '../../engine/protocol.ts';
import { cssColour, mix } from '../colour.ts';
import { type Look, nameColour } from '../look.ts';
import type { Filter } from '../state.ts';
import { cellBox, cellCount, cellOf, cellsSeen, type Grid, outlines, ROW_HEIGHT, rowBytes } from './geometry.ts';
import { type Label, labelsOf } from './labels.ts';
import type { CellPainter } from './patterns.ts';
import { type Cell, cellAt, cellsTouched } from './sample.ts';

export interface Screen {
  readonly grid: Grid;
  readonly top: number;
  readonly rowsSeen: number;
  readonly width: number;
  readonly height: number;
  readonly look: Look;
}

const LABEL_FONT_SIZE = 11;

/** Fits a canvas to its size on the screen's own pixels and clears it. */
export function prepare(canvas: HTMLCanvasElement, width: number, height: number): CanvasRenderingContext2D | null {
  const density = window.devicePixelRatio;
  const [wide, high] = [Math.round(width * density), Math.round(height * density)];
  if (canvas.width !== wide || canvas.height !== high) [canvas.width, canvas.height] = [wide, high];
  const context = canvas.getContext('2d');
  context?.setTransform(density, 0, 0, density, 0, 0);
  context?.clearRect(0, 0, width, height);
  return context;
}

export function passes(filter: Filter, cell: Cell): boolean {
  return (filter.owner ?? cell.owner.part) === cell.owner.part && (filter.fate ?? cell.fate) === cell.fate;
}

export interface Drawn {
  readonly answer: MapAnswer;
  readonly filter: Filter;
  readonly faults: readonly Stretch[];
  readonly painter: CellPainter;
}

export function paintCells(canvas: HTMLCanvasElement, screen: Screen, { answer, filter, faults, painter }: Drawn): void {
  const { grid, top, look, width, height, rowsSeen } = screen;
  const context = prepare(canvas, width, height);
  if (context === null) return;
  const { first, end } = cellsSeen(grid, top, rowsSeen);
  const faulty = cellsTouched(faults, grid.bytesPerCell, { first, end });
  const cell = (index: number) => cellAt(answer, index * grid.bytesPerCell);
  for (let index = first; index < end; index++) {
    const each = cell(index);
    if (each === undefined) continue;
    const box = cellBox(grid, index, top);
    const isBright = passes(filter, each);
    context.globalAlpha = isBright ? 1 : 0.16;
    painter.paint(context, box, each.owner.colour, each.fate);
    if (faulty.has(index)) {
      context.globalAlpha = 1;
      context.strokeStyle = cssColour(look.error);
      context.lineWidth = 2;
      context.strokeRect(box.x + 1, box.y + 1, box.width - 2, box.height - 2);
    }
  }
  context.font = `${LABEL_FONT_SIZE}px ${look.font}`;
  const cellsFor = (name: string) => Math.ceil((context.measureText(name).width + 10) / grid.pitch);
  for (const label of labelsOf(cell, { first, end }, grid.columns, cellsFor)) paintLabel(context, screen, label, filter);
  context.globalAlpha = 1;
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
  marks: { readonly selection: Stretch | undefined; readonly hovered: number | undefined },
): void {
  const { grid, top, look, width, height, rowsSeen } = screen;
  const context = prepare(canvas, width, height);
  if (context === null) return;
  if (marks.hovered !== undefined) {
    const box = cellBox(grid, marks.hovered, top);
    context.strokeStyle = cssColour(mix(look.foreground, look.background, 0.7));
    context.lineWidth = 1;
    context.strokeRect(box.x - 0.5, box.y - 0.5, box.width + 1, box.height + 1);
  }
  if (marks.selection === undefined || marks.selection.start >= grid.bytes) return;
  const seen = cellsSeen(grid, top, rowsSeen);
  const last = cellOf(grid, marks.selection.start + Math.max(1, marks.selection.length) - 1);
  // One row more on either side: an edge that is off the screen is not drawn on it.
  const from = Math.max(cellOf(grid, marks.selection.start), seen.first - grid.columns);
  const to = Math.min(last, seen.end + grid.columns, cellCount(grid) - 1);
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
