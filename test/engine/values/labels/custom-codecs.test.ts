import { fc, test as law } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { fromHex } from '../../../../engine/core/format.ts';
import { type CodecTable, codecOfBlobify, NO_CODECS, registerCodec } from '../../../../engine/values/codec-table.ts';
import { codecOf } from '../../../../engine/values/codecs.ts';
import { readCodecs } from '../../../../engine/values/labels/read-forms.ts';

function declared(codecs: Readonly<Record<string, unknown>>): {
  readonly table: CodecTable;
  readonly problems: readonly string[];
} {
  const problems: string[] = [];
  return { table: readCodecs(codecs, 'codecs', (path, problem) => problems.push(`${path}: ${problem}`)), problems };
}

/** Decodes bytes in hex with the codec of a form. */
function textOf(form: unknown, hex: string, others: Readonly<Record<string, unknown>> = {}): string | undefined {
  const { table, problems } = declared({ ...others, own: form });
  expect(problems).toEqual([]);
  return codecOf('own', table)?.decode(fromHex(hex.replaceAll(' ', '')) ?? new Uint8Array())?.text;
}

const OPTION = { tag: 'u8', cases: { 0: 'none', 1: { some: 'u16-be' } } };

test.each<[form: unknown, hex: string, text: string | undefined]>([
  ['u16-be', '0102', '258'],
  ['text', '6869', 'hi'],
  [{ record: { x: 'u8', y: 'u16-le' } }, '01 0200', '{ x: 1, y: 2 }'],
  [{ record: { x: 'u8', y: 'u16-le' } }, '01 0200 03', undefined],
  [{ record: { x: 'u8', y: 'u16-le' } }, '01 02', undefined],
  [{ record: {} }, '', '{}'],
  [{ record: { id: 'u8', name: 'text' } }, '07 6869', '{ id: 7, name: "hi" }'],
  [{ record: { name: { value: 'text', size: 'u8' }, id: 'u8' } }, '02 6869 07', '{ name: "hi", id: 7 }'],
  [{ record: { name: { value: 'text', size: 2 }, id: 'u8' } }, '6869 07', '{ name: "hi", id: 7 }'],
  [{ record: { name: { value: 'text', size: 'u32-be' } } }, '00000003 6869', undefined],
  [OPTION, '00', '#none'],
  [OPTION, '01 0005', '#some(5)'],
  [OPTION, '02', undefined],
  [OPTION, '00 00', undefined],
  [{ array: 'u8', count: 'u16-le' }, '0300 010203', '[1, 2, 3]'],
  [{ array: 'u8', count: 'u16-le' }, '0400 010203', undefined],
  [{ array: 'u8', count: 2 }, '0102', '[1, 2]'],
  [{ array: 'u16-be' }, '0001 0002', '[1, 2]'],
  [{ array: 'u16-be' }, '', '[]'],
  [{ array: 'u16-be' }, '0001 02', undefined],
  [{ array: OPTION, count: 'u8' }, '02 00 010009', '[#none, #some(9)]'],
  [{ array: { array: { record: { a: 'u8' } }, count: 'u8' }, count: 'u8' }, '02 01 05 00', '[[{ a: 5 }], []]'],
  ['storable.option(u8)', '05 01', 'Some(5)'],
  [{ record: { who: { value: 'principal', size: 'u8' }, sum: 'blobify.nat' } }, '01 04 05', '{ who: 2vxsx-fae, sum: 5 }'],
])('%j of %s', (form, hex, text) => expect(textOf(form, hex)).toBe(text));

test('declarations can refer to each other, in any order', () => {
  const others = {
    User: { record: { at: 'Point', tags: { array: 'Tag', count: 'u8' } } },
    Tag: { record: { name: { value: 'text', size: 'u8' } } },
    Point: { record: { x: 'u8', y: 'i8' } },
  };
  expect(textOf('User', '01 02 02 0161 00', others)).toBe('{ at: { x: 1, y: 2 }, tags: [{ name: "a" }, { name: "" }] }');
});

