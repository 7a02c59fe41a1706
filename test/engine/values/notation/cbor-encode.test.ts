import { fc, test as law } from '@fast-check/vitest';
import { Encoder } from 'cbor-x/encode';
import { describe, expect, test } from 'vitest';
import { fromHex, toHex } from '../../../../engine/core/format.ts';
import { CBOR } from '../../../../engine/values/codecs/cbor.ts';
import { CBOR_FORMS, encodeCbor } from '../../../../engine/values/notation/cbor-encode.ts';

const encoder = new Encoder({ useRecords: false, mapsAsObjects: false, variableMapSize: true, useFloat32: 0 });
// The text of a whole double is that of an integer, which has another encoding.
const fractions = fc.double({ noNaN: true }).filter((number) => !Number.isInteger(number) || Math.abs(number) < 2 ** 31);
const numbers = fc.oneof(fc.integer(), fractions, fc.bigInt({ min: 2n ** 60n, max: 2n ** 64n - 1n }));
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    numbers,
    fc.string({ unit: 'grapheme' }),
    fc.boolean(),
    fc.constant(null),
    fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
    fc.array(tie('value'), { maxLength: 5 }),
    fc.array(fc.tuple(fc.string(), tie('value')), { maxLength: 5 }).map((entries) => new Map(entries)),
  ),
}));

law.prop([value])('what another library encoded is encoded again, byte for byte, from its text', (one) => {
  const bytes = Uint8Array.from(encoder.encode(one));
  const text = CBOR.decode(bytes)?.text ?? '';
  const forms = CBOR_FORMS.map((form) => encodeCbor(text, form));
  expect(forms.map((form) => form && toHex(form))).toContain(toHex(bytes));
});

law.prop([value])('whatever the form, the text stays the same', (one) => {
  const text = CBOR.decode(Uint8Array.from(encoder.encode(one)))?.text ?? '';
  for (const form of CBOR_FORMS.filter(({ floats }) => floats !== 'single')) {
    const bytes = encodeCbor(text, form);
    expect(bytes && CBOR.decode(bytes)?.text).toBe(text);
  }
});

law.prop([fc.json()])('JSON is a notation of it', (json) => {
  const bytes = encodeCbor(json);
  expect(bytes && encoder.decode(Buffer.from(bytes))).toBeDefined();
});

describe('forms', () => {
  test.each([
    ['1.5', 'shortest', 'f93e00'],
    ['-0', 'shortest', 'f98000'],
    ['0.00006103515625', 'shortest', 'f90400'],
    ['5.960464477539063e-8', 'shortest', 'f90001'],
    ['65504.5', 'shortest', 'fa477fe080'],
    ['0.1', 'shortest', 'fb3fb999999999999a'],
    ['0.1', 'single', 'fa3dcccccd'],
    ['0.1', 'double', 'fb3fb999999999999a'],
    ['Infinity', 'shortest', 'f97c00'],
    ['NaN', 'double', 'fb7ff8000000000000'],
    ['18446744073709551616', 'double', 'c249010000000000000000'],
    ['-18446744073709551617', 'double', 'c349010000000000000000'],
    ['55799([1, 2])', 'double', 'd9d9f7820102'],
    ['simple(99)', 'double', 'f863'],
    ['{1: h\'00ff\', "a": undefined}', 'double', 'a20142 00ff6161f7'.replace(' ', '')],
  ] as const)('%s, %s', (text, floats, hex) => {
    expect(toHex(encodeCbor(text, { floats, indefinite: false }) ?? new Uint8Array())).toBe(hex);
  });

  test('with breaks', () => {
    expect(encodeCbor('[1, {"a": []}]', { floats: 'double', indefinite: true })).toEqual(fromHex('9f01bf61619fffffff'));
  });
});

test.each(['', '{', '[1 2]', '[1,]', '{1}', "h'0'", '"a', '1 2', 'simple(24)', 'word', '(_ 1)', `${'['.repeat(500)}`])(
  '%j is refused',
  (text) => {
    expect(encodeCbor(text)).toBeUndefined();
  },
);
