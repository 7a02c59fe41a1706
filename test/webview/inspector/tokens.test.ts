import { fc, test as law } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { tokensOf } from '../../../webview/inspector/tokens.ts';

/** Returns the coloured tokens. */
const coloured = (text: string) =>
  tokensOf(text)
    .filter(({ kind }) => kind !== 'plain')
    .map(({ kind, text }) => `${kind} ${text}`);

test.each([
  ['{ "a": 1 }', ['name "a"', 'number 1']],
  ['record { name = "x"; age = -5 }', ['word record', 'name name', 'string "x"', 'name age', 'number -5']],
  ['"say \\"hi\\""', ['string "say \\"hi\\""']],
  ['"cut off', ['string "cut off']],
  ['1_000.5 0x1a0', ['number 1_000.5', 'number 0x1a0']],
  ['principal "aaaaa-aa"', ['word principal', 'string "aaaaa-aa"']],
  ['v2.1', ['word v2']],
  ['', []],
])('%s', (text, tokens) => expect(coloured(text)).toEqual(tokens));

law.prop([fc.string({ unit: 'binary', maxLength: 300 })])('the joined tokens are the text', (text) => {
  expect(
    tokensOf(text)
      .map((token) => token.text)
      .join(''),
  ).toBe(text);
});

test('only the beginning of a very long text is coloured', () => {
  const tokens = tokensOf('1 '.repeat(100_000));
  expect(tokens.length).toBeLessThan(30_000);
  expect(tokens.reduce((sum, { text }) => sum + text.length, 0)).toBe(200_000);
});
