import { fc, test as law } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { formatAddress, formatCount } from '../../engine/core/format.ts';
import { formatShare, parseAddress } from '../../webview/format.ts';

const size = fc.integer({ min: 0, max: 500 * 2 ** 30 });

test.each([
  [0, 10, '0 %'],
  [10, 10, '100 %'],
  [978, 1000, '97.8 %'],
  [50, 100, '50 %'],
  [1, 1_000_000, '< 0.1 %'],
  [999_999, 1_000_000, '> 99.9 %'],
  [0, 0, '0 %'],
])('%d of %d is %s', (part, whole, text) => expect(formatShare(part, whole)).toBe(text));

test.each([
  ['0x1a0', 416],
  ['0X1A0', 416],
  ['416', 416],
  [' 1,024 ', 1024],
  ['1_000', 1000],
  ['0x10 0000', 0x100000],
  ['', undefined],
  ['1a0', undefined],
  ['-4', undefined],
  ['0x', undefined],
  ['1.5', undefined],
  ['99999999999999999999', undefined],
])('%j is read as %s', (text, address) => expect(parseAddress(text)).toBe(address));

law.prop([size])('a formatted address can be parsed', (address) => {
  expect(parseAddress(formatAddress(address))).toBe(address);
  expect(parseAddress(formatCount(address))).toBe(address);
});
