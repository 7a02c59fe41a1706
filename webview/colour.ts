/** A colour of the theme as numbers, to derive others from it. Channels are 0 to 255, alpha is 0 to 1. */
export interface Colour {
  readonly red: number;
  readonly green: number;
  readonly blue: number;
  readonly alpha: number;
}

export const BLACK: Colour = { red: 0, green: 0, blue: 0, alpha: 1 };
export const WHITE: Colour = { red: 255, green: 255, blue: 255, alpha: 1 };

/**
 * Parses the notations that themes use: `#rgb`, `#rgba`, `#rrggbb`, `#rrggbbaa`, `rgb(…)`, `rgba(…)`. Returns undefined for
 * others.
 */
export function parseColour(text: string): Colour | undefined {
  const trimmed = text.trim();
  const hex = /^#([\da-f]{3,4}|[\da-f]{6}|[\da-f]{8})$/i.exec(trimmed)?.[1];
  if (hex !== undefined) {
    const digits = hex.length <= 4 ? [...hex].map((digit) => digit + digit) : (hex.match(/../g) ?? []);
    const [red = 0, green = 0, blue = 0, alpha = 255] = digits.map((pair) => Number.parseInt(pair, 16));
    return { red, green, blue, alpha: alpha / 255 };
  }
  const inner = /^rgba?\(([^)]*)\)$/i.exec(trimmed)?.[1];
  if (inner === undefined) return undefined;
  const [red, green, blue, alpha] = inner
    .split(/[\s,/]+/)
    .filter((channel) => channel !== '')
    .map((channel) => (channel.endsWith('%') ? Number(channel.slice(0, -1)) / 100 : Number(channel)));
  if (red === undefined || green === undefined || blue === undefined) return undefined;
  if ([red, green, blue, alpha ?? 1].some(Number.isNaN)) return undefined;
  return { red, green, blue, alpha: alpha ?? 1 };
}

export function cssColour({ red, green, blue, alpha }: Colour): string {
  const channels = `${Math.round(red)}, ${Math.round(green)}, ${Math.round(blue)}`;
  return alpha >= 1 ? `rgb(${channels})` : `rgba(${channels}, ${Number(alpha.toFixed(3))})`;
}

/** Mixes `share` of `colour` with the rest of `other`. */
export function mix(colour: Colour, other: Colour, share: number): Colour {
  const blend = (a: number, b: number) => a * share + b * (1 - share);
  return {
    red: blend(colour.red, other.red),
    green: blend(colour.green, other.green),
    blue: blend(colour.blue, other.blue),
    alpha: blend(colour.alpha, other.alpha),
  };
}

/** Returns the visible colour of `colour` on `background`. */
export function over(colour: Colour, background: Colour): Colour {
  return { ...mix({ ...colour, alpha: 1 }, { ...background, alpha: 1 }, colour.alpha), alpha: 1 };
}

/** Returns the relative luminance (WCAG 2.2). */
function luminance({ red, green, blue }: Colour): number {
  const [r = 0, g = 0, b = 0] = [red, green, blue].map((channel) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** Returns the contrast ratio of two opaque colours (WCAG 2.2), from 1 to 21. */
export function contrast(one: Colour, other: Colour): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

/** Moves `colour` towards black or white until its contrast to `background` is at least `ratio`. */
export function legible(colour: Colour, background: Colour, ratio: number): Colour {
  const target = contrast(BLACK, background) > contrast(WHITE, background) ? BLACK : WHITE;
  for (let share = 1; share > 0; share -= 0.1) {
    const candidate = mix(colour, target, share);
    if (contrast(candidate, background) >= ratio) return candidate;
  }
  return target;
}
