/** The colours of the kinds of a picture, from the theme. Each is distinct from the background by a contrast of at least 3:1. */
import type { PictureColour, PictureKind, TimelineSpace } from '../../../engine/views/timeline/calls.ts';
import { type Colour, legible, mix } from '../../colour.ts';
import type { Look } from '../../look.ts';

/** The contrast that WCAG asks of marks. */
export const MARK_CONTRAST = 3;

/** Returns the order of the kinds of a space: reads and writes have none, whatever the blocks are coloured by. */
export function orderOf({ draws }: TimelineSpace, colour: PictureColour): PictureColour | 'access' {
  return draws === 'accesses' ? 'access' : colour;
}

export interface Palette {
  readonly background: Colour;
  /** Free bytes below the highest address that was ever allocated. */
  readonly free: Colour;
  readonly kinds: readonly Colour[];
}

/** `order` is `size` where the kinds are ordered by size. */
export function paletteOf(look: Look, order: PictureColour | 'access', kinds: readonly PictureKind[]): Palette {
  const { background, foreground, isHighContrast } = look;
  const free = mix(foreground, background, isHighContrast ? 0.16 : 0.075);
  const colours = order === 'size' ? ramp(look, kinds.length) : kinds.map((_, index) => look.owners[index] ?? look.neutral);
  return {
    background,
    free,
    kinds: kinds.map(({ label }, index) =>
      isRest(label) ? look.neutral : legible(colours[index] ?? look.neutral, background, MARK_CONTRAST),
    ),
  };
}

/** True for the kind that all others are added up as: `others`, `other sizes`. */
function isRest(label: string): boolean {
  return /^other(s$| )/.test(label);
}

/** Fewer colours than this use only the calm end of the ramp. */
const RAMP_LENGTH = 6;

/** Returns `count` colours in an order that is seen as one: sizes grow from the first to the last. */
function ramp({ owners, background, foreground, step: yellow, error }: Look, count: number): readonly Colour[] {
  const [blue = foreground, green = blue, , purple = blue] = owners;
  const stops = [
    mix(mix(blue, purple, 0.3), background, 0.9),
    blue,
    mix(mix(blue, green, 0.45), foreground, 0.85),
    green,
    mix(mix(green, yellow, 0.4), foreground, 0.85),
    // The orange of some themes is white or faint.
    mix(yellow, error, 0.45),
  ];
  return Array.from({ length: count }, (_, index) => between(stops, index / (Math.max(RAMP_LENGTH, count) - 1)));
}

function between(stops: readonly Colour[], share: number): Colour {
  const place = share * (stops.length - 1);
  const before = stops[Math.floor(place)];
  const after = stops[Math.ceil(place)] ?? before;
  if (before === undefined || after === undefined) throw new RangeError('A ramp has at least one colour.');
  return mix(after, before, place - Math.floor(place));
}
