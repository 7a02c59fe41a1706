import { fc, test as law } from '@fast-check/vitest';
import { Encoder, encode } from '@msgpack/msgpack';
import { describe, expect, test } from 'vitest';
import { MESSAGEPACK, readMessagePack } from '../../../../engine/values/codecs/messagepack.ts';
import { guessCodec } from '../../../../engine/values/guessing/sniff.ts';
import { hex, textOf } from '../decoding.ts';

test.each([
  ['00', '0'],
  ['7f', '127'],
  ['e0', '-32'],
  ['ff', '-1'],
  ['c0', 'null'],
  ['c2', 'false'],
  ['c3', 'true'],
  ['cc ff', '255'],
  ['cd 0100', '256'],
  ['ce 00010000', '65536'],
  ['cf ffffffffffffffff', '18446744073709551615'],
  ['d0 80', '-128'],
  ['d1 8000', '-32768'],
  ['d2 80000000', '-2147483648'],
  ['d3 8000000000000000', '-9223372036854775808'],
  ['ca 3fc00000', '1.5'],
  ['ca 3dcccccd', '0.1'],
  ['cb 3ff8000000000000', '1.5'],
  ['a0', '""'],
  ['a3 61c3bc', '"aü"'],
  ['d9 02 6869', '"hi"'],
  ['da 0002 6869', '"hi"'],
  ['db 00000002 6869', '"hi"'],
  ['c4 02 00ff', "h'00ff'"],
  ['c5 0002 00ff', "h'00ff'"],
  ['c6 00000002 00ff', "h'00ff'"],
  ['90', '[]'],
  ['93 01 a161 c0', '[1, "a", null]'],
  ['dc 0001 05', '[5]'],
  ['dd 00000001 05', '[5]'],
  ['80', '{}'],
  ['82 a161 01 02 90', '{"a": 1, 2: []}'],
  ['de 0001 c3 c2', '{true: false}'],
  ['df 00000001 c3 c2', '{true: false}'],
  ['d4 05 ff', "ext(5, h'ff')"],
  ['d8 85 000102030405060708090a0b0c0d0e0f', "ext(-123, h'000102030405060708090a0b0c0d0e0f')"],
  ['c7 03 07 010203', "ext(7, h'010203')"],
  ['d6 ff 00000001', 'timestamp("1970-01-01T00:00:01Z")'],
  ['d7 ff 77359400 00000001', 'timestamp("1970-01-01T00:00:01.5Z")'],
  ['c7 0c ff 00000001 fffffffffffffffe', 'timestamp("1969-12-31T23:59:58.000000001Z")'],
])('%s is %s', (digits, text) => expect(textOf('messagepack', digits)).toBe(text));

test.each(['', 'c1', '91', '92 01', 'a2 61', 'a1 ff', '81 01', '00 00', 'd9', 'c7 05 01 00', 'dd ffffffff', 'df ffffffff 00'])(
  '%j is not an item',
  (digits) => expect(textOf('messagepack', digits)).toBeUndefined(),
);

test('each item has its bytes', () => {
  const bytes = encode({ id: 7, tags: ['a'] });
  expect(MESSAGEPACK.decode(bytes)?.parts.map(({ start, length, label, text }) => [start, length, label, text])).toEqual([
    [0, 1, 'map', 'map of 2'],
    [1, 3, 'key', '"id"'],
    [4, 1, '.id', '7'],
    [5, 5, 'key', '"tags"'],
    [10, 1, '.tags', 'array of 1'],
    [11, 2, '.tags[0]', '"a"'],
  ]);
});

test('the beginning of a long value is read as far as possible', () => {
  const bytes = encode({ id: 7, name: 'x'.repeat(100), end: true });
  const reading = readMessagePack(bytes.subarray(0, 40), { length: bytes.length });
  expect(reading).toMatchObject({ partial: { text: expect.stringMatching(/^\{"id": 7, "name": $/) } });
});

test('deep nesting is read, and ends', () => {
  const deep = new Uint8Array(1_025).fill(0x91);
  deep[1_024] = 0xc0;
  expect(MESSAGEPACK.decode(deep)?.text.length).toBe(2 * 1_024 + 4);
  expect(MESSAGEPACK.decode(deep.subarray(0, 1_024))).toBeUndefined();
});

law.prop([fc.jsonValue()])('what the library writes is read as it was meant', (value) => {
  const text = MESSAGEPACK.decode(encode(value))?.text;
  expect(JSON.parse(text ?? '')).toEqual(JSON.parse(JSON.stringify(value)));
});

law.prop([fc.uint8Array({ maxLength: 64 })])('no bytes make it throw', (bytes) => {
  const reading = readMessagePack(bytes);
  if (reading.problem === undefined) expect(reading.length).toBeLessThanOrEqual(bytes.length);
});

describe('values written by rmp-serde', () => {
  const encoder = new Encoder({ useBigInt64: true });
  const guess = (values: readonly unknown[]) =>
    guessCodec(
      values.map((value) => encoder.encode(value).slice()),
      { family: 'stable-structures', role: 'value' },
    );
  const ids = Array.from({ length: 30 }, (_, id) => id);

  test.each([
    ['named fields', ids.map((id) => ({ id, name: `user ${id * id}`, tags: id % 3 ? [] : ['x'] }))],
    ['fields by position', ids.map((id) => [id, `user ${id * id}`, id % 3 ? [] : ['x'], id % 2 ? null : 1.5])],
    ['an enum, some cases without fields', ids.map((id) => (id % 3 ? { Running: [id, 'job'] } : id % 2 ? 'Idle' : 'Done'))],
    ['an option', ids.map((id) => (id % 4 === 3 ? null : { id, note: 'n'.repeat(id % 7) }))],
    ['one value', [{ owner: 'abc', limit: 100, open: true }]],
  ])('%s', (_, values) => expect(guess(values)).toBe('messagepack'));
});

test('timestamps and numbers alone do not look like MessagePack', () => {
  const numbers = Array.from({ length: 40 }, (_, index) => hex(`00000${(index + 256).toString(16).padStart(3, '0')}`));
  expect(guessCodec(numbers, { family: 'stable-structures', role: 'value' })).toBe('u32-be');
});
