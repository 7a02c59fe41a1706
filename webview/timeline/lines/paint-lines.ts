/** Draws a chart: lines over steps. A column that covers many steps is drawn from its least to its most. */
import type { Series } from '../../../engine/views/timeline/calls.ts';
import { prepare } from '../../canvas.ts';
import { type Colour, cssColour, legible, mix } from '../../colour.ts';
import { type Look, ownerColour } from '../../look.ts';
import { MARK_CONTRAST } from '../picture/palette.ts';
import { type Axis, placeOfStep, shareAt } from '../state/axis.ts';
import type { Chart } from './charts.ts';

export interface ChartScreen {
  readonly width: number;
  readonly height: number;
  readonly steps: Axis;
  readonly look: Look;
}

/** Series with the part of the trace that they cover. */
export interface Curves {
  readonly steps: Axis;
  readonly series: readonly Series[];
}

const STROKES = { thin: 1, strong: 1.75, dashed: 1.25 } as const;
const DASHES: Readonly<Record<keyof typeof STROKES, readonly number[]>> = { thin: [], strong: [], dashed: [4, 2.5] };
const MARGIN = 2;

export function lineColour(look: Look, colour: number): Colour {
  return legible(ownerColour(look, colour), look.background, MARK_CONTRAST);
}

/** `peak` is the figure at the top. `curves` are drawn in order, each over the ones before. */
export function paintChart(
  canvas: HTMLCanvasElement,
  screen: ChartScreen,
  chart: Chart,
  { curves, peak, step, cursor }: Readonly<{ curves: readonly Curves[]; peak: number; step: number; cursor: number | undefined }>,
): void {
  const { width, height, look, steps } = screen;
  const context = prepare(canvas, width, height);
  if (context === null) return;
  const y = (value: number) => height - MARGIN - (peak <= 0 ? 0 : (value / peak) * (height - 2 * MARGIN));
  context.fillStyle = cssColour(mix(look.foreground, look.background, look.isHighContrast ? 0.4 : 0.16));
  context.fillRect(0, Math.round(y(0)), width, 1);
  for (const { series, steps: covered } of curves) {
    const left = width * shareAt(steps, covered.start);
    const right = width * shareAt(steps, covered.start + covered.length);
    context.clearRect(left, 0, right - left, Math.round(y(0)) - 1);
    for (const line of chart.lines) {
      const found = series.find(({ name }) => name === line.series);
      if (found === undefined) continue;
      const colour = lineColour(look, line.colour);
      context.lineWidth = STROKES[line.stroke];
      context.setLineDash([...DASHES[line.stroke]]);
      paintLine(context, { left, right, width }, found, y, colour);
    }
    context.setLineDash([]);
  }
  if (cursor !== undefined) mark(context, screen, cursor, cssColour({ ...look.foreground, alpha: 0.45 }), 1);
  if (step > 0) {
    mark(context, screen, step, cssColour(look.background), 3);
    mark(context, screen, step, cssColour(look.step), 1.5);
  }
}

function mark(context: CanvasRenderingContext2D, screen: ChartScreen, step: number, colour: string, width: number): void {
  const x = screen.width * shareAt(screen.steps, placeOfStep(step));
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.beginPath();
  context.moveTo(x, 0);
  context.lineTo(x, screen.height);
  context.stroke();
}

function paintLine(
  context: CanvasRenderingContext2D,
  place: { readonly left: number; readonly right: number; readonly width: number },
  { least, most }: Series,
  y: (value: number) => number,
  colour: Colour,
): void {
  const count = most.length;
  const step = (place.right - place.left) / Math.max(1, count);
  const first = Math.max(0, Math.floor(-place.left / step) - 1);
  const end = Math.min(count, Math.ceil((place.width - place.left) / step) + 1);
  context.strokeStyle = cssColour(colour);
  context.beginPath();
  for (let column = first; column < end; column++) {
    const [low, high] = [y(least[column] ?? 0), y(most[column] ?? 0)];
    const [from, to] = [place.left + column * step, place.left + (column + 1) * step];
    if (column === first) context.moveTo(from, high);
    // Within a column the line goes through its whole range, and leaves it at the top.
    if (low !== high) context.lineTo(from, low);
    context.lineTo(from, high);
    context.lineTo(to, high);
  }
  context.stroke();
}
