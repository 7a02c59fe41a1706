import { expect, test } from 'vitest';
import { codecOf } from '../../../../engine/values/codecs.ts';
import { codec, hex, textOf } from '../decoding.ts';

test.each([
  ['padded(cbor)', 'a1616101', '{"a": 1}'],
  ['padded(cbor)', 'a1616101 0000', '{"a": 1}, then 2 zeros'],
  ['padded(cbor)', '00 00', '0, then 1 zero'],
  ['padded(text)', '6869 00', '"hi", then 1 zero'],
  ['padded(u16-be)', '0102 000000', '258, then 3 zeros'],
  ['prefixed(1, cbor)', '01 a1616101', 'byte 1, then {"a": 1}'],
  ['prefixed(1, text)', '01 6869', 'byte 1, then "hi"'],
  ['prefixed(4, u8)', '01020304 05', 'bytes 01020304, then 5'],
  ['prefixed(u32-le, text)', '02000000 6869', 'length 2, then "hi"'],
  ['prefixed(u16-be, cbor)', '0004 a1616101', 'length 4, then {"a": 1}'],
  ['prefixed(1, padded(cbor))', '07 f6 00', 'byte 7, then null, then 1 zero'],
  ['padded(prefixed(u8, text))', '02 6869 00', 'length 2, then "hi", then 1 zero'],
])('%s of %s is %s', (name, digits, text) => expect(textOf(name, digits)).toBe(text));

test.each([
  ['padded(cbor)', 'a1616101 0001'],
  ['padded(cbor)', 'a16161'],
  ['prefixed(1, cbor)', ''],
  ['prefixed(1, cbor)', '01'],
  ['prefixed(u32-le, text)', '03000000 6869'],
  ['prefixed(u32-le, text)', '01000000 6869'],
  ['prefixed(u32-le, text)', '0100'],
])('%s does not read %j', (name, digits) => expect(textOf(name, digits)).toBeUndefined());

test.each([
  'padded()',
  'padded(u8, u8)',
  'prefixed(1)',
  'prefixed(0, u8)',
  'prefixed(17, u8)',
  'prefixed(text, u8)',
  'prefixed(u32-le, u8, u8)',
])('%s is not a codec', (name) => expect(codecOf(name)).toBeUndefined());

test('parts have offsets in the whole value', () => {
  const parts = codec('prefixed(1, padded(cbor))').decode(hex('01 a1616101 0000'))?.parts;
  expect(parts?.map(({ start, length, label }) => [start, length, label])).toEqual([
    [0, 1, 'prefix'],
    [1, 1, 'map'],
    [2, 2, 'key'],
    [4, 1, '.a'],
    [5, 2, 'padding'],
  ]);
});
