import { expect, test } from 'vitest';
import { UserError } from '../../../engine/core/user-error.ts';
import { parseHitCondition } from '../../../servers/debug-adapter/breakpoints/hit-condition.ts';
import { parseLogMessage, writeLogMessage } from '../../../servers/debug-adapter/breakpoints/log-message.ts';
import type { Value } from '../../../servers/debug-adapter/values/value.ts';

test.each([
  ['5', [5]],
  ['== 5', [5]],
  ['= 5', [5]],
  ['>= 5', [5, 6, 7, 8]],
  ['> 5', [6, 7, 8]],
  ['<=2', [1, 2]],
  ['< 2', [1]],
  ['% 4', [4, 8]],
])('a hit count of %s stops at %j of eight', (text, hits) => {
  expect([1, 2, 3, 4, 5, 6, 7, 8].filter(parseHitCondition(text))).toEqual(hits);
});

test.each([
  ['five', '“five” is not a hit count. Write 5, >= 5 or % 10.'],
  ['', '“” is not a hit count. Write 5, >= 5 or % 10.'],
  ['% 0', 'A hit count of % 0 never occurs.'],
])('a hit count of %j is refused', (text, message) =>
  expect(() => parseHitCondition(text)).toThrow(new UserError('input', message)),
);

const root: Value = {
  text: '',
  fields: () => [
    { name: 'size', value: { text: '128 B', plain: 128 } },
    { name: 'address', value: { text: '0x2f00 (12,032)', plain: 12_032 } },
  ],
};

test.each([
  ['{size} at {address}', '128 B at 0x2f00 (12,032)'],
  ['{size * 2}', '256'],
  ['no braces', 'no braces'],
  ['{sise}', '(“sise” is not a name here. The names are size, address.)'],
])('the message %j is written as %j', (text, written) => expect(writeLogMessage(parseLogMessage(text), root)).toBe(written));

test('an expression that cannot be read is refused', () =>
  expect(() => parseLogMessage('{size >}')).toThrow(new UserError('input', 'The expression ends where a value is expected.')));
