/** Turns a picture's cells into pixels, one for each cell. Its time depends on the number of cells only. */
import type { AddressPicture, Span } from '../../../engine/views/timeline/calls.ts';
import { type Colour, mix } from '../../colour.ts';
import type { Palette } from './palette.ts';

/** How strong the least live part of a cell is drawn: a single block among many free bytes stays visible. */
const FAINTEST = 0.3;
/** How strong the kinds are drawn that the legend does not highlight. */
const DIMMED = 0.18;

/** `highlighted` is an index of the picture's kinds; undefined to draw all alike. */
export function pictureImage(
  picture: AddressPicture,
  addresses: Span,
  palette: Palette,
  highlighted: number | undefined,
): ImageData {
  const { columns, rows, live, kindOf, tops } = picture;
  const image = new ImageData(columns, rows);
  const pixels = new Uint32Array(image.data.buffer);
  const table = colourTable(palette, highlighted);
  const free = packed(palette.free);
  const rowBytes = (addresses.to - addresses.from) / rows;
  for (let row = 0; row < rows; row++) {
    const bottom = addresses.from + row * rowBytes;
    const cells = row * columns;
    // The lowest address is at the bottom of the screen.
    const target = (rows - 1 - row) * columns;
    for (let column = 0; column < columns; column++) {
      const part = live[cells + column] ?? 0;
      if (part > 0) pixels[target + column] = table[((kindOf[cells + column] ?? 0) << 8) | part] ?? 0;
      else if (bottom < (tops[column] ?? 0)) pixels[target + column] = free;
    }
  }
  return image;
}

/** Returns the colour of each kind at each live part, 256 for a kind. */
function colourTable(palette: Palette, highlighted: number | undefined): Uint32Array {
  const table = new Uint32Array(256 * Math.max(1, palette.kinds.length));
  palette.kinds.forEach((colour, kind) => {
    const strength = highlighted === undefined || highlighted === kind ? 1 : DIMMED;
    for (let part = 1; part < 256; part++) {
      const share = strength * (FAINTEST + ((1 - FAINTEST) * part) / 255);
      table[(kind << 8) | part] = packed(mix(colour, palette.free, share));
    }
  });
  return table;
}

/** Returns an opaque pixel in the order of bytes of `ImageData`, on the little-endian machines that browsers run on. */
function packed({ red, green, blue }: Colour): number {
  return ((255 << 24) | (Math.round(blue) << 16) | (Math.round(green) << 8) | Math.round(red)) >>> 0;
}
