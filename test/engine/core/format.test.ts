import { fc, test as law } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import {
  formatAddress,
  formatBytes,
  formatCount,
  formatCounted,
  formatCycles,
  fromHex,
  toHex,
} from '../../../engine/core/format.ts';

test.each([
  [0, '0 B'],
  [1, '1 B'],
  [1023, '1023 B'],
  [1024, '1 KiB'],
  [1536, '1.5 KiB'],
  [65_536, '64 KiB'],
  [1_048_575, '1 MiB'],
  [8 * 1024 ** 2, '8 MiB'],
  [5_439_488, '5.2 MiB'],
  [500 * 1024 ** 3, '500 GiB'],
])('%d bytes are %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));

test.each([
  [0, '0'],
  [999, '999'],
  [1234, '1,234'],
  [-1234, '-1,234'],
  [1_234_567, '1,234,567'],
  [18_446_744_073_709_551_615n, '18,446,744,073,709,551,615'],
])('the count %d is %s', (count, text) => expect(formatCount(count)).toBe(text));

test.each([
  [1, '1 page'],
  [1n, '1 page'],
  [0, '0 pages'],
  [2048, '2,048 pages'],
])('%d counted is %s', (count, text) => expect(formatCounted(count, 'page')).toBe(text));
test('an irregular plural', () => expect(formatCounted(2, 'entry', 'entries')).toBe('2 entries'));

test('addresses', () => expect([0, 0x1a0, 0xffff_ffff_ffn].map(formatAddress)).toEqual(['0x0', '0x1a0', '0xffffffffff']));

test('hex digits of either case', () => expect(fromHex('00fFA0')).toEqual(Uint8Array.of(0, 255, 160)));
test.each(['0', 'zz', '0x00', ' 00', '0g'])('%j is not hex', (text) => expect(fromHex(text)).toBeUndefined());

law.prop([fc.uint8Array({ maxLength: 300 })])('hex and back is the identity', (bytes) => {
  expect(fromHex(toHex(bytes))).toEqual(bytes);
});

test.each([
  ['407123456789', '407 G'],
  ['1270000000000', '1.27 T'],
  ['4005000000', '4 G'],
  ['28400000000', '28.4 G'],
  ['999900000', '1 G'],
  ['2002536000000000', '2,003 T'],
  ['1500000', '1.5 M'],
  ['999000', '999,000'],
  ['0', '0'],
])('%s cycles are %s', (cycles, text) => expect(formatCycles(cycles)).toBe(text));