describe('a codec that is made of others', () => {
  const codecs = { Point: { record: { x: 'u8', y: 'i8' } }, Line: { record: { from: 'Point', to: 'Point' } } };

  test('has a size if all its parts have one', () => {
    const { table } = declared(codecs);
    expect(codecOf('Line', table)?.bound).toEqual({ max: 4, fixed: true });
    expect(textOf('Line', '01 ff 03 04', codecs)).toBe('{ from: { x: 1, y: -1 }, to: { x: 3, y: 4 } }');
  });

  test('names its bytes', () => {
    const { table } = declared({ own: { record: { name: { value: 'text', size: 'u8' }, at: 'Point' } }, ...codecs });
    const parts = codecOf('own', table)?.decode(Uint8Array.of(1, 0x61, 5, 6))?.parts;
    expect(parts).toEqual([
      { start: 0, length: 1, label: '.name.size', text: '1' },
      { start: 1, length: 1, label: '.name', text: 'a' },
      { start: 2, length: 1, label: '.at.x', text: '5' },
      { start: 3, length: 1, label: '.at.y', text: '6' },
    ]);
  });

  test('can be in Storable tuples', () => {
    const { table } = declared(codecs);
    expect(codecOf('storable.tuple(Point, u8)', table)?.decode(Uint8Array.of(1, 2, 3))?.text).toBe('({ x: 1, y: 2 }, 3)');
  });
});

test.each<[codecs: Readonly<Record<string, unknown>>, problem: string]>([
  [{ own: 'texts' }, 'codecs.own: There is no codec "texts".'],
  [
    { own: 7 },
    'codecs.own: It should be the name of a codec, or an object with "value", "record", "cases" or "array", or "borsh", "bincode", "bincode2" or "postcard".',
  ],
  [{ own: { record: { a: { array: 'u7' } } } }, 'codecs.own.record.a.array: There is no codec "u7".'],
  [
    { own: { record: { name: 'text', id: 'u8' } } },
    'codecs.own.record.name: It takes all bytes that are left, so nothing is left for "id": give it a "size" or a "count".',
  ],
  [{ own: { record: ['u8'] } }, 'codecs.own.record: It should be an object with the fields, in order.'],
  [{ own: { value: 'text', size: 'i8' } }, 'codecs.own.size: "i8" is not an unsigned integer, such as "u8" or "u32-le".'],
  [{ own: { value: 'text', size: -1 } }, 'codecs.own.size: -1 is not a whole number from 0 to 1000000.'],
  [{ own: { value: 'u32-be', size: 3 } }, 'codecs.own.size: A u32-be has 4 bytes, not 3.'],
  [{ own: { value: 'text', length: 3 } }, 'codecs.own: It has "length" in addition to "value" and "size".'],
  [{ own: { cases: { 0: 'a' } } }, 'codecs.own.tag: undefined is not an unsigned integer, such as "u8" or "u32-le".'],
  [{ own: { tag: 'u8', cases: { 256: 'a' } } }, 'codecs.own.cases.256: 256 is not a number that a u8 can have.'],
  [
    { own: { tag: 'u8', cases: { 0: { a: 'u8', b: 'u8' } } } },
    'codecs.own.cases.0: It should be the name of a case, or an object with its name and its form.',
  ],
  [
    { own: { array: 'text' } },
    'codecs.own.array: Each element would take all bytes that are left: give it a "size" or a "count".',
  ],
  [
    { own: { array: { record: {} } } },
    'codecs.own.array: An element may have no bytes, so the number of elements is not bounded.',
  ],
  [{ text: 'u8' }, 'codecs.text: There is a codec "text" already: give this one another name.'],
  [
    { 'my codec': 'u8' },
    'codecs.my codec: The name of a codec must begin with a letter, followed by letters, digits, ".", "-" or "_".',
  ],
  [{ a: { record: { b: 'b' } }, b: 'a' }, 'codecs.b: The codec "a" is made of itself: a > b > a.'],
])('%j is reported', (codecs, problem) => {
  const { table, problems } = declared(codecs);
  expect(problems).toContain(problem);
  expect(codecOf('own', table)).toBeUndefined();
});

test('codecs that double again and again are limited', () => {
  const codecs = Object.fromEntries(
    Array.from({ length: 60 }, (_, index) => [
      `c${index}`,
      { record: index === 0 ? {} : { x: `c${index - 1}`, y: `c${index - 1}` } },
    ]),
  );
  expect(declared(codecs).problems).toContain('codecs.c13: It is made of more than 10,000 parts, or nests more than 64 deep.');
});

