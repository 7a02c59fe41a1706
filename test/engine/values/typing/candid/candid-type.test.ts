/** Tests Candid values that are decoded as another type. The library that canisters use, as a package, says which of them decode. */
import { decode, encode } from '@dfinity/didc';
import { fc, test as property } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { toHex } from '../../../../../engine/core/format.ts';
import { candidType } from '../../../../../engine/values/typing/candid/candid-type.ts';
import { DidTypes } from '../../../../../engine/values/typing/candid/parse-did.ts';
import type { Verdict } from '../../../../../engine/values/typing/value-type.ts';

const hex = (digits: string): Uint8Array => Uint8Array.from(Buffer.from(digits.replace(/\s/g, ''), 'hex'));

/** Returns the bytes that the library writes for a value of a type. */
function encoded(type: string, value: string): Uint8Array {
  const idl = `type T = ${type}; service : { f : (T) -> () }`;
  return hex(encode({ idl, input: value, targetFormat: 'hex', withType: { kind: 'methodParams', name: 'f' } }));
}

/** Returns whether the library decodes bytes as a type. */
function decodes(bytes: Uint8Array, type: string): boolean {
  const idl = `type T = ${type}; service : { f : (T) -> () }`;
  try {
    decode({ idl, input: toHex(bytes), inputFormat: 'hex', serviceMethod: 'f', useServiceMethodReturnType: false });
    return true;
  } catch {
    return false;
  }
}

function check(type: string, bytes: Uint8Array): Verdict {
  const schema = new DidTypes().schemaOf(type);
  if ('problem' in schema) throw new Error(schema.problem);
  return candidType(type, schema).check(bytes);
}

const M = '4449444c';
const USER = 'record { id : nat64; name : text; email : opt text }';
const ada = encoded('record { id : nat64; name : text }', '(record { id = 7; name = "Ada" })');

test.each<[string, string, Uint8Array]>([
  ['a missing opt', USER, ada],
  ['fewer fields', 'record { name : text }', ada],
  ['any value as reserved', 'reserved', ada],
  ['an absent value that is opt', '(record { id : nat64 }, opt text)', ada],
  ['fewer values', '()', ada],
  ['nat as int', 'int', encoded('nat', '(5)')],
  ['a value as its opt', 'opt nat', encoded('nat', '(5)')],
  ['a variant with more cases', 'variant { a; b : nat; c : text }', encoded('variant { a; b : nat }', '(variant { b = 1 })')],
  ['a variant that lacks another case', 'variant { b : nat }', encoded('variant { a; b : nat }', '(variant { b = 1 })')],
  ['an empty vec of another type', 'vec text', encoded('vec nat', '(vec {})')],
  [
    'a recursive type',
    'type L = opt record { nat; L }; L',
    encoded('opt record { nat; opt record { nat; opt empty } }', '(opt record { 1; opt record { 2; null } })'),
  ],
  ['a service as a principal', 'principal', encoded('service { f : () -> () }', '(service "aaaaa-aa")')],
])('fits: %s', (_, type, bytes) => expect(check(type, bytes)).toEqual({ kind: 'fits' }));

test.each<[string, string, Uint8Array, number, string, string]>([
  ['another type', 'record { id : text }', ada, 19, '.id', 'There is nat64 where the type has text.'],
  [
    'a missing field',
    'record { id : nat64; age : nat }',
    ada,
    19,
    '',
    'The field age is missing, and its type nat is not opt, null or reserved.',
  ],
  ['a missing value', '(reserved, text)', ada, 31, '1', 'Only 1 value is stored, and text is not opt, null or reserved.'],
  ['an element', 'vec nat', encoded('vec int', '(vec { 1; 2 })'), 10, '[0]', 'There is int where the type has nat.'],
  [
    'an unknown case',
    'variant { a }',
    encoded('variant { a; b : nat }', '(variant { b = 1 })'),
    13,
    '',
    'The case is 98, which the type does not have.',
  ],
  ['bytes after it', USER, Uint8Array.of(...ada, 1, 2), 31, '', 'The value ends here, but 2 bytes follow.'],
  ['a cut value', USER, ada.subarray(0, 30), 28, '.name', '3 bytes should follow, but there are 2.'],
  ['a cut type table', USER, ada.subarray(0, 8), 7, '', '2 entries should follow, but there is only 1 byte.'],
  ['no Candid', USER, hex('4449004c00'), 2, '', 'The magic is not "DIDL".'],
  ['a bool of 2', 'bool', hex(`${M} 00 01 7e 02`), 7, '', 'A bool is 0 or 1, not 2.'],
  [
    'a bool of 2 in a field that is not asked for',
    'record {}',
    hex(`${M} 01 6c 01 05 7e 01 00 02`),
    11,
    '.5',
    'A bool is 0 or 1, not 2.',
  ],
  ['text that is not UTF-8', 'text', hex(`${M} 00 01 71 03 61 ff 62`), 9, '', 'The text is not UTF-8.'],
  ['a bool of 2 in an opt', 'opt nat', hex(`${M} 01 6e 7e 01 00 01 02`), 10, '?', 'A bool is 0 or 1, not 2.'],
  [
    'a type without end',
    'type T = opt T; T',
    hex(`${M} 00 01 7e 01`),
    7,
    expect.stringContaining('?') as unknown as string,
    'There are too many values for so few bytes.',
  ],
])('fails: %s', (_, type, bytes, at, path, reason) =>
  expect(check(type, bytes)).toEqual({ kind: 'fails', mismatch: { at, path, reason } }),
);

