/** The theme for the canvases. It comes from the variables that VS Code sets on the page, never from our own colours. */
import { BLACK, type Colour, cssColour, legible, mix, over, parseColour, WHITE } from './colour.ts';

export interface Look {
  readonly background: Colour;
  readonly foreground: Colour;
  readonly dim: Colour;
  readonly error: Colour;
  readonly focus: Colour;
  /** The current step, as VS Code marks the line that the debugger is at. */
  readonly step: Colour;
  /** Colour of everything without its own colour. */
  readonly neutral: Colour;
  /** Colours of owners. Any two neighbours are distinguishable. */
  readonly owners: readonly Colour[];
  readonly isHighContrast: boolean;
  readonly font: string;
  readonly monospace: string;
  /** Pixels. */
  readonly editorFontSize: number;
}

/** Reads a variable of the theme, such as `charts-blue` for `--vscode-charts-blue`. Returns an empty string if there is none. */
export type ReadVariable = (name: string) => string;

export function readLook(read: ReadVariable, isHighContrast: boolean): Look {
  const colour = (names: readonly string[], fallback: Colour): Colour => {
    for (const name of names) {
      const found = parseColour(read(name));
      if (found !== undefined && found.alpha > 0) return found;
    }
    return fallback;
  };
  const background = over(colour(['editor-background'], BLACK), BLACK);
  const isDark = legible(background, background, 4.5).red > 127;
  const solid = (names: readonly string[], fallback: Colour) => over(colour(names, fallback), background);
  const foreground = solid(['editor-foreground', 'foreground'], isDark ? WHITE : BLACK);
  const dim = legible(solid(['descriptionForeground'], mix(foreground, background, 0.7)), background, 4.5);
  return {
    background,
    foreground,
    dim,
    error: solid(['charts-red', 'editorError-foreground'], foreground),
    focus: solid(['focusBorder', 'contrastActiveBorder'], foreground),
    step: legible(solid(['debugIcon-breakpointCurrentStackframeForeground', 'charts-yellow'], foreground), background, 3),
    neutral: mix(foreground, background, isHighContrast ? 0.6 : 0.48),
    owners: ownerColours((name) => solid([`charts-${name}`], foreground), foreground, background),
    isHighContrast,
    font: read('font-family') || 'sans-serif',
    monospace: read('editor-font-family') || 'monospace',
    editorFontSize: Number.parseFloat(read('editor-font-size')) || 13,
  };
}

/** Returns the theme's chart colours, then mixes of them. The pure red is reserved for faults. */
function ownerColours(chart: (name: string) => Colour, foreground: Colour, background: Colour): readonly Colour[] {
  const [blue, green, orange, purple, yellow, red] = [
    chart('blue'),
    chart('green'),
    chart('orange'),
    chart('purple'),
    chart('yellow'),
    chart('red'),
  ];
  const colours = [
    blue,
    green,
    orange,
    purple,
    mix(yellow, foreground, 0.65),
    mix(mix(blue, green, 0.4), green, 0.55),
    mix(red, foreground, 0.6),
    mix(blue, foreground, 0.5),
    mix(yellow, green, 0.6),
    mix(purple, red, 0.5),
    mix(orange, background, 0.6),
    mix(blue, purple, 0.5),
  ];
  return colours.map((each) => legible(each, background, 2.2));
}

export function ownerColour(look: Look, colour: number): Colour {
  return colour < 0 ? look.neutral : (look.owners[colour % look.owners.length] ?? look.neutral);
}

/** Returns an owner's colour for its name, adjusted until it is readable. */
export function nameColour(look: Look, colour: number): string {
  return cssColour(legible(ownerColour(look, colour), look.background, 4.5));
}
