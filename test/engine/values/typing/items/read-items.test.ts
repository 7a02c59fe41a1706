/** Tests values of JSON, CBOR and MessagePack with the places of their parts. Other libraries write them, and say which of them are valid. */

import { fc, test as property } from '@fast-check/vitest';
import { encode as encodeMessagePack } from '@msgpack/msgpack';
import { encode as encodeCbor } from 'cbor-x/encode';
import { describe, expect, test } from 'vitest';
import { itemAt, pathText } from '../../../../../engine/values/typing/items/item-tree.ts';
import { encodingOf, type ItemEncoding } from '../../../../../engine/values/typing/items/json-schema.ts';
import { readItems } from '../../../../../engine/values/typing/items/read-items.ts';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

const ENCODERS: readonly (readonly [ItemEncoding, (value: unknown) => Uint8Array])[] = [
  ['json', (value) => text(JSON.stringify(value, undefined, 2))],
  ['cbor', (value) => Uint8Array.from(encodeCbor(value))],
  ['messagepack', (value) => encodeMessagePack(value)],
];

describe.each(ENCODERS)('%s', (encoding, encode) => {
  property.prop([fc.jsonValue({ maxDepth: 4 })], { numRuns: 500 })('has the value that was written', (value) => {
    const reading = readItems(encode(value), encoding);
    expect(reading.problem === undefined && JSON.stringify(reading.item.value)).toBe(JSON.stringify(value));
  });

  test('the start of a part is that of its bytes', () => {
    const bytes = encode({ users: [{ name: 'Ada' }, { name: 'Bob', age: 300 }] });
    const reading = readItems(bytes, encoding);
    if (reading.problem !== undefined) throw new Error(reading.problem);
    const path = ['users', '1', 'age'];
    expect(pathText(reading.item, path)).toBe('.users[1].age');
    const { start, value } = itemAt(reading.item, path);
    expect(value).toBe(300);
    const own = encode(300);
    expect(bytes.subarray(start, start + own.length)).toEqual(Uint8Array.from(own));
  });

  property.prop([fc.uint8Array({ maxLength: 40 })], { numRuns: 2_000 })('bytes never throw', (bytes) => {
    const reading = readItems(bytes, encoding);
    if (reading.problem !== undefined) expect(reading.at).toBeLessThanOrEqual(bytes.length);
  });
});

property.prop([fc.jsonValue({ maxDepth: 3 }), fc.nat(), fc.constantFrom(...'{}[]",:\\u0e-+. tfn1a')], { numRuns: 3_000 })(
  'JSON is valid exactly if JSON.parse reads it',
  (value, place, letter) => {
    const json = JSON.stringify(value);
    const at = place % (json.length + 1);
    const damaged = json.slice(0, at) + letter + json.slice(at + 1);
    const isValid = (): boolean => {
      try {
        JSON.parse(damaged);
        return true;
      } catch {
        return false;
      }
    };
    const bytes = text(damaged);
    // A letter that replaces half of a character is not text any more.
    if (new TextDecoder().decode(bytes) !== damaged) return;
    expect(readItems(bytes, 'json').problem === undefined, damaged).toBe(isValid());
  },
);

test.each([
  ['{"a": 1,}', 8, 'A key in quotes should be here.'],
  ['{"a": tru}', 6, 'A value should be here.'],
  ['{"a": 01}', 7, 'A value should be here.'],
  ['{"a" 1}', 5, 'A colon should be here.'],
  ['[1 2]', 3, 'A comma or "]" should be here.'],
  ['{"a": "x', 8, 'The bytes end too early.'],
  ['"\\x"', 1, '\\x is not an escape.'],
  ['"a\nb"', 2, 'A text cannot have a control character.'],
  ['{} {}', 3, 'The value ends here, but more follows.'],
  ['', 0, 'The bytes end too early.'],
])('%s fails at byte %i', (json, at, problem) => expect(readItems(text(json), 'json')).toEqual({ problem, at }));

test('what JSON lacks has a form in it', () => {
  // Bytes, a number with a tag, undefined, a key that is a number, and an endless text.
  const bytes = Uint8Array.from(Buffer.from('85 43 010203 c1 05 f7 a1 07 01 7f 61 61 61 62 ff'.replaceAll(' ', ''), 'hex'));
  const reading = readItems(bytes, 'cbor');
  expect(reading.problem === undefined && JSON.stringify(reading.item.value)).toBe('["AQID",5,null,{"7":1},"ab"]');
});

test('the encoding of most values is that of all', () => {
  for (const [encoding, encode] of ENCODERS)
    expect(encodingOf([encode({ a: 1 }), encode({ b: [2, 'x'] }), Uint8Array.of(0xff, 0xc1)])).toBe(encoding);
});
