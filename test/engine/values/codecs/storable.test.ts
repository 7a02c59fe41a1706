import { expect, test } from 'vitest';
import { CODEC_CHOICES, codecOf } from '../../../../engine/values/codecs.ts';
import { codec, hex, textOf } from '../decoding.ts';

// Bytes that the Rust library wrote.
test.each([
  ['storable.option(storable.blob(6))', '00', 'None'],
  ['storable.option(principal)', '0000000000000005010101', 'Some(rno2w-sqaaa-aaaaa-aaacq-cai)'],
  ['storable.tuple(u64-be, u32-be)', '0000000000003828000001cc', '(14376, 460)'],
  ['storable.tuple(u8, u16-be, u32-be)', '00000000000021', '(0, 0, 33)'],
  ['storable.tuple(u32-be, text, bool)', '000000007c10616c70686120ceb2657461202331323401', '(124, "alpha βeta #124", true)'],
  ['storable.tuple(u16-be, principal, u8)', '0000000a0000000000000023010102', '(0, w6ozc-gaaaa-aaaaa-aaarq-cai, 2)'],
  ['storable.tuple(bytes, text, u16-be)', '00000e616c70686120ceb26574612023300000', '(, "alpha βeta #0", 0)'],
  ['storable.option(storable.tuple(u32-be, storable.blob(5)))', '00000021ff060d00000301', 'Some((33, ff060d))'],
  [
    'storable.tuple(principal, storable.tuple(u64-be, storable.blob(12)))',
    '04000000000000000000000000000000000000000000000000000000000000000000000006040b121920272e0000000000070115',
    '(2vxsx-fae, (6, 040b121920272e))',
  ],
  [
    'storable.tuple(principal, principal)',
    '04000000000000000000000000000000000000000000000000000000000000000000000000010100000000000000000000000000000000000000010a',
    '(2vxsx-fae, rwlgt-iiaaa-aaaaa-aaaaa-cai)',
  ],
  ['storable.reverse(u32-be)', '00018631', '99889'],
])('%s: %s, and back', (name, digits, text) => {
  expect(textOf(name, digits)).toBe(text);
  expect(codec(name).encode?.(text)).toEqual(hex(digits));
});

test('sizes of more than one byte', () => {
  const pair = `${'61'.repeat(2)}${'00'.repeat(298)}07${'0002'}`;
  expect(textOf('storable.tuple(storable.blob(300), u8)', pair)).toBe('(6161, 7)');
  const triple = `04 ${'0102'} ${'61'.repeat(258)} 00 07`;
  expect(textOf('storable.tuple(text, bytes, u8)', triple)).toBe(`("${'a'.repeat(258)}", , 7)`);
});

test.each([
  ['storable.tuple(u8, u8)', '(1)'],
  ['storable.tuple(u8, u8)', '(1, 2, 3)'],
  ['storable.tuple(u8, u8)', '1, 2'],
  ['storable.tuple(u8, u8)', '(1, 256)'],
  ['storable.tuple(storable.blob(1), u8)', '(0102, 1)'],
  ['storable.option(u8)', 'Some(x)'],
  ['storable.option(u8)', '7'],
  ['storable.array(2)', '01'],
])('%s: %s cannot be written', (name, text) => expect(codec(name).encode?.(text)).toBeUndefined());

test('brackets, quotes and commas in the members of a tuple stay in them', () => {
  const { encode, decode } = codec('storable.tuple(text, text, storable.option(storable.tuple(u8, u8)))');
  const text = '("a, (\\"b", "]", Some((1, 2)))';
  expect(decode(encode?.(text) ?? new Uint8Array())?.text).toBe(text);
});

test.each([
  ['storable.option(u8)', '01'],
  ['storable.option(u8)', '0502'],
  ['storable.option(u8)', ''],
  ['storable.tuple(u8, u16-be)', '0102'],
  ['storable.tuple(principal, u8)', `${'00'.repeat(29)}0730`],
  ['storable.tuple(storable.blob(2), u8)', '6161 07 03'],
  ['storable.tuple(storable.blob(2), u8)', '6161 07 01'],
  ['storable.tuple(text, u8, u8)', '00 05 61 01 02'],
  ['storable.tuple(text, u8, u8)', '10 00 01 02'],
  ['storable.tuple(text, u8, u8)', '00 01 ff 01 02'],
  ['storable.tuple(text, u8, u8)', ''],
  ['storable.blob(2)', '000000'],
  ['storable.array(2)', '00'],
])('%s: %s is none', (name, digits) => expect(textOf(name, digits)).toBeUndefined());

test('parts are inside the whole', () => {
  const decoded = codec('storable.tuple(u32-be, text, bool)').decode(hex('00 0000007c 02 6869 01'));
  expect(decoded?.parts).toEqual([
    { start: 1, length: 4, label: '0: u32', text: '124' },
    { start: 6, length: 2, label: '1: text', text: 'hi' },
    { start: 8, length: 1, label: '2: bool', text: 'true' },
  ]);
});

test.each([
  ['storable.reverse(u32-be)', '00000002', '00000001', -1],
  ['storable.option(u8)', '00', '0001', -1],
  ['storable.option(u8)', '0201', '0101', 1],
  ['storable.tuple(u8, i8)', '01ff', '0100', -1],
  ['storable.tuple(u8, storable.reverse(u8))', '0102', '0101', -1],
])('the order of %s: %s and %s', (name, a, b, order) => {
  expect(Math.sign(codec(name).compare?.(hex(a), hex(b)) ?? Number.NaN)).toBe(order);
});

test.each([
  ['blobify.text', 'text'],
  ['blobify.time', 'blobify.int'],
  ['blobify@0.2.nat64', 'u64-be'],
  [' storable.option( text ) ', 'storable.option(text)'],
  ['storable.tuple(u8,storable.option(blobify.blob))', undefined],
  ['storable.tuple(u8,storable.option(u16-be),text)', 'storable.tuple(u8, storable.option(u16-be), text)'],
  ['storable.tuple(u8)', undefined],
  ['storable.tuple(u8, u8, u8, u8)', undefined],
  ['storable.tuple(text, u8)', undefined],
  ['storable.option()', undefined],
  ['storable.option(u8', undefined],
  ['storable.option(u8))', undefined],
  ['storable.option(u8, u8)', undefined],
  ['storable.blob(x)', undefined],
  ['storable.none(u8)', undefined],
  ['', undefined],
  ['U8', undefined],
  [`${'storable.option('.repeat(10_000)}u8${')'.repeat(10_000)}`, undefined],
])('%s is called %s', (name, own) => expect(codecOf(name)?.name).toBe(own));

test('all choices exist, once, and have a description', () => {
  const names = CODEC_CHOICES.map((choice) => choice.name);
  expect(new Set(names).size).toBe(names.length);
  for (const { name, description } of CODEC_CHOICES) {
    expect(description).not.toBe('');
    if (!name.includes('…')) expect(codecOf(name)?.name).toBe(name);
  }
});
