/** Draws owners by colour and uses by pattern, so that nothing depends on colour alone. */
import type { ByteUse } from '../../engine/views/protocol.ts';
import { type Colour, cssColour, mix } from '../colour.ts';
import { type Look, ownerColour } from '../look.ts';
import type { Box } from './geometry.ts';
import { MIXED } from './slices.ts';

/** Size of a pattern's tile in pixels. */
const TILE = 6;

type Tile = 'slack' | 'leaked' | 'missing' | 'mixed' | 'dim mixed';

/** Fill and decoration of a cell. */
interface Style {
  readonly fill: CanvasPattern | string;
  /** Outline of a cell. */
  readonly edge?: string;
  /** A line across the middle. */
  readonly bar?: string;
}

/** Position of a slice in its cell, and whether the legend's filter highlights it. */
interface Aspect {
  readonly isFirst: boolean;
  readonly isLast: boolean;
  readonly isHighlighted?: boolean;
}

const WHOLE: Aspect = { isFirst: true, isLast: true };

/** Draws cells in the colours of one theme at one pixel density. Caches styles. */
export class CellPainter {
  readonly #look: Look;
  readonly #density: number;
  readonly #styles = new Map<ByteUse, Map<number, Style>>();

  constructor(look: Look, density: number) {
    this.#look = look;
    this.#density = density;
  }

  /**
   * Draws a slice of a cell. `colour` is an index of owner colours; -1 is neutral. A slice has only the edges on its own sides.
   */
  paint(context: CanvasRenderingContext2D, box: Box, colour: number, use: ByteUse, aspect: Aspect = WHOLE): void {
    const { x, y, width, height } = this.#snapped(box);
    const { fill, edge, bar } = this.#style(context, colour, use);
    context.fillStyle = fill;
    context.fillRect(x, y, width, height);
    if (edge !== undefined) {
      context.fillStyle = edge;
      if (aspect.isHighlighted) {
        // An outlined cell among dimmed ones would be too faint to look highlighted.
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

  /** Draws a cell as a bar of a scale, `height` of its own height. */
  paintBar(context: CanvasRenderingContext2D, box: Box, bar: string, ground: string, height: number): void {
    const { x, y, width, height: whole } = this.#snapped(box);
    context.fillStyle = ground;
    context.fillRect(x, y, width, whole);
    if (height === 0) return;
    const high = Math.max(2, Math.round(height * whole * this.#density) / this.#density);
    context.fillStyle = bar;
    context.fillRect(x, y + whole - high, width, high);
  }

  /** Returns true if cells next to each other can be drawn as one: if the drawing of a cell does not depend on its own sides. */
  isSeamless(context: CanvasRenderingContext2D, colour: number, use: ByteUse): boolean {
    return this.#style(context, colour, use).edge === undefined;
  }

  #style(context: CanvasRenderingContext2D, colour: number, use: ByteUse): Style {
    const ofUse = this.#styles.get(use) ?? new Map<number, Style>();
    const style = ofUse.get(colour) ?? this.#makeStyle(context, colour, use);
    ofUse.set(colour, style);
    this.#styles.set(use, ofUse);
    return style;
  }

  #makeStyle(context: CanvasRenderingContext2D, colour: number, use: ByteUse): Style {
    const own = ownerColour(this.#look, colour);
    const { background, foreground } = this.#look;
    if (colour === MIXED) {
      if (use === 'live' || use === 'metadata') return { fill: this.#makeTile(context, 'mixed', own) };
      if (use === 'unknown' || use === 'uncounted') return { fill: this.#makeTile(context, 'dim mixed', own) };
    }
    switch (use) {
      case 'live':
        return { fill: cssColour(own) };
      case 'metadata':
        // The manager's grey cells are all metadata and need no mark.
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

  /** Snaps edges to device pixels, so that they are sharp. */
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
    if (kind === 'mixed' || kind === 'dim mixed') {
      const share = kind === 'mixed' ? 0.75 : 0.3;
      tile.fillStyle = cssColour(mix(own, background, 0.6 * share));
      tile.fillRect(0, 0, size, size);
      tile.fillStyle = cssColour(mix(own, background, share));
      for (const x of [0, size / 2]) tile.fillRect(Math.round(x), 0, Math.ceil(size / 6), size);
    } else if (kind === 'missing') {
      tile.fillStyle = cssColour(mix(foreground, background, isHighContrast ? 0.9 : 0.5));
      tile.fillRect(size / 3, size / 3, Math.round(1.2 * this.#density), Math.round(1.2 * this.#density));
    } else {
      tile.strokeStyle = cssColour(kind === 'leaked' ? own : mix(quiet, background, strength));
      tile.beginPath();
      // Three lines, so that the tile's corners are complete.
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
