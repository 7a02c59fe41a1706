import { expect, test } from 'vitest';
import { type Colour, contrast, cssColour, parseColour } from '../../webview/colour.ts';
import { type Look, nameColour, ownerColour, readLook } from '../../webview/look.ts';
import { THEMES } from './themes.ts';

const looks = Object.entries(THEMES).map(([name, { variables, bodyClass }]): readonly [string, Look] => [
  name,
  readLook((variable) => variables[variable] ?? '', bodyClass.includes('high-contrast')),
]);

const distance = (a: Colour, b: Colour) => Math.hypot(a.red - b.red, a.green - b.green, a.blue - b.blue);

test.each(looks)('%s: two neighbouring owners are distinguishable', (_, look) => {
  look.owners.forEach((colour, index) => {
    const next = look.owners[(index + 1) % look.owners.length] ?? colour;
    expect(distance(colour, next), `${cssColour(colour)} and ${cssColour(next)}`).toBeGreaterThan(40);
  });
  expect(new Set(look.owners.map(cssColour)).size).toBe(look.owners.length);
});

test.each(looks)('%s: cells stand out, names and small text are readable', (_, look) => {
  for (let owner = -1; owner < look.owners.length; owner++) {
    expect(contrast(ownerColour(look, owner), look.background)).toBeGreaterThanOrEqual(2.2);
    const name = parseColour(nameColour(look, owner));
    // Rounding to whole channels may reduce the contrast slightly.
    if (name !== undefined) expect(contrast(name, look.background)).toBeGreaterThanOrEqual(4.4);
  }
  expect(contrast(look.dim, look.background)).toBeGreaterThanOrEqual(4.5);
});

test.each(looks)('%s: no owner looks like a fault', (_, look) => {
  for (const colour of look.owners) expect(distance(colour, look.error), cssColour(colour)).toBeGreaterThan(30);
});

test('colours repeat after the last', () => {
  const look = readLook((variable) => THEMES.dark.variables[variable] ?? '', false);
  expect(ownerColour(look, look.owners.length)).toBe(ownerColour(look, 0));
});

test('a page without a theme can be drawn', () => {
  const look = readLook(() => '', false);
  expect(contrast(look.foreground, look.background)).toBeGreaterThan(4.5);
  expect(look.editorFontSize).toBe(13);
});