test('an opt that does not fit is read as null, which is said', () => {
  const bytes = encoded('record { id : nat64; email : nat }', '(record { id = 1; email = 3 })');
  expect(check('record { id : nat64; email : opt text }', bytes)).toEqual({
    kind: 'loses',
    mismatch: { at: 27, path: '.email?', reason: 'There is nat where the type has text.' },
  });
});

test('nested opts that do not fit do not take more than linear time', () => {
  // A list of 20,000 records, none of which fits.
  const depth = 20_000;
  const bytes = Uint8Array.of(
    ...hex(`${M} 02 6e 01 6c 02 00 00 01 7e 01 00`),
    ...new Uint8Array(depth).fill(1),
    0,
    ...new Uint8Array(depth),
  );
  const start = performance.now();
  expect(check('type L = opt record { 0 : L; 1 : nat }; L', bytes).kind).not.toBe('fits');
  expect(performance.now() - start).toBeLessThan(20_000);
});

// Without nat8: the library takes an empty vec of another type for a blob only where the Rust type is Vec.
const PRIMITIVES = ['null', 'bool', 'nat', 'int', 'nat16', 'nat64', 'int32', 'float64', 'text', 'reserved', 'principal'] as const;
const VALUES: Readonly<Record<string, string>> = {
  null: 'null',
  bool: 'true',
  nat: '5',
  int: '-5',
  nat16: '16',
  nat64: '64',
  int32: '-32',
  float64: '1.5',
  text: '"text"',
  reserved: 'null : reserved',
  principal: 'principal "aaaaa-aa"',
};

/** A type and a value of it, as text. */
interface Typed {
  readonly type: string;
  readonly value: string;
}

const NAMES = ['a', 'b', 'c', '0', '1'] as const;

const { typed } = fc.letrec<{ typed: Typed }>((tie) => ({
  typed: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(...PRIMITIVES).map((type): Typed => ({ type, value: VALUES[type] ?? '' })),
    fc.record({ of: tie('typed'), some: fc.boolean() }).map(
      ({ of, some }): Typed => ({
        type: `opt ${of.type}`,
        value: some ? `opt (${of.value})` : 'null',
      }),
    ),
    fc.record({ of: tie('typed'), count: fc.nat(2) }).map(
      ({ of, count }): Typed => ({
        type: `vec ${of.type}`,
        value: `vec { ${Array.from({ length: count }, () => of.value).join('; ')} }`,
      }),
    ),
    fc
      .uniqueArray(fc.record({ name: fc.constantFrom(...NAMES), of: tie('typed') }), {
        selector: ({ name }) => name,
        maxLength: 4,
      })
      .map(
        (fields): Typed => ({
          type: `record { ${fields.map(({ name, of }) => `${name} : ${of.type}`).join('; ')} }`,
          value: `record { ${fields.map(({ name, of }) => `${name} = ${of.value}`).join('; ')} }`,
        }),
      ),
    fc
      .record({
        fields: fc.uniqueArray(fc.record({ name: fc.constantFrom(...NAMES), of: tie('typed') }), {
          selector: ({ name }) => name,
          minLength: 1,
          maxLength: 4,
        }),
        index: fc.nat(3),
      })
      .map(({ fields, index }): Typed => {
        const chosen = fields[index % fields.length];
        return {
          type: `variant { ${fields.map(({ name, of }) => `${name} : ${of.type}`).join('; ')} }`,
          value: `variant { ${chosen?.name} = ${chosen?.of.value} }`,
        };
      }),
  ),
}));

property.prop([typed, typed], { numRuns: 2_000, seed: 7 })(
  'a value decodes as another type exactly if the library decodes it',
  (stored, other) => {
    let bytes: Uint8Array;
    try {
      bytes = encoded(stored.type, `(${stored.value})`);
    } catch {
      // The library does not write a few texts, such as an opt of null.
      return;
    }
    for (const type of [stored.type, other.type]) {
      const verdict = check(type, bytes);
      expect([type, verdict.kind !== 'fails'], JSON.stringify(verdict)).toEqual([type, decodes(bytes, type)]);
    }
  },
);

property.prop([typed, fc.nat(), fc.nat(255)], { numRuns: 2_000, seed: 8 })(
  'a damaged value decodes exactly if the library decodes it',
  (stored, place, byte) => {
    let bytes: Uint8Array;
    try {
      bytes = Uint8Array.from(encoded(stored.type, `(${stored.value})`));
    } catch {
      return;
    }
    bytes[place % bytes.length] = byte;
    const verdict = check(stored.type, bytes);
    // Types that do not exist yet.
    if (verdict.kind === 'fails' && /-\d+ is not a type that can be/.test(verdict.mismatch.reason)) return;
    if (verdict.kind !== 'fits') {
      expect(verdict.mismatch.at).toBeGreaterThanOrEqual(0);
      expect(verdict.mismatch.at).toBeLessThanOrEqual(bytes.length);
    }
    expect(verdict.kind !== 'fails', `${stored.type} ${toHex(bytes)} ${JSON.stringify(verdict)}`).toBe(
      decodes(bytes, stored.type),
    );
  },
);
