import { fc, test as law } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { toHex } from '../../../../engine/core/format.ts';
import { candidCodec, hashField, readCandid } from '../../../../engine/values/codecs/candid.ts';
import { Cursor } from '../../../../engine/values/cursor.ts';
import { encodeSigned, encodeUnsigned, readSigned, readUnsigned } from '../../../../engine/values/leb128.ts';
import { codec, hex, textOf } from '../decoding.ts';

const utf8 = new TextEncoder();
/** `DIDL` in hex. */
const M = '4449444c';

test.each([
  ['no arguments', `${M} 00 00`, '()'],
  ['null', `${M} 00 01 7f`, '(null)'],
  ['bool', `${M} 00 01 7e 01`, '(true)'],
  ['nat', `${M} 00 01 7d e807`, '(1000 : nat)'],
  ['a nat of 128 bits', `${M} 00 01 7d ffffffffffffffffffffffffffffffffffff03`, `(${2n ** 128n - 1n} : nat)`],
  ['int', `${M} 00 01 7c 7b`, '(-5 : int)'],
  ['nat8', `${M} 00 01 7b ff`, '(255 : nat8)'],
  ['nat16', `${M} 00 01 7a 0102`, '(513 : nat16)'],
  ['nat64', `${M} 00 01 78 0100000000000080`, `(${2n ** 63n + 1n} : nat64)`],
  ['int8', `${M} 00 01 77 ff`, '(-1 : int8)'],
  ['int64', `${M} 00 01 74 feffffffffffffff`, '(-2 : int64)'],
  ['float32', `${M} 00 01 73 cdcccc3d`, '(0.1 : float32)'],
  ['float64', `${M} 00 01 72 0000000000000a40`, '(3.25 : float64)'],
  ['text', `${M} 00 01 71 03 612262`, '("a\\"b")'],
  ['reserved', `${M} 00 01 70`, '(null : reserved)'],
  ['principal', `${M} 00 01 68 01 01 04`, '(principal "2vxsx-fae")'],
  ['two arguments', `${M} 00 02 7e 7b 00 07`, '(false, 7 : nat8)'],
  ['opt, some', `${M} 01 6e 7d 01 00 01 05`, '(opt (5 : nat))'],
  ['opt, none', `${M} 01 6e 7d 01 00 00`, '(null)'],
  ['opt of opt', `${M} 02 6e 01 6e 71 01 00 01 01 01 78`, '(opt opt "x")'],
  ['vec', `${M} 01 6d 7d 01 00 02 01 02`, '(vec { 1 : nat; 2 : nat })'],
  ['empty vec', `${M} 01 6d 7d 01 00 00`, '(vec {})'],
  ['blob', `${M} 01 6d 7b 01 00 03 00 61 22`, '(blob "\\00a\\22")'],
  ['record', `${M} 01 6c 02 05 7d cbe4fdc704 71 01 00 2a 01 78`, '(record { 5 = 42 : nat; 1224700491 = "x" })'],
  ['tuple', `${M} 01 6c 02 00 7d 01 71 01 00 2a 01 78`, '(record { 42 : nat; "x" })'],
  ['empty record', `${M} 01 6c 00 01 00`, '(record {})'],
  ['variant with a value', `${M} 01 6b 02 01 7f 02 7b 01 00 01 09`, '(variant { 2 = 9 : nat8 })'],
  ['bare variant', `${M} 01 6b 02 01 7f 02 7b 01 00 00`, '(variant { 1 })'],
  ['list', `${M} 02 6e 01 6c 02 00 7b 01 00 01 00 01 07 01 08 00`, '(opt record { 7 : nat8; opt record { 8 : nat8; null } })'],
  ['func', `${M} 01 6a 01 7d 01 71 01 01 01 00 01 01 01 04 02 676f`, '(func "2vxsx-fae"."go")'],
  ['service', `${M} 02 69 01 02 676f 01 6a 00 00 00 01 00 01 01 04`, '(service "2vxsx-fae")'],
])('%s', (_, digits, text) => expect(textOf('candid', digits)).toBe(text));

