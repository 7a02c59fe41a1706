/** Draws the picture: cells, faults, the present step and the cursor. Nothing here depends on the number of steps. */
import { formatCount } from '../../../engine/core/format.ts';
import type { AddressPicture, PictureMark, Span } from '../../../engine/views/timeline/calls.ts';
import { prepare } from '../../canvas.ts';
import { cssColour, mix } from '../../colour.ts';
import type { Look } from '../../look.ts';
import { type Axis, axisOfAddresses, axisOfSteps, placeOfStep, shareAt } from '../state/axis.ts';
import type { Cursor } from '../state/timeline-state.ts';
import { pictureImage } from './image.ts';
import type { Palette } from './palette.ts';

export interface Screen {
  readonly width: number;
  readonly height: number;
  readonly steps: Axis;
  readonly addresses: Axis;
  readonly look: Look;
}

/** A picture as pixels, with the place that it shows. */
export interface Layer {
  readonly canvas: HTMLCanvasElement;
  readonly steps: Axis;
  readonly addresses: Axis;
}

export function layerOf(
  picture: AddressPicture,
  place: { readonly steps: Span; readonly addresses: Span },
  palette: Palette,
  highlighted: number | undefined,
): Layer {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [picture.columns, picture.rows];
  canvas.getContext('2d')?.putImageData(pictureImage(picture, place.addresses, palette, highlighted), 0, 0);
  return { canvas, steps: axisOfSteps(place.steps), addresses: axisOfAddresses(place.addresses) };
}

export interface Drawn {
  /** The coarsest first. */
  readonly layers: readonly Layer[];
  readonly marks: readonly PictureMark[];
  readonly step: number;
  readonly cursor: Cursor | undefined;
}

const LABEL_FONT_SIZE = 11;
const MIN_MARK = 7;

export function paintPicture(canvas: HTMLCanvasElement, screen: Screen, { layers, marks, step, cursor }: Drawn): void {
  const context = prepare(canvas, screen.width, screen.height);
  if (context === null) return;
  for (const layer of layers) paintLayer(context, screen, layer);
  if (cursor !== undefined) paintCursor(context, screen, cursor);
  if (step > 0) paintStep(context, screen, step);
  for (const mark of marks) paintMark(context, screen, mark);
}

/** Returns the x of the middle of a step, in pixels. */
function xOfStep({ width, steps }: Screen, step: number): number {
  return width * shareAt(steps, placeOfStep(step));
}

function yOfAddress({ height, addresses }: Screen, address: number): number {
  return height * (1 - shareAt(addresses, address));
}

/** Draws a layer where it belongs now, scaled if it was made for another zoom. */
function paintLayer(context: CanvasRenderingContext2D, screen: Screen, { canvas, steps, addresses }: Layer): void {
  const left = screen.width * shareAt(screen.steps, steps.start);
  const right = screen.width * shareAt(screen.steps, steps.start + steps.length);
  const bottom = yOfAddress(screen, addresses.start);
  const top = yOfAddress(screen, addresses.start + addresses.length);
  context.imageSmoothingEnabled = right - left < canvas.width || bottom - top < canvas.height;
  context.clearRect(left, top, right - left, bottom - top);
  context.drawImage(canvas, left, top, right - left, bottom - top);
}

function paintStep(context: CanvasRenderingContext2D, screen: Screen, step: number): void {
  const { width, height, look } = screen;
  const x = xOfStep(screen, step);
  if (x < -1 || x > width + 1) return;
  verticalLine(context, x, height, cssColour(look.background), 3);
  verticalLine(context, x, height, cssColour(look.step), 1.5);
  paintLabel(context, screen, `#${formatCount(step)}`, x);
}

/** Writes the number of the step beside its line: at the left, unless that is outside. */
function paintLabel(context: CanvasRenderingContext2D, { look, width }: Screen, text: string, x: number): void {
  context.font = `${LABEL_FONT_SIZE}px ${look.font}`;
  const wide = context.measureText(text).width + 8;
  const left = x - wide - 3 >= 0 ? x - wide - 3 : Math.min(x + 3, width - wide);
  context.fillStyle = cssColour({ ...look.background, alpha: 0.88 });
  context.beginPath();
  context.roundRect(left, 2, wide, 16, 2);
  context.fill();
  context.fillStyle = cssColour(look.foreground);
  context.textBaseline = 'middle';
  context.fillText(text, left + 4, 10.5);
}

function paintCursor(context: CanvasRenderingContext2D, screen: Screen, { step, address }: Cursor): void {
  const { width, height, look } = screen;
  const colour = cssColour({ ...mix(look.foreground, look.background, 0.8), alpha: 0.75 });
  context.setLineDash([2, 3]);
  verticalLine(context, xOfStep(screen, step), height, colour, 1);
  if (address !== undefined) {
    const y = Math.round(yOfAddress(screen, address + 0.5)) + 0.5;
    context.beginPath();
    context.moveTo(0, y);
    context.lineTo(width, y);
    context.stroke();
  }
  context.setLineDash([]);
}

function verticalLine(context: CanvasRenderingContext2D, x: number, height: number, colour: string, width: number): void {
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.beginPath();
  context.moveTo(x, 0);
  context.lineTo(x, height);
  context.stroke();
}

/** A frame around what is at fault, large enough to be seen. */
function paintMark(context: CanvasRenderingContext2D, screen: Screen, mark: PictureMark): void {
  const box = boxOf(screen, mark);
  if (box.x + box.width < 0 || box.x > screen.width || box.y + box.height < 0 || box.y > screen.height) return;
  context.lineJoin = 'miter';
  for (const [colour, width] of [
    [cssColour(screen.look.background), 4],
    [cssColour(screen.look.error), 2],
  ] as const) {
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.strokeRect(box.x, box.y, box.width, box.height);
  }
}

function boxOf(screen: Screen, { step, address, bytes }: PictureMark) {
  const [left, right] = [step - 1, step].map((place) => screen.width * shareAt(screen.steps, place));
  const [bottom, top] = [yOfAddress(screen, address), yOfAddress(screen, address + bytes)];
  const width = Math.max(MIN_MARK + 2, (right ?? 0) - (left ?? 0));
  const height = Math.max(MIN_MARK, bottom - top);
  return { x: ((left ?? 0) + (right ?? 0) - width) / 2, y: (bottom + top - height) / 2, width, height };
}

/** Distance from a mark within which the pointer is at it, in pixels. */
const REACH = 4;

/** Returns the fault at a place of the screen: the nearest if there are several. */
export function markUnder(screen: Screen, marks: readonly PictureMark[], x: number, y: number): PictureMark | undefined {
  let nearest: { readonly mark: PictureMark; readonly distance: number } | undefined;
  for (const mark of marks) {
    const box = boxOf(screen, mark);
    const isInside =
      x >= box.x - REACH && x <= box.x + box.width + REACH && y >= box.y - REACH && y <= box.y + box.height + REACH;
    const distance = Math.hypot(x - box.x - box.width / 2, y - box.y - box.height / 2);
    if (isInside && (nearest === undefined || distance < nearest.distance)) nearest = { mark, distance };
  }
  return nearest?.mark;
}
