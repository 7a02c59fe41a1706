import { fc, test as law } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { BLACK, type Colour, contrast, cssColour, legible, mix, over, parseColour, WHITE } from '../../webview/colour.ts';

test.each([
  ['#fff', 'rgb(255, 255, 255)'],
  ['#3794ff', 'rgb(55, 148, 255)'],
  ['#3794FF80', 'rgba(55, 148, 255, 0.502)'],
  ['#0f08', 'rgba(0, 255, 0, 0.533)'],
  ['rgba(255, 255, 255, 0.7)', 'rgba(255, 255, 255, 0.7)'],
  [' rgb(1 2 3 / 50%) ', 'rgba(1, 2, 3, 0.5)'],
])('%s', (text, css) => expect(cssColour(parseColour(text) ?? BLACK)).toBe(css));

test.each(['', 'red', '#12345', 'rgb(1, 2)', 'rgb(a, b, c)', 'var(--x)'])('%j is not a colour', (text) =>
  expect(parseColour(text)).toBeUndefined(),
);

test('black on white has the greatest contrast', () => expect(contrast(BLACK, WHITE)).toBeCloseTo(21));
test('half of both', () => expect(cssColour(mix(BLACK, WHITE, 0.5))).toBe('rgb(128, 128, 128)'));
test('a veil', () => expect(cssColour(over({ ...WHITE, alpha: 0.2 }, BLACK))).toBe('rgb(51, 51, 51)'));

const channel = fc.integer({ min: 0, max: 255 });
const colour = fc.record({ red: channel, green: channel, blue: channel, alpha: fc.constant(1) }) satisfies fc.Arbitrary<Colour>;

law.prop([colour])('a colour is read as it was written', (each) => {
  expect(parseColour(cssColour(each))).toEqual(each);
});

law.prop([colour, colour])('a legible colour can be read on any background', (each, background) => {
  expect(contrast(legible(each, background, 4.5), background)).toBeGreaterThanOrEqual(4.5);
});
