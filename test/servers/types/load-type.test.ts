/** Tests types in files. The libraries of each format write the values. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fc, test as property } from '@fast-check/vitest';
import { encode as encodeMessagePack } from '@msgpack/msgpack';
import { encode as encodeCbor } from 'cbor-x/encode';
import { Builder } from 'flatbuffers';
import protobuf from 'protobufjs';
import { afterAll, describe, expect, test } from 'vitest';
import { codecOf } from '../../../engine/values/codecs.ts';
import type { Verdict } from '../../../engine/values/typing/value-type.ts';
import { loadType, typesIn } from '../../../servers/types/load-type.ts';

const folder = mkdtempSync(join(tmpdir(), 'types-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function put(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

async function check(type: string, bytes: Uint8Array): Promise<Verdict> {
  const loaded = loadType(type, { codec: codecOf, samples: () => [bytes] });
  if ('problem' in loaded) throw new Error(loaded.problem);
  return loaded.check(bytes);
}

async function problemOf(type: string): Promise<string> {
  const loaded = loadType(type, { codec: codecOf, samples: () => [] });
  return 'problem' in loaded ? loaded.problem : 'none';
}

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

describe('JSON Schema', () => {
  const path = put(
    'schema.json',
    JSON.stringify({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      required: ['name'],
      properties: {
        name: { type: 'string', minLength: 1 },
        age: { type: 'integer', maximum: 150 },
        pet: { $ref: '#/$defs/Pet' },
      },
      additionalProperties: false,
      $defs: {
        Pet: {
          oneOf: [
            {
              type: 'object',
              required: ['cat'],
              properties: { cat: { type: 'object', properties: { lives: { type: 'integer' } } } },
            },
            { type: 'object', required: ['dog'], properties: { dog: { type: 'string' } } },
          ],
        },
      },
    }),
  );

  const ada = { name: 'Ada', age: 36, pet: { dog: 'Rex' } };
  const old = { name: 'Ada', age: 360 };

  test.each([
    ['JSON', (value: unknown) => text(JSON.stringify(value))],
    ['CBOR', (value: unknown) => Uint8Array.from(encodeCbor(value))],
    ['MessagePack', (value: unknown) => Uint8Array.from(encodeMessagePack(value))],
  ])('values in %s', async (_, encode) => {
    expect(await check(path, encode(ada))).toEqual({ kind: 'fits' });
    const bytes = encode(old);
    const own = encode(360);
    expect(await check(path, bytes)).toEqual({
      kind: 'fails',
      mismatch: {
        at: bytes.length - own.length - (bytes.at(-1) === 0x7d ? 1 : 0),
        path: '.age',
        reason: '360 is greater than 150.',
      },
    });
  });

  test.each([
    [{ age: 1 }, '', 0, 'The value does not have required property "name".'],
    [{ name: 5 }, '.name', 8, 'The value type "number" is invalid. Expected "string".'],
    [{ name: 'Ada', size: 1 }, '.size', 21, 'The schema does not allow it.'],
    [
      { name: 'Ada', pet: { cat: { lives: 'nine' } } },
      '.pet.cat.lives',
      36,
      'It fits none of the alternatives; of the nearest: The value type "string" is invalid. Expected "integer".',
    ],
  ])('%j fails', async (value, place, at, reason) =>
    expect(await check(path, text(JSON.stringify(value)))).toEqual({ kind: 'fails', mismatch: { at, path: place, reason } }),
  );

  test('a definition in it', async () => {
    expect(await check(`${path}#Pet`, text('{"dog": "Rex"}'))).toEqual({ kind: 'fits' });
    expect(await check(`${path}#/$defs/Pet`, text('{"fish": 1}'))).toMatchObject({ kind: 'fails' });
    expect(await problemOf(`${path}#Fish`)).toBe(`${path} has no definition "Fish". Its definitions are Pet.`);
  });

  test('damaged JSON', async () =>
    expect(await check(path, text('{"name": "Ada"'))).toEqual({
      kind: 'fails',
      mismatch: { at: 14, path: '', reason: 'It is not JSON. The bytes end too early.' },
    }));

  test('files that are not schemas', async () => {
    expect(await problemOf(put('bad.json', '[1, 2'))).toContain('is not a JSON Schema');
    expect(await problemOf(put('other.json', '{"$ref": "user.json"}'))).toContain('refers to user.json, which is not in it.');
    expect(await problemOf(join(folder, 'missing.json'))).toContain('missing.json');
  });
});

describe('Protocol Buffers', () => {
  const source = `syntax = "proto3";
    package shop.v1;
    import "parts/address.proto";
    import "google/protobuf/timestamp.proto";
    enum Color { NONE = 0; RED = 1; }
    message User {
      uint64 id = 1; string name = 2; repeated sint32 scores = 3; map<string, Address> homes = 4;
      Color color = 5; double ratio = 6; bytes raw = 7; User friend = 8; google.protobuf.Timestamp since = 9; repeated string tags = 10;
    }`;
  mkdirSync(join(folder, 'parts'), { recursive: true });
  put('parts/address.proto', 'syntax = "proto3"; package shop.v1; message Address { string street = 1; fixed32 zip = 2; }');
  const path = put('user.proto', source);
  const root = protobuf.parse(source).root;
  protobuf.parse('syntax = "proto3"; package shop.v1; message Address { string street = 1; fixed32 zip = 2; }', root);
  root.addJSON(protobuf.common.get('google/protobuf/timestamp.proto')?.nested ?? {});
  const User = root.lookupType('shop.v1.User');
  const encode = (value: object): Uint8Array => Uint8Array.from(User.encode(User.fromObject(value)).finish());

  const ada = {
    id: 7,
    name: 'Ada',
    scores: [1, -2],
    homes: { a: { street: 'Main', zip: 5 } },
    color: 1,
    ratio: 0.5,
    raw: 'AQID',
    friend: { name: 'Bob' },
    since: { seconds: 5 },
    tags: ['x', 'y'],
  };

  test('a value with all kinds of fields fits, also with fields that the message lacks', async () => {
    expect(await check(`${path}#User`, encode(ada))).toEqual({ kind: 'fits' });
    expect(await check(path, encode({}))).toEqual({ kind: 'fits' });
    expect(await check(`${path}#shop.v1.User`, Uint8Array.of(...encode(ada), 0xfa, 0x01, 1, 65))).toEqual({ kind: 'fits' });
  });

  const failing: readonly (readonly [string, Uint8Array, number, string, string])[] = [
    ['text that is not UTF-8', Uint8Array.of(8, 1, 0x12, 2, 65, 0xff), 5, '.name', 'The text is not UTF-8.'],
    ['another wire type', Uint8Array.of(0x10, 5), 0, '.name', 'There is a varint where name is string.'],
    ['a cut text', encode({ name: 'Ada' }).subarray(0, 4), 2, '.name', '3 bytes should follow, but the message has 2 more.'],
    ['a cut varint', Uint8Array.of(8, 0x80), 2, '.id', 'The bytes end too early.'],
    ['field 0', Uint8Array.of(0, 1), 0, '', '0 is not the number of a field.'],
    [
      'inside of a message',
      Uint8Array.of(0x42, 3, 0x12, 5, 65),
      4,
      '.friend.name',
      '5 bytes should follow, but the message has 1 more.',
    ],
    ['in a list', Uint8Array.of(0x52, 1, 65, 0x52, 1, 0x80), 5, '.tags[1]', 'The text is not UTF-8.'],
    [
      'in a map',
      Uint8Array.of(0x22, 5, 0x0a, 0, 0x12, 1, 0x15),
      7,
      '.homes[0].value.zip',
      '4 bytes should follow, but there are 0.',
    ],
    ['a wire type that does not exist', Uint8Array.of(0x0f), 0, '.id', 'There is wire type 7 where id is uint64.'],
    ['a varint of 11 bytes', Uint8Array.of(8, ...new Uint8Array(10).fill(0xff), 1), 1, '.id', 'A number has at most 10 bytes.'],
  ];
  test.each(failing)('fails: %s', async (_, bytes, at, place, reason) =>
    expect(await check(path, bytes)).toEqual({ kind: 'fails', mismatch: { at, path: place, reason } }),
  );

  test('a required field', async () => {
    const old = put('old.proto', 'syntax = "proto2"; message Old { required string name = 1; optional int32 age = 2; }');
    expect(await check(old, Uint8Array.of(16, 1))).toEqual({
      kind: 'fails',
      mismatch: { at: 0, path: '', reason: 'The required field name is missing.' },
    });
  });

  test('messages that nest without end', async () => {
    let bytes = Uint8Array.of();
    for (let depth = 0; depth < 120 && bytes.length < 120; depth++) bytes = Uint8Array.of(0x42, bytes.length, ...bytes);
    expect(await check(path, bytes)).toEqual({ kind: 'fits' });
    const huge = new protobuf.Writer();
    for (let depth = 0; depth < 150; depth++) huge.uint32(0x42).fork();
    for (let depth = 0; depth < 150; depth++) huge.ldelim();
    expect(await check(path, Uint8Array.from(huge.finish()))).toMatchObject({
      mismatch: { reason: 'Messages nest more than 100 deep.' },
    });
  });

  property.prop([fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 3 })], { numRuns: 3_000, seed: 3 })(
    'what fits, the library decodes',
    async (damages) => {
      const bytes = encode(ada);
      for (const [place, byte] of damages) bytes[place % bytes.length] = byte;
      const loaded = loadType(path, { codec: codecOf, samples: () => [] });
      if ('problem' in loaded) throw new Error(loaded.problem);
      const verdict = loaded.check(bytes);
      if (verdict.kind === 'fits') User.decode(bytes);
      else expect(verdict.mismatch.at).toBeLessThanOrEqual(bytes.length);
    },
  );

  test('files that are not schemas', async () => {
    expect(await problemOf(put('bad.proto', 'syntax = "proto3"; message {'))).toContain('is not a Protobuf schema');
    expect(await problemOf(put('lost.proto', 'syntax = "proto3"; import "nowhere.proto"; message A {}'))).toContain(
      'imports nowhere.proto',
    );
    expect(await problemOf(`${path}#Nobody`)).toBe(
      `There is no message "Nobody". Name one of its types, as in ${path}#shop.v1.User: shop.v1.User.`,
    );
  });
});

describe('FlatBuffers', () => {
  const fixture = (name: string): string => join(import.meta.dirname, '../../fixtures/types', name);
  const [source, compiled] = [fixture('shop.fbs'), fixture('shop.bfbs')];
  const order = Uint8Array.from(readFileSync(fixture('order.bin')));

  test('a value with all kinds of fields fits, by the schema and by the compiled one', async () => {
    expect(await check(source, order)).toEqual({ kind: 'fits' });
    expect(await check(compiled, order)).toEqual({ kind: 'fits' });
    expect(await check(`${source}#Shop.Order`, order)).toEqual({ kind: 'fits' });
  });

  test('damages are found at their bytes', async () => {
    const at = (text: string): number => Buffer.from(order).indexOf(text);
    const damaged = (place: number, byte: number): Uint8Array => order.map((own, index) => (index === place ? byte : own));
    const failing: readonly (readonly [Uint8Array, number, string, string])[] = [
      [damaged(at('green') + 1, 0xff), at('green') + 1, '.lines[0].tags[1]', 'The text is not UTF-8.'],
      [damaged(at('cup') + 3, 1), at('cup') + 3, '.lines[1].name', 'No 0 follows after the text.'],
      [damaged(at('thanks') - 1, 0x7f), at('thanks') - 4, '.note.text', expect.stringContaining('should follow, but there are')],
      [damaged(at('voucher') - 6, 0xff), at('voucher') - 6, '.parts[1]', expect.stringContaining('should follow')],
      [damaged(1, 0xff), 0, '', expect.stringContaining('outside of the value')],
      [order.subarray(0, 3), 0, '', '4 bytes should be at byte 0, but the value ends before that.'],
      [Uint8Array.of(), 0, '', '4 bytes should be at byte 0, but the value ends before that.'],
    ];
    for (const type of [source, compiled])
      for (const [bytes, place, path, reason] of failing)
        expect(await check(type, bytes)).toMatchObject({ kind: 'fails', mismatch: { path, reason, at: place } });
  });

  test('a required field, and one of another table', async () => {
    const tableOf = (fill: (builder: Builder) => void): Uint8Array => {
      const builder = new Builder();
      builder.startObject(2);
      fill(builder);
      builder.finish(builder.endObject());
      return Uint8Array.from(builder.asUint8Array());
    };
    const cash = tableOf((builder) => builder.addFieldInt32(0, 5, 0));
    expect(await check(`${source}#Cash`, cash)).toEqual({ kind: 'fits' });
    const card = tableOf((builder) => builder.addFieldInt64(0, 5n, 0n));
    expect(await check(`${source}#Cash`, card)).toEqual({ kind: 'fits' });
    expect(await check(`${source}#Card`, card)).toMatchObject({ mismatch: { reason: 'The required field owner is missing.' } });
  });

  property.prop([fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 3 })], { numRuns: 2_000, seed: 5 })(
    'both schemas find the same in damaged values, inside of them',
    async (damages) => {
      const bytes = Uint8Array.from(order);
      for (const [place, byte] of damages) bytes[place % bytes.length] = byte;
      const verdict = await check(source, bytes);
      expect(await check(compiled, bytes)).toEqual(verdict);
      if (verdict.kind === 'fails') expect(verdict.mismatch.at).toBeLessThanOrEqual(bytes.length);
    },
  );

  test('damaged compiled schemas are refused, or read', async () => {
    const bytes = Uint8Array.from(readFileSync(compiled));
    for (let place = 0; place < bytes.length; place += 7) {
      const path = put(
        'damaged.bfbs',
        bytes.map((own, index) => (index === place ? own ^ 0xff : own)),
      );
      loadType(path, { codec: codecOf, samples: () => [] });
    }
  });

  test('files that are not schemas', async () => {
    expect(await problemOf(put('bad.fbs', 'table A { b int; }'))).toContain('There is "int" where ":" should be (line 1).');
    expect(await problemOf(put('lost.fbs', 'include "nowhere.fbs"; table A {}'))).toContain('includes nowhere.fbs');
    expect(await problemOf(put('open.fbs', 'table A { b : Missing; }'))).toContain('The type Missing of A.b is not defined.');
    expect(await problemOf(put('bad.bfbs', 'nothing'))).toContain('is not a compiled FlatBuffers schema');
    expect(await problemOf(`${source}#Nobody`)).toContain('There is no table "Nobody". Name one of its types');
    expect(await problemOf(put('two.fbs', 'table A {} table B {}'))).toContain('Name one of its types');
  });
});

test('the types in a file', () => {
  const fixture = (name: string): string => join(import.meta.dirname, '../../fixtures/types', name);
  const tables = ['Shop.Card', 'Shop.Cash', 'Shop.Line', 'Shop.Order'];
  expect(typesIn(fixture('shop.fbs'))).toEqual(tables);
  expect(typesIn(fixture('shop.bfbs'))).toEqual(['Shop.Base.Note', ...tables]);
  expect(typesIn(put('names.did', 'type A = text; type B = opt A;'))).toEqual(['A', 'B']);
  expect(typesIn(put('names.proto', 'package p; message A { message B {} }'))).toEqual(['p.A', 'p.A.B']);
  expect(typesIn(put('names.json', '{"$defs": {"A": {}}}'))).toEqual(['A']);
  expect(typesIn(join(folder, 'nowhere.did'))).toMatchObject({ problem: expect.stringContaining('nowhere.did') });
});

test('nothing after # is the same as no #', async () => {
  expect(await problemOf(`${put('one.proto', 'syntax = "proto3"; message A { string name = 1; }')}#`)).toBe('none');
  expect(await problemOf(`${put('one.did', 'type A = text;')}#`)).toBe('none');
});
