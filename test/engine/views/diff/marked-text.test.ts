import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { MarkedText } from '../../../../engine/views/diff/calls.ts';
import { markedBytes, markedTexts, shortened } from '../../../../engine/views/diff/marked-text.ts';

/** Returns a text with brackets around its marks. */
function shown({ text, marks }: MarkedText): string {
  return [...marks]
    .reverse()
    .reduce((all, [start, end]) => `${all.slice(0, start)}[${all.slice(start, end)}]${all.slice(end)}`, text);
}

const unmarked = ({ text, marks }: MarkedText): string =>
  [...marks].reverse().reduce((all, [start, end]) => all.slice(0, start) + all.slice(end), text);

describe('the parts of two texts that differ are marked', () => {
  test.each([
    ['', '', '', ''],
    ['same', 'same', 'same', 'same'],
    ['', 'new', '', '[new]'],
    ['{ a: 1, b: null }', '{ a: 1, b: 17 }', '{ a: 1, b: [null] }', '{ a: 1, b: [17] }'],
    ['one two three', 'one 2 three four', 'one [two] three', 'one [2] three[ four]'],
    ['message 76 332', 'changed to something else', '[message 76 332]', '[changed to something else]'],
    ['Zoë 1', 'Zoë 2', 'Zoë [1]', 'Zoë [2]'],
  ])('%s → %s', (before, after, old, now) => {
    expect(markedTexts(before, after).map(shown)).toEqual([old, now]);
  });

  test('what is not marked is the same on both sides, or short, and equal texts have no marks', () => {
    const text = fc.array(fc.constantFrom('a', 'b', ' ', '(', ')', '12', '\n'), { maxLength: 12 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, text, (before, after) => {
        const [old, now] = markedTexts(before, after);
        expect([old.text, now.text]).toEqual([before, after]);
        if (before === after) expect([old.marks, now.marks]).toEqual([[], []]);
        for (const { text, marks } of [old, now])
          for (const [index, [start, end]] of marks.entries()) {
            expect(start).toBeLessThan(end);
            expect(end).toBeLessThanOrEqual(text.length);
            expect(start).toBeGreaterThan(marks[index - 1]?.[1] ?? -1);
          }
        // Letters and numbers that are not marked are on both sides, in the same order.
        const letters = (side: MarkedText) => unmarked(side).replaceAll(/[^a-z\d]/g, '');
        expect(letters(old)).toBe(letters(now));
      }),
    );
  });

  test('very long texts are marked between their common ends', () => {
    const words = (sign: string) => Array.from({ length: 3_000 }, (_, index) => `${sign}${index}`).join(' ');
    const [old] = markedTexts(`same ${words('a')} end`, `same ${words('b')} end`);
    expect(old.marks).toEqual([[5, 5 + words('a').length]]);
    const long = 'x'.repeat(150_000);
    expect(markedTexts(`${long}1${long}`, `${long}23${long}`).map(({ marks }) => marks)).toEqual([
      [[150_000, 150_001]],
      [[150_000, 150_002]],
    ]);
  });
});

test('bytes of the same size are marked in place, others between their common ends', () => {
  const bytes = (...values: readonly number[]) => Uint8Array.from(values);
  expect(markedBytes(bytes(1, 2, 3, 4), bytes(1, 9, 9, 4))).toEqual([[1, 3]]);
  expect(markedBytes(bytes(1, 2, 3), bytes(1, 2, 3))).toEqual([]);
  expect(markedBytes(bytes(1, 2, 3), bytes(1, 2, 7, 7, 3))).toEqual([]);
  expect(markedBytes(bytes(1, 2, 7, 7, 3), bytes(1, 2, 3))).toEqual([[2, 4]]);
  expect(markedBytes(bytes(5, 5), bytes(5, 5, 5))).toEqual([]);
  expect(markedBytes(bytes(5, 5, 5), bytes(5, 5))).toEqual([[2, 3]]);
});

describe('a long text is shortened around its first mark', () => {
  const text = `${'x'.repeat(300)}\nmark ${'y'.repeat(300)}`;

  test('with its marks where they were', () => {
    const short = shortened({ text, marks: [[301, 305]] }, 100);
    expect(short.text).toHaveLength(102);
    expect(short.marks.map(([start, end]) => short.text.slice(start, end))).toEqual(['mark']);
  });

  test('from its start if nothing is marked, on one line', () => {
    const short = shortened({ text, marks: [] }, 100);
    expect(short.text).toBe(`${'x'.repeat(100)}…`);
    expect(shortened({ text: 'a\n\tb', marks: [[3, 4]] }, 100)).toEqual({ text: 'a  b', marks: [[3, 4]] });
  });

  test('a mark at its end is still seen', () => {
    const short = shortened({ text, marks: [[604, 606]] }, 100);
    expect(short.marks.map(([start, end]) => short.text.slice(start, end))).toEqual(['yy']);
  });
});
