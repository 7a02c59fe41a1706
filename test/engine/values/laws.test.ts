import { fc, test as law } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { CODEC_CHOICES, codecOf } from '../../../engine/values/codecs.ts';
import { guessCodec, sniff } from '../../../engine/values/guessing/sniff.ts';
import { codec, hex } from './decoding.ts';

const COMPOSED = [
  'storable.option(u16-le)',
  'storable.tuple(principal, storable.blob(3))',
  'storable.tuple(text, principal, cbor)',
  'storable.reverse(i64-be)',
  'padded(cbor)',
  'padded(text)',
  'prefixed(1, candid)',
  'prefixed(2, padded(messagepack))',
  'prefixed(u32-le, text)',
  'padded(prefixed(u8, json))',
  'storable.option(prefixed(1, protobuf))',
];
const NAMES = [...CODEC_CHOICES.map((choice) => choice.name).filter((name) => codecOf(name) !== undefined), ...COMPOSED];

/** Random bytes, and bytes that begin like a known encoding. */
const anyBytes = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  fc
    .tuple(
      fc.constantFrom('4449444c', '4449444c016c01', '4449444c016d7f0100', 'bf', '9f', 'c2', '7b', '00', '05'),
      fc.uint8Array({ maxLength: 40 }),
    )
    .map(([head, tail]) => new Uint8Array([...hex(head), ...tail])),
  fc.string({ maxLength: 20 }).map((text) => new TextEncoder().encode(text)),
);

describe.each(NAMES)('%s', (name) => {
  const { decode, encode, compare } = codec(name);

  law.prop([anyBytes])('says the same again of what it says', (bytes) => {
    const decoded = decode(bytes);
    const again = decoded && encode?.(decoded.text);
    if (decoded === undefined || encode === undefined) return;
    if (again === undefined) throw new Error(`${decoded.text} cannot be written.`);
    expect(decode(again)?.text).toBe(decoded.text);
  });

  law.prop([fc.string({ maxLength: 30 })])('writes no text that it does not read as that text', (text) => {
    const bytes = encode?.(text);
    if (bytes !== undefined) expect(decode(bytes)).toBeDefined();
  });

  law.prop([anyBytes])('has its parts inside the value, in order', (bytes) => {
    let end = 0;
    for (const part of decode(bytes)?.parts ?? []) {
      expect(part.start).toBeGreaterThanOrEqual(end);
      end = part.start + part.length;
    }
    expect(end).toBeLessThanOrEqual(bytes.length);
  });

  law.prop([anyBytes, anyBytes])('has an order of which the one way is the other turned around', (a, b) => {
    if (compare === undefined || decode(a) === undefined || decode(b) === undefined) return;
    expect(Math.sign(compare(a, b))).toBe(-Math.sign(compare(b, a)) + 0);
    expect(compare(a, a)).toBe(0);
  });
});

const families = fc.constantFrom('stable-structures', 'motoko');
const roles = fc.constantFrom('key', 'value');

law.prop([anyBytes, families, roles])('any bytes can be sniffed, the best way first', (bytes, family, role) => {
  const guesses = sniff(bytes, { family, role });
  expect(guesses.map((guess) => guess.codec)).toContain('bytes');
  expect(guesses.map((guess) => guess.score)).toEqual(guesses.map((guess) => guess.score).sort((a, b) => b - a));
  for (const { codec: name, text, score } of guesses) {
    expect(codec(name).decode(bytes)?.text).toBe(text);
    expect(score).toBeGreaterThan(0);
    expect(score).toBeLessThanOrEqual(1);
  }
});

law.prop([fc.array(anyBytes, { maxLength: 20 }), families, roles])('any values have a codec', (values, family, role) => {
  expect(codecOf(guessCodec(values, { family, role }))).toBeDefined();
});
