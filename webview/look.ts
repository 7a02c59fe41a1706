/** The theme, as the canvases need it: read from the variables that VS Code sets on the page, never from colours of our own. */
import { BLACK, type Colour, cssColour, legible, mix, over, parseColour, WHITE } from './colour.ts';

export interface Look {
  readonly background: Colour;
  readonly foreground: Colour;
  readonly dim: Colour;
  readonly error: Colour;
  readonly focus: Colour;
  /** What has no colour of its own. */
  readonly neutral: Colour;
  /** Colours of owners, told apart by any two neighbours. */
  readonly owners: readonly Colour[];
  readonly isHighContrast: boolean;
  readonly font: string;
  readonly monospace: string;
  /** Pixels. */
  readonly editorFontSize: number;
}

/** Reads one variable of the theme, `charts-blue` for `--vscode-charts-blue`; empty where there is none. */
export type ReadVariable = (name: string) => string;

export function readLook(read: ReadVariable, isHighContrast: boolean): Look {
  const colour = (names: readonly string[], otherwise: Colour): Colour => {
    for (const name of names) {
      const found = parseColour(read(name));
      if (found !== undefined && found.alpha > 0) return found;
    }
    return otherwise;
  };
  const background = over(colour(['editor-background'], BLACK), BLACK);
  const isDark = legible(background, background, 4.5).red > 127;
  const solid = (names: readonly string[], otherwise: Colour) => over(colour(names, otherwise), background);
  const foreground = solid(['editor-foreground', 'foreground'], isDark ? WHITE : BLACK);
  const dim = legible(solid(['descriptionForeground'], mix(foreground, background, 0.7)), background, 4.5);
  return {
    background,
    foreground,
    dim,
    error: solid(['charts-red', 'editorError-foreground'], foreground),
    focus: solid(['focusBorder', 'contrastActiveBorder'], foreground),
    neutral: mix(foreground, background, isHighContrast ? 0.6 : 0.48),
    owners: ownerColours((name) => solid([`charts-${name}`], foreground), foreground, background),
    isHighContrast,
    font: read('font-family') || 'sans-serif',
    monospace: read('editor-font-family') || 'monospace',
    editorFontSize: Number.parseFloat(read('editor-font-size')) || 13,
  };
}

/** The theme's chart colours first, then what lies between them. Its red stays for faults. */
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

/** An owner's colour for its name: the same, moved until it can be read. */
export function nameColour(look: Look, colour: number): string {
  return cssColour(legible(ownerColour(look, colour), look.background, 4.5));
}
