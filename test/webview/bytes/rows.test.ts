import { fc, test as law } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import type { BytesResult } from '../../../engine/views/bytes/calls.ts';
import {
  bytesParamsFor,
  characterOf,
  fieldsParamsFor,
  hasChanged,
  hexOf,
  isBytesResultEnough,
  isFieldsResultEnough,
  rowAt,
} from '../../../webview/bytes/rows.ts';

const result: BytesResult = {
  offset: 16,
  bytes: Uint8Array.from({ length: 40 }, (_, index) => 0x20 + index),
  missing: [{ start: 30, length: 4 }],
};
const text = (offset: number, size = 1000) => rowAt(result, offset, size).map(hexOf).join(' ');

test('a row', () => expect(text(16)).toBe('20 21 22 23 24 25 26 27 28 29 2a 2b 2c 2d ·· ··'));
test('the end of what is known', () => expect(text(48)).toBe(['40 41 42 43 44 45 46 47', ...Array(8).fill('  ')].join(' ')));
test('the end of the image', () => expect(text(48, 51)).toBe('40 41 42'));
test('nothing is known yet', () => expect(rowAt(undefined, 0, 3)).toEqual([undefined, undefined, undefined]));

test.each([
  [0x41, 'A'],
  [0x20, ' '],
  [0x7e, '~'],
  [0x7f, '.'],
  [0, '.'],
  [0xff, '.'],
  ['missing', '·'],
  [undefined, ' '],
] as const)('%s is drawn as %j', (byte, character) => expect(characterOf(byte)).toBe(character));

test('a byte has changed only if both states are known', () => {
  const before = { ...result, offset: 17, bytes: result.bytes.slice(1).fill(0, 3, 4) };
  expect(Array.from({ length: 64 }, (_, at) => at).filter((at) => hasChanged(result, before, at))).toEqual([20]);
  expect(hasChanged(result, undefined, 20)).toBe(false);
});

law.prop([
  fc.integer({ min: 1, max: 500 * 2 ** 30 }),
  fc.double({ min: 1, max: 100, noNaN: true }),
  fc.double({ min: 0, max: 1, noNaN: true }),
])('the requested bytes are enough, and bounded', (size, rows, at) => {
  const top = at * Math.max(0, size - rows * 16);
  const { start, length } = bytesParamsFor(size, top, rows);
  expect(start).toBeGreaterThanOrEqual(0);
  expect(start + length).toBeLessThanOrEqual(size);
  expect(length).toBeLessThanOrEqual(65_536);
  const fields = fieldsParamsFor(size, top, rows);
  expect(isFieldsResultEnough({ offset: fields.start, length: fields.length, fields: [] }, size, top, rows)).toBe(true);
  expect(fields.start + fields.length).toBeLessThanOrEqual(size);
  expect(isBytesResultEnough({ offset: start, bytes: new Uint8Array(length), missing: [] }, size, top, rows)).toBe(true);
});
