/** How a fate looks: owner by colour, fate by pattern, so that nothing is told by colour alone. */
import type { CellFate } from '../../engine/protocol.ts';
import { type Colour, cssColour, mix } from '../colour.ts';
import { type Look, ownerColour } from '../look.ts';
import type { Box } from './geometry.ts';

/** Pixels after which a pattern repeats. */
const TILE = 6;

type Tile = 'slack' | 'leaked' | 'missing';

/** Draws cells in the colours of one theme, at one density of pixels. Keeps the patterns that it has made. */
export class CellPainter {
  readonly #context: CanvasRenderingContext2D;
  readonly #look: Look;
  readonly #density: number;
  readonly #tiles = new Map<string, CanvasPattern | string>();

  constructor(context: CanvasRenderingContext2D, look: Look, density: number) {
    this.#context = context;
    this.#look = look;
    this.#density = density;
  }

  /** `colour` counts the owners' colours; -1 is the neutral one. */
  paint(box: Box, colour: number, fate: CellFate): void {
    const context = this.#context;
    const { x, y, width, height } = this.#snapped(box);
    const own = ownerColour(this.#look, colour);
    const { background } = this.#look;
    switch (fate) {
      case 'live':
        context.fillStyle = cssColour(own);
        context.fillRect(x, y, width, height);
        return;
      case 'metadata':
        context.fillStyle = cssColour(own);
        context.fillRect(x, y, width, height);
        if (colour >= 0 && height > 6) {
          context.fillStyle = cssColour(background);
          context.fillRect(x, y + Math.round(height / 2) - 1, width, 1);
        }
        return;
      case 'free':
        context.fillStyle = cssColour(mix(own, background, 0.12));
        context.fillRect(x, y, width, height);
        context.strokeStyle = cssColour(mix(own, background, 0.85));
        context.lineWidth = 1;
        context.strokeRect(x + 0.5, y + 0.5, width - 1, height - 1);
        return;
      case 'slack':
      case 'leaked':
      case 'missing':
        context.fillStyle = this.#tile(fate, own, colour);
        context.fillRect(x, y, width, height);
        return;
      case 'unmanaged':
        context.fillStyle = cssColour(mix(this.#look.foreground, background, 0.07));
        context.fillRect(x, y, width, height);
        return;
      case 'unknown':
        context.fillStyle = cssColour(mix(own, background, 0.26));
        context.fillRect(x, y, width, height);
        return;
    }
  }

  /** Edges on whole pixels of the screen, so that they are sharp. */
  #snapped(box: Box): Box {
    const snap = (value: number) => Math.round(value * this.#density) / this.#density;
    const [x, y] = [snap(box.x), snap(box.y)];
    return { x, y, width: snap(box.x + box.width) - x, height: snap(box.y + box.height) - y };
  }

  #tile(kind: Tile, own: Colour, colour: number): CanvasPattern | string {
    const key = `${kind} ${colour < 0 ? -1 : colour % this.#look.owners.length}`;
    const known = this.#tiles.get(key);
    if (known !== undefined) return known;
    const made = this.#makeTile(kind, own);
    this.#tiles.set(key, made);
    return made;
  }

  #makeTile(kind: Tile, own: Colour): CanvasPattern | string {
    const { background, foreground, isHighContrast } = this.#look;
    const size = Math.round(TILE * this.#density);
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [size, size];
    const tile = canvas.getContext('2d');
    const plain = cssColour(mix(own, background, 0.3));
    if (tile === null) return plain;
    const quiet = mix(own, foreground, 0.6);
    const strength = isHighContrast ? 0.55 : 0.26;
    tile.fillStyle = cssColour(mix(quiet, background, kind === 'leaked' ? 0.25 : 0.07));
    tile.fillRect(0, 0, size, size);
    tile.lineWidth = this.#density;
    if (kind === 'missing') {
      tile.fillStyle = cssColour(mix(foreground, background, isHighContrast ? 0.9 : 0.5));
      tile.fillRect(size / 3, size / 3, Math.round(1.2 * this.#density), Math.round(1.2 * this.#density));
    } else {
      tile.strokeStyle = cssColour(kind === 'leaked' ? own : mix(quiet, background, strength));
      tile.beginPath();
      // Three lines, so that the tile's corners are whole.
      for (const shift of [-size, 0, size]) {
        tile.moveTo(shift, size);
        tile.lineTo(shift + size, 0);
        if (kind === 'leaked') {
          tile.moveTo(shift, 0);
          tile.lineTo(shift + size, size);
        }
      }
      tile.stroke();
    }
    const pattern = this.#context.createPattern(canvas, 'repeat');
    if (pattern === null) return plain;
    pattern.setTransform(new DOMMatrix().scale(1 / this.#density));
    return pattern;
  }
}
