/** How a use looks: owner by colour, use by pattern, so that nothing is told by colour alone. */
import type { ByteUse } from '../../engine/views/protocol.ts';
import { type Colour, cssColour, mix } from '../colour.ts';
import { type Look, ownerColour } from '../look.ts';
import type { Box } from './geometry.ts';

/** Pixels after which a pattern repeats. */
const TILE = 6;

type Tile = 'slack' | 'leaked' | 'missing';

/** What fills a cell, and what is drawn on it. */
interface Style {
  readonly fill: CanvasPattern | string;
  /** The outline of a hollow cell. */
  readonly edge?: string;
  /** A line across the middle. */
  readonly bar?: string;
}

/** Whether a slice begins and ends its cell, and whether it is what the legend picks out. */
interface Aspect {
  readonly isFirst: boolean;
  readonly isLast: boolean;
  readonly isLit?: boolean;
}

const WHOLE: Aspect = { isFirst: true, isLast: true };

/** Draws cells in the colours of one theme, at one density of pixels. Keeps the styles that it has made. */
export class CellPainter {
  readonly #look: Look;
  readonly #density: number;
  readonly #styles = new Map<string, Style>();

  constructor(look: Look, density: number) {
    this.#look = look;
    this.#density = density;
  }

  /** `colour` counts the owners' colours; -1 is the neutral one. A slice of a cell has only the edges of its own sides. */
  paint(context: CanvasRenderingContext2D, box: Box, colour: number, use: ByteUse, aspect: Aspect = WHOLE): void {
    const { x, y, width, height } = this.#snapped(box);
    const { fill, edge, bar } = this.#style(context, colour, use);
    context.fillStyle = fill;
    context.fillRect(x, y, width, height);
    if (edge !== undefined) {
      context.fillStyle = edge;
      if (aspect.isLit) {
        // A hollow cell among dimmed ones is too faint to be called bright.
        context.globalAlpha = 0.45;
        context.fillRect(x, y, width, height);
        context.globalAlpha = 1;
      }
      context.fillRect(x, y, width, 1);
      context.fillRect(x, y + height - 1, width, 1);
      if (aspect.isFirst) context.fillRect(x, y, 1, height);
      if (aspect.isLast) context.fillRect(x + width - 1, y, 1, height);
    }
    if (bar !== undefined) {
      context.fillStyle = bar;
      context.fillRect(x, y + Math.round(height / 2) - 1, width, 1);
    }
  }

  #style(context: CanvasRenderingContext2D, colour: number, use: ByteUse): Style {
    const key = `${use} ${colour}`;
    const known = this.#styles.get(key);
    if (known !== undefined) return known;
    const made = this.#makeStyle(context, colour, use);
    this.#styles.set(key, made);
    return made;
  }

  #makeStyle(context: CanvasRenderingContext2D, colour: number, use: ByteUse): Style {
    const own = ownerColour(this.#look, colour);
    const { background, foreground } = this.#look;
    switch (use) {
      case 'live':
        return { fill: cssColour(own) };
      case 'metadata':
        // The manager's grey cells are all metadata, and need no mark.
        return colour < 0 ? { fill: cssColour(own) } : { fill: cssColour(own), bar: cssColour(background) };
      case 'free':
        return { fill: cssColour(mix(own, background, 0.12)), edge: cssColour(mix(own, background, 0.85)) };
      case 'slack':
      case 'leaked':
      case 'missing':
        return { fill: this.#makeTile(context, use, own) };
      case 'unmanaged':
        return { fill: cssColour(mix(foreground, background, 0.07)) };
      case 'unknown':
        return { fill: cssColour(mix(own, background, 0.26)) };
      case 'uncounted':
        return { fill: cssColour(mix(own, background, 0.5)), bar: cssColour(mix(own, background, 0.9)) };
    }
  }

  /** Edges on whole pixels of the screen, so that they are sharp. */
  #snapped(box: Box): Box {
    const snap = (value: number) => Math.round(value * this.#density) / this.#density;
    const [x, y] = [snap(box.x), snap(box.y)];
    return { x, y, width: snap(box.x + box.width) - x, height: snap(box.y + box.height) - y };
  }

  #makeTile(context: CanvasRenderingContext2D, kind: Tile, own: Colour): CanvasPattern | string {
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
    const pattern = context.createPattern(canvas, 'repeat');
    if (pattern === null) return plain;
    pattern.setTransform(new DOMMatrix().scale(1 / this.#density));
    return pattern;
  }
}