test.each([
  ['forwards', (index: number) => index - 1],
  ['backwards', (index: number) => index + 1],
])('chains of codecs end, %s', (_, next) => {
  const codecs = Object.fromEntries(
    Array.from({ length: 5_000 }, (__, index) => [
      `c${index}`,
      { record: next(index) in Array(5_000).fill(0) ? { x: `c${next(index)}` } : {} },
    ]),
  );
  const { table, problems } = declared(codecs);
  expect(problems.join()).toMatch(/64 deep/);
  for (const codec of table.values()) expect(codec.decode(new Uint8Array())?.text).toMatch(/^\{/);
});

const form = fc.letrec((tie) => ({
  form: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom('u8', 'u16-be', 'text', 'bool', 'blobify.nat'),
    fc.record({ value: fc.constant('text'), size: fc.oneof(fc.constant('u8'), fc.nat(4)) }),
    fc.record({ record: fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('form'), { maxKeys: 3 }) }),
    fc.record({ tag: fc.constant('u8'), cases: fc.dictionary(fc.constantFrom('0', '1'), fc.record({ some: tie('form') })) }),
    fc.record({ array: tie('form'), count: fc.oneof(fc.constant('u8'), fc.nat(4), fc.constant(undefined)) }),
  ),
})).form;

law.prop([form, fc.uint8Array({ maxLength: 40 })])(
  'no bytes make a declared codec throw; its parts are in order',
  (one, bytes) => {
    const codec = codecOf('own', declared({ own: one }).table);
    const decoded = codec?.decode(bytes);
    if (!codec || !decoded) return;
    if (codec.bound?.fixed) expect(bytes.length).toBe(codec.bound.max);
    let end = 0;
    for (const { start, length } of decoded.parts) {
      expect(start).toBeGreaterThanOrEqual(end);
      end = start + length;
    }
    expect(end).toBeLessThanOrEqual(bytes.length);
  },
);

describe('a Blobify in TypeScript', () => {
  const date = codecOfBlobify<Date>({
    name: 'date',
    size: 8,
    fromBlob: (blob) => new Date(Number(new DataView(blob.buffer, blob.byteOffset).getBigUint64(0))),
    toText: (value) => value.toISOString(),
    fromText: (text) => new Date(text),
    toBlob(value) {
      const blob = new Uint8Array(8);
      new DataView(blob.buffer).setBigUint64(0, BigInt(value.getTime()));
      return blob;
    },
    compare: (a, b) => a.getTime() - b.getTime(),
  });
  const table = registerCodec(NO_CODECS, date);
  const bytes = Uint8Array.of(0, 0, 1, 0x5c, 0xf4, 0x29, 0xac, 0);

  test('is a codec like any other', () => {
    const text = '2016-10-24T03:36:17.536Z';
    expect(codecOf('date', table)?.decode(bytes)?.text).toBe(new Date(Number(0x15cf429ac00)).toISOString());
    expect(codecOf('storable.option(date)', table)?.decode(Uint8Array.of(...bytes, 1))?.text).toMatch(/^Some\(/);
    expect(date.compare?.(date.encode?.(text) ?? bytes, bytes)).toBeLessThan(0);
    expect(date.decode(date.encode?.(text) ?? bytes)?.text).toBe(text);
  });

  test('is available only in its table', () => {
    expect(codecOf('date')).toBeUndefined();
    expect(NO_CODECS.size).toBe(0);
  });

  test('does not throw, whatever it does itself', () => {
    expect(date.decode(new Uint8Array(3))).toBeUndefined();
    expect(date.decode(new Uint8Array(8).fill(0xff))).toBeUndefined();
    expect(date.encode?.('no date')).toBeUndefined();
  });

  test.each(['date', 'u8', 'blobify.text'])('%s is taken', (name) => {
    expect(() => registerCodec(table, { ...date, name })).toThrow(`There is a codec "${name}" already.`);
  });

  test('names must match the pattern', () =>
    expect(() => registerCodec(table, { ...date, name: 'my date' })).toThrow(RangeError));
});
