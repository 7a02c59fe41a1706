/** Draws the map of changes. Each kind of change has a shape of its own, so that nothing depends on colour alone. */
import type { ChangeMap } from '../../../engine/views/diff/calls.ts';
import { prepare } from '../../canvas.ts';
import { cssColour, mix, parseColour } from '../../colour.ts';
import type { Look } from '../../look.ts';
import type { CellPainter } from '../../map/patterns.ts';
import { changeOf } from './cell-text.ts';

export const PITCH = { x: 11, y: 15 } as const;
const CELL = { width: 9, height: 12 } as const;
/** Minimum height of a bar, as a part of its cell. */
const MIN_BAR = 0.25;

export interface Drawn {
  readonly map: ChangeMap | undefined;
  readonly columns: number;
  readonly look: Look;
  readonly painter: CellPainter;
  /** The cell that is marked. */
  readonly marked: number | undefined;
}

/** Returns a colour of the theme's charts. */
function chart(name: string, look: Look): string {
  const found = parseColour(getComputedStyle(document.documentElement).getPropertyValue(`--vscode-charts-${name}`));
  return cssColour(found ?? look.foreground);
}

export function paintChanges(canvas: HTMLCanvasElement, { map, columns, look, painter, marked }: Drawn): void {
  const rows = map === undefined ? 1 : Math.ceil(map.changes.length / columns);
  const context = prepare(canvas, columns * PITCH.x, rows * PITCH.y);
  if (context === null || map === undefined) return;
  const [added, removed, changed] = [chart('green', look), chart('red', look), chart('yellow', look)];
  const ground = cssColour(mix(look.foreground, look.background, look.isHighContrast ? 0.22 : 0.1));
  for (let cell = 0; cell < map.changes.length; cell += 1) {
    const box = boxOf(cell, columns);
    const { x, y, width, height } = box;
    switch (changeOf(map, cell)) {
      case 'same':
        painter.paintBar(context, box, ground, ground, 0);
        break;
      case 'unknown':
        painter.paint(context, box, -1, 'missing');
        break;
      case 'changed':
        painter.paintBar(context, box, changed, ground, Math.max(MIN_BAR, map.shares[cell] ?? 0));
        break;
      case 'added':
        context.fillStyle = added;
        context.fillRect(x, y, width, height);
        context.fillStyle = cssColour(look.background);
        context.fillRect(x + 2, y + 5.5, width - 4, 1);
        context.fillRect(x + 4, y + 3.5, 1, 5);
        break;
      case 'removed':
        context.strokeStyle = removed;
        context.strokeRect(x + 0.5, y + 0.5, width - 1, height - 1);
        context.fillStyle = removed;
        context.fillRect(x + 2, y + 5.5, width - 4, 1);
    }
  }
  if (marked === undefined) return;
  const { x, y, width, height } = boxOf(marked, columns);
  context.strokeStyle = cssColour(look.focus);
  context.lineWidth = 2;
  context.strokeRect(x, y, width, height);
}

function boxOf(cell: number, columns: number) {
  return { x: (cell % columns) * PITCH.x + 1, y: Math.floor(cell / columns) * PITCH.y + 1, ...CELL };
}
