import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CODEC_CHOICES, codecOf } from '../../../engine/values/codecs.ts';
import { candidType } from '../../../engine/values/typing/candid/candid-type.ts';
import { DidTypes } from '../../../engine/values/typing/candid/parse-did.ts';
import { codecType } from '../../../engine/values/typing/codec-type.ts';
import { flatbuffersType } from '../../../engine/values/typing/flatbuffers/flatbuffers-type.ts';
import { FbsSchema } from '../../../engine/values/typing/flatbuffers/parse-fbs.ts';
import { jsonSchemaType } from '../../../engine/values/typing/items/json-schema.ts';
import { protobufType } from '../../../engine/values/typing/protobuf/protobuf-type.ts';
import type { ValueType } from '../../../engine/values/typing/value-type.ts';
import { mutated } from '../mutate.ts';
import { assert, type Reader } from '../reader.ts';

const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));
const fixture = (name: string): Uint8Array =>
  Uint8Array.from(readFileSync(join(import.meta.dirname, '../../fixtures/types', name)));
const text = (name: string): string => new TextDecoder().decode(fixture(name));

/** Values from real programs. */
const SEEDS: readonly [Uint8Array, ...Uint8Array[]] = [
  new TextEncoder().encode('{"name": "Ada", "age": 36, "tags": ["a", "b"], "more": {"x": null}}'),
  bytesOf('a2646e616d6563416461636167651824'),
  bytesOf('82a46e616d65a3416461a361676524'),
  bytesOf('4449444c026c02f1fee18d0371cbe4fdc70401016d7b01000341646103010203'),
  bytesOf('4449444c036e016c0200000102016e7d01000101010000'),
  bytesOf('0a034164611024220a0a0374616712036f6e65'),
  fixture('order.bin'),
];

const CANDID: readonly [string, ...string[]] = [
  'record { name : text; blob : opt vec nat8 }',
  'type L = opt record { 0 : L; 1 : opt opt nat }; L',
  '(vec variant { a : func (nat) -> (text) query; b : service {} }, opt reserved)',
];

const DID_SEEDS: readonly [string, ...string[]] = [
  ...CANDID,
  'import "a.did"; type User = record { id : nat; 5 : text }; service : (nat) -> { f : (x : User) -> () oneway }',
];

const TYPES: readonly [ValueType, ...ValueType[]] = [
  candidType('candid'),
  ...CANDID.flatMap((type) => {
    const schema = new DidTypes().schemaOf(type);
    return 'problem' in schema ? [] : [candidType(type, schema)];
  }),
  ...CODEC_CHOICES.flatMap(({ name }) => codecOf(name) ?? []).map(codecType),
  ...(['json', 'cbor', 'messagepack'] as const).map((encoding) => jsonSchemaType('schema', () => [], encoding)),
  protobufType('A', 'A', new Map([['A', new Map(protobufFields())]])),
  ...flatbuffersTypes(),
];

function protobufFields() {
  const field = (id: number, type: 'string' | 'sint32' | 'double' | { readonly message: string }, repeated = false) =>
    [id, { name: `f${id}`, repeated, required: id === 1, type }] as const;
  return [field(1, 'string'), field(2, 'sint32', true), field(3, 'double', true), field(4, { message: 'A' }, true)];
}

function flatbuffersTypes(): readonly ValueType[] {
  const schema = new FbsSchema();
  for (const name of ['shop.fbs', 'base.fbs']) schema.addFile(text(name));
  const resolved = schema.resolve();
  return 'problem' in resolved ? [] : [flatbuffersType('Order', 'Shop.Order', resolved)];
}

export const TYPE_READER: Reader = {
  name: 'types',
  cases: 5_000,
  maxTime: 2_000,
  run(random) {
    const bytes = random.once(4) ? random.bytes(random.length(200)) : mutated(random, random.pick(SEEDS));
    const type = random.pick(TYPES);
    const verdict = type.check(bytes);
    if (verdict.kind !== 'fits') {
      const { at } = verdict.mismatch;
      assert(at >= 0 && at <= bytes.length, () => `${type.name} fails at byte ${at} of ${bytes.length}.`);
    }
    if (!random.once(4)) return;
    const source = (seed: string): string => new TextDecoder().decode(mutated(random, new TextEncoder().encode(seed)));
    const did = new DidTypes();
    did.addFile(source(random.pick(DID_SEEDS)));
    did.schemaOf(source(random.pick(CANDID)));
    const fbs = new FbsSchema();
    fbs.addFile(source(text('shop.fbs')));
    fbs.resolve();
  },
};