test.each([
  ['another magic', '4449444d 00 00'],
  ['cut in the magic', '444944'],
  ['a byte after the end', `${M} 00 01 7e 01 00`],
  ['a byte too few', `${M} 00 01 7e`],
  ['a type outside of the table', `${M} 00 01 00`],
  ['a primitive that is none', `${M} 00 01 6f 00`],
  ['a bool of 2', `${M} 00 01 7e 02`],
  ['an opt of 2', `${M} 01 6e 7d 01 00 02 05`],
  ['a case that is none', `${M} 01 6b 01 01 7f 01 00 01`],
  ['fields that do not rise', `${M} 01 6c 02 05 7d 05 7d 01 00 01 01`],
  ['empty', `${M} 00 01 6f`],
  ['an opaque principal', `${M} 00 01 68 00`],
  ['text that is not UTF-8', `${M} 00 01 71 01 ff`],
  ['a table longer than the bytes', `${M} ffffffff0f`],
  ['2^32 times null', `${M} 01 6d 7f 01 00 ffffffff0f`],
  ['2^40 bytes of a blob', `${M} 01 6d 7b 01 00 808080808020`],
  ['a record in itself', `${M} 01 6c 01 00 00 01 00`],
  ['a number without end', `${M} 00 01 7d ${'ff'.repeat(9000)}00`],
])('no Candid: %s', (_, digits) => expect(textOf('candid', digits)).toBeUndefined());

test('the problem and its place are reported', () => {
  const reading = readCandid(hex(`${M} 00 01 7e 02`));
  expect(reading.problem).toBe('A bool is 0 or 1, not 2. (byte 7)');
});

test('a message before other bytes has a length', () => {
  expect(readCandid(hex(`${M} 00 01 7e 01 ffff`))).toMatchObject({ length: 8, decoded: { text: '(true)' } });
});

test('a hundred thousand levels are read without recursion', () => {
  const depth = 100_000;
  const digits = `${M} 02 6e 01 6c 02 00 7b 01 00 01 00 ${'0107'.repeat(depth)} 00`;
  expect(textOf('candid', digits)?.length).toBeGreaterThan(depth);
});

test('parts tile the message and name its fields', () => {
  const names = new Map(['name', 'tags'].map((name) => [hashField(utf8.encode(name)), name]));
  const ids = [...names.keys()].sort((a, b) => a - b);
  expect(ids).toEqual([1224700491, 1291236569]);
  const fields = `${toHex(encodeUnsigned(1224700491n))} 71 ${toHex(encodeUnsigned(1291236569n))} 01`;
  const bytes = hex(`${M} 02 6c 02 ${fields} 6d 71 01 00 02 6869 01 01 74`);
  const decoded = candidCodec(names).decode(bytes);
  expect(decoded?.text).toBe('(record { name = "hi"; tags = vec { "t" } })');
  expect(decoded?.parts.map(({ label, text }) => [label, text])).toEqual([
    ['magic', 'DIDL'],
    ['types', '2 types, 1 argument'],
    ['.name', '"hi"'],
    ['.tags.length', '1'],
    ['.tags[0]', '"t"'],
  ]);
  let end = 0;
  for (const part of decoded?.parts ?? []) {
    expect(part.start).toBe(end);
    end += part.length;
  }
  expect(end).toBe(bytes.length);
});

law.prop([fc.bigInt({ min: 0n, max: 2n ** 200n })])('LEB128 and back', (value) => {
  expect(readUnsigned(new Cursor(encodeUnsigned(value)))).toBe(value);
});

law.prop([fc.bigInt({ min: -(2n ** 200n), max: 2n ** 200n })])('signed LEB128 and back', (value) => {
  expect(readSigned(new Cursor(encodeSigned(value)))).toBe(value);
});

law.prop([fc.uint8Array({ maxLength: 60 }), fc.constantFrom('016d', '016c02', '026e016c', '0001', '016b')])(
  'no bytes after the magic make it throw or write for ever',
  (bytes, table) => {
    const message = new Uint8Array([...hex(M + table), ...bytes]);
    const reading = readCandid(message);
    if (reading.problem === undefined) expect(reading.decoded.text.length).toBeLessThan(100_000);
    expect(codec('candid').decode(message)?.text.length ?? 0).toBeLessThan(100_000);
  },
);
