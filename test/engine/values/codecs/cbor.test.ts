import { fc, test as law } from '@fast-check/vitest';
import { Encoder } from 'cbor-x/encode';
import { expect, test } from 'vitest';
import { readCbor } from '../../../../engine/values/codecs/cbor.ts';
import { codec, hex, textOf } from '../decoding.ts';

// Among them the examples of RFC 8949, appendix A.
test.each([
  ['00', '0'],
  ['17', '23'],
  ['1818', '24'],
  ['1a000f4240', '1000000'],
  ['1bffffffffffffffff', '18446744073709551615'],
  ['3bffffffffffffffff', '-18446744073709551616'],
  ['3863', '-100'],
  ['c249010000000000000000', '18446744073709551616'],
  ['c349010000000000000000', '-18446744073709551617'],
  ['f93c00', '1'],
  ['f98000', '-0'],
  ['f90001', '5.9604645e-8'],
  ['f97bff', '65504'],
  ['f97e00', 'NaN'],
  ['f9fc00', '-Infinity'],
  ['fa47c35000', '100000'],
  ['fa3dcccccd', '0.1'],
  ['fb3ff199999999999a', '1.1'],
  ['f4', 'false'],
  ['f5', 'true'],
  ['f6', 'null'],
  ['f7', 'undefined'],
  ['f0', 'simple(16)'],
  ['f8ff', 'simple(255)'],
  ['c11a514b67b0', '1(1363896240)'],
  ['d818456449455446', "24(h'6449455446')"],
  ['4401020304', "h'01020304'"],
  ['60', '""'],
  ['62225c', '"\\"\\\\"'],
  ['62c3bc', '"ü"'],
  ['80', '[]'],
  ['83010203', '[1, 2, 3]'],
  ['8301820203820405', '[1, [2, 3], [4, 5]]'],
  ['a0', '{}'],
  ['a26161016162820203', '{"a": 1, "b": [2, 3]}'],
  ['a201020304', '{1: 2, 3: 4}'],
  ['a18001', '{[]: 1}'],
  ['5f42010243030405ff', "(_ h'0102', h'030405')"],
  ['9fff', '[]'],
  ['9f018202039f0405ffff', '[1, [2, 3], [4, 5]]'],
  ['bf61610161629f0203ffff', '{"a": 1, "b": [2, 3]}'],
  ['d9d9f7a0', '55799({})'],
])('%s is %s', (digits, text) => expect(textOf('cbor', digits)).toBe(text));

test.each([
  ['nothing', ''],
  ['an item and a byte', '0000'],
  ['a cut argument', '19ff'],
  ['a cut text', '6261'],
  ['a text that is not UTF-8', '61ff'],
  ['an array of 2^32', '9affffffff'],
  ['an array of 2^64', '9bffffffffffffffff'],
  ['a reserved length', '1c'],
  ['a lone break', 'ff'],
  ['a break after a key', 'bf00ff'],
  ['an integer of a length that is not said', '1f'],
  ['pieces of another kind', '5f6161ff'],
  ['a simple value written too long', 'f814'],
  ['a bignum longer than the bytes', 'c25affffffff'],
  ['tags without a value', 'c1c1c1'],
])('no CBOR: %s', (_, digits) => expect(textOf('cbor', digits)).toBeUndefined());

test('the problem and its place are reported', () => {
  expect(readCbor(hex('820119')).problem).toBe('2 bytes should follow, but there are 0. (byte 3)');
});

test('a thousand levels are read, a hundred thousand refused without recursion', () => {
  expect(textOf('cbor', `${'81'.repeat(1_000)}00`)?.length).toBe(2_001);
  expect(textOf('cbor', `${'81'.repeat(100_000)}00`)).toBeUndefined();
});

test('parts have the path to them', () => {
  const parts = codec('cbor').decode(hex('a2616101617282f5a1010a'))?.parts;
  expect(parts?.map(({ start, length, label, text }) => [start, length, label, text])).toEqual([
    [0, 1, 'map', 'map of 2'],
    [1, 2, 'key', '"a"'],
    [3, 1, '.a', '1'],
    [4, 2, 'key', '"r"'],
    [6, 1, '.r', 'array of 2'],
    [7, 1, '.r[0]', 'true'],
    [8, 1, '.r[1]', 'map of 1'],
    [9, 1, '.r[1] key', '1'],
    [10, 1, '.r[1][1]', '10'],
  ]);
});

const encoder = new Encoder({ useRecords: false, variableMapSize: true });

law.prop([fc.jsonValue()])('what cbor-x writes is read as it was meant', (value) => {
  const text = codec('cbor').decode(encoder.encode(value))?.text;
  // Neither JSON nor cbor-x writes the sign of a zero.
  expect(JSON.parse(text ?? '')).toEqual(JSON.parse(JSON.stringify(value)));
});

law.prop([fc.uint8Array({ maxLength: 200, size: 'max' })])('parts of any bytes tile what was read', (bytes) => {
  const reading = readCbor(bytes);
  if (reading.problem !== undefined) return;
  let end = 0;
  for (const part of reading.decoded.parts) {
    expect(part.start).toBe(end);
    end += part.length;
  }
  // Only breaks are not in a part.
  expect(end).toBeLessThanOrEqual(reading.length);
});
