/** Draws the blocks at a step as rows of cells in address order: live ones filled, free ones hollow, changed ones framed. */
import type { BlocksAtStep } from '../../../engine/views/timeline/calls.ts';
import { prepare } from '../../canvas.ts';
import { cssColour, legible, mix } from '../../colour.ts';
import type { Look } from '../../look.ts';
import { MARK_CONTRAST } from '../picture/palette.ts';

export const BLOCK_ROWS = 3;
export const BLOCK_PITCH = 8;

/** Returns the number of cells in a row of this width. */
export function blockColumns(width: number): number {
  return Math.max(1, Math.floor((width + 1) / BLOCK_PITCH));
}

export function paintBlocks(canvas: HTMLCanvasElement, width: number, height: number, blocks: BlocksAtStep, look: Look): void {
  const context = prepare(canvas, width, height);
  if (context === null) return;
  const columns = blockColumns(width);
  const side = BLOCK_PITCH - 1;
  const live = legible(look.owners[0] ?? look.foreground, look.background, MARK_CONTRAST);
  const free = mix(look.foreground, look.background, look.isHighContrast ? 0.7 : 0.42);
  const ground = mix(look.foreground, look.background, look.isHighContrast ? 0 : 0.05);
  const boxOf = (cell: number) => ({ x: (cell % columns) * BLOCK_PITCH, y: Math.floor(cell / columns) * BLOCK_PITCH });
  blocks.liveOf.forEach((part, cell) => {
    const { x, y } = boxOf(cell);
    const freePart = blocks.freeOf[cell] ?? 0;
    context.fillStyle = cssColour(ground);
    context.fillRect(x, y, side, side);
    if (freePart > 0) {
      context.strokeStyle = cssColour(free);
      context.lineWidth = 1;
      context.strokeRect(x + 0.5, y + 0.5, side - 1, side - 1);
    }
    if (part > 0) {
      // A cell that is partly live is filled from below.
      const high = Math.max(1, Math.round((side * part) / 255));
      context.fillStyle = cssColour(live);
      context.fillRect(x, y + side - high, side, high);
    }
  });
  context.strokeStyle = cssColour(look.step);
  context.lineWidth = 2;
  for (const cell of blocks.changed) {
    const { x, y } = boxOf(cell);
    context.strokeRect(x, y, side, side);
  }
}
