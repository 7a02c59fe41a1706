import { fc, test as law } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { guessCodec } from '../../../../engine/values/guessing/sniff.ts';
import { codec, hex, textOf } from '../decoding.ts';

// The first two are the examples in the format's documentation.
test.each([
  ['08 9601', '{1: 150}'],
  ['12 07 74657374696e67', '{2: "testing"}'],
  ['1a 03 08 9601', '{3: {1: 150}}'],
  ['0d 01000000 11 0200000000000000', '{1: 1, 2: 2}'],
  ['09 000000000000f83f', '{1: 1.5}'],
  ['09 3d0ad7a370fd3340', '{1: 19.99}'],
  ['09 00000000000000c0 15 cdcccc3d', '{1: -2, 2: 0.1}'],
  ['09 0000cb322b517c18', '{1: 1764374400000000000}'],
  ['0d ffffff7f', '{1: 2147483647}'],
  ['22 03 0102ff', "{4: h'0102ff'}"],
  ['22 00', '{4: ""}'],
  ['0a 02 6869 0a 02 796f 10 01', '{1: "hi", 1: "yo", 2: 1}'],
  ['08 ffffffffffffffffff01', '{1: 18446744073709551615}'],
  ['0a 06 12 04 0a 02 0801', '{1: {2: {1: {1: 1}}}}'],
])('%s is %s', (digits, text) => expect(textOf('protobuf', digits)).toBe(text));

test.each([
  ['nothing', ''],
  ['field 0', '00 01'],
  ['a group', '0b 0c'],
  ['a cut varint', '08 96'],
  ['a length past the end', '0a 05 00'],
  ['a varint of more than 64 bits', '08 ffffffffffffffffffff01'],
  ['a tag without content', '08'],
])('no protobuf: %s', (_, digits) => expect(textOf('protobuf', digits)).toBeUndefined());

test('parts have the numbers of their fields', () => {
  const parts = codec('protobuf').decode(hex('08 05 1a 04 0a 02 6869'))?.parts;
  expect(parts?.map(({ start, length, label, text }) => [start, length, label, text])).toEqual([
    [0, 2, '.1', '5'],
    [2, 2, '.3', 'message of 4 bytes'],
    [4, 4, '.3.1', '"hi"'],
  ]);
});

test('a structure of messages', () => {
  const messages = ['0a 03 426f62 10 05', '0a 05 416c696365 10 8f4e 1a 02 0801', '0a 00 10 01'].map(hex);
  expect(guessCodec(messages, { family: 'stable-structures', role: 'value' })).toBe('protobuf');
});

law.prop([fc.uint8Array({ maxLength: 300, size: 'max' })])('bytes in bytes in bytes end somewhere', (bytes) => {
  let wrapped = bytes;
  for (let depth = 0; depth < 60; depth++) wrapped = Uint8Array.from([0x0a, ...lengthOf(wrapped), ...wrapped]);
  expect(codec('protobuf').decode(wrapped)?.text).toBeDefined();
});

function lengthOf(bytes: Uint8Array): readonly number[] {
  return bytes.length < 128 ? [bytes.length] : [(bytes.length & 127) | 128, bytes.length >> 7];
}
