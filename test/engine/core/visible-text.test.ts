import { fc, test as law } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { visibleJson, visibleText } from '../../../engine/core/visible-text.ts';

test.each([
  ['plain', 'plain'],
  ['\x1b[31mred\x1b[0m', '\\u{1b}[31mred\\u{1b}[0m'],
  ['\x9b31m', '\\u{9b}31m'],
  ['one\r\ntwo\tthree', 'one\\r\\ntwo\\tthree'],
  ['a\u202egnp.exe', 'a\\u{202e}gnp.exe'],
  ['\u2066left\u2069\u200f\u061c', '\\u{2066}left\\u{2069}\\u{200f}\\u{61c}'],
  ['line\u2028paragraph\u2029', 'line\\u{2028}paragraph\\u{2029}'],
  ['\ufeffzero\u200bwidth\u00ad', '\\u{feff}zero\\u{200b}width\\u{ad}'],
  ['half \ud800', 'half \\u{d800}'],
  ['tag \u{e0041}', 'tag \\u{e0041}'],
  ['Grüße, 世界, שלום, 👩‍👩‍👧', 'Grüße, 世界, שלום, 👩‍👩‍👧'],
])('%j', (text, visible) => expect(visibleText(text)).toBe(visible));

const OBEYED = /[\p{Cc}\u202a-\u202e\u2066-\u2069\u2028\u2029]/u;
const obeyed = fc.string({
  unit: fc.oneof(
    fc.constantFrom('\x1b', '\x9b', '\u202e', '\n', '"', '\\', '\u{e0041}'),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
  ),
});

law.prop([obeyed])('nothing is left that a terminal obeys', (text) => {
  expect(visibleText(text)).not.toMatch(OBEYED);
});

law.prop([obeyed, obeyed])('JSON has the same values, and nothing that a terminal obeys', (key, value) => {
  const json = visibleJson(JSON.stringify({ [key]: value }));
  expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify({ [key]: value })));
  expect(json).not.toMatch(OBEYED);
});
