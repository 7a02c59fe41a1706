/** One Rust value, encoded by the crates borsh 1, bincode 1.3, bincode 2, postcard 1 and rmp-serde 1. */
import { fc, test as law } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import type { CodecTable } from '../../../../engine/values/codec-table.ts';
import { codecOf } from '../../../../engine/values/codecs.ts';
import { readCodecs } from '../../../../engine/values/labels/read-forms.ts';
import { parseRustType } from '../../../../engine/values/labels/rust-types.ts';
import { hex, textOf } from '../decoding.ts';

const POINT = { struct: { x: 'i32', y: 'u16' } };
const STATE = {
  enum: ['Idle', { Running: { struct: { since: 'u64', job: 'String' } } }, { Failed: 'String' }, { Pair: '(u8, i64)' }],
};
const USER = {
  struct: {
    id: 'u64',
    name: 'String',
    tags: 'Vec<String>',
    home: 'Option<Point>',
    balance: 'u128',
    debt: 'i128',
    ratio: 'f64',
    small: 'f32',
    key: '[u8; 4]',
    blob: 'Vec<u8>',
    state: 'State',
    states: { vec: 'State' },
    scores: 'std::collections::BTreeMap<String, i16>',
    pair: { tuple: ['bool', 'i8'] },
    flag: 'bool',
    nothing: { option: 'u64' },
  },
};

const WRITTEN = {
  borsh:
    '2c01000000000000040000005a6fc3ab0200000001000000610200000062630190eefefffa0000000000000000000000000010000000fbffffffffffffffffffffffffffffff000000000000f83fcdcccc3d010203ff020000000908010000cb322b517c180100000078030000000002020000006e6f03fbffffffffffffffff02000000010000006b7fff010000006cfb0001ff0000',
  bincode:
    '2c0100000000000004000000000000005a6fc3ab0200000000000000010000000000000061020000000000000062630190eefefffa0000000000000000000000000010000000fbffffffffffffffffffffffffffffff000000000000f83fcdcccc3d010203ff02000000000000000908010000000000cb322b517c180100000000000000780300000000000000000000000200000002000000000000006e6f03000000fbffffffffffffffff020000000000000001000000000000006b7fff01000000000000006cfb0001ff0000',
  bincode2:
    'fb2c01045a6fc3ab02016102626301fcdf220200fafe0000000000000000000000001000000009000000000000f83fcdcccc3d010203ff02090801fd0000cb322b517c180178030002026e6f03fb0102016bfb0101016cfbf60101ff0000',
  postcard:
    'ac02045a6fc3ab02016102626301dfc508fa0180808080808080808080808080800409000000000000f83fcdcccc3d010203ff020908018080ac96b3a594be180178030002026e6f03fb0102016b8102016cf60301ff0000',
};

const TEXT =
  '{ id: 300, name: "Zoë", tags: ["a", "bc"], home: #Some({ x: -70000, y: 250 }), balance: 1267650600228229401496703205376, debt: -5, ' +
  'ratio: 1.5, small: 0.1, key: 010203ff, blob: 0908, state: #Running({ since: 1764374400000000000, job: "x" }), ' +
  'states: [#Idle, #Failed("no"), #Pair((251, -1))], scores: [("k", -129), ("l", 251)], pair: (true, -1), flag: false, nothing: #None }';

function declared(codecs: Readonly<Record<string, unknown>>): {
  readonly table: CodecTable;
  readonly problems: readonly string[];
} {
  const problems: string[] = [];
  const table = readCodecs(codecs, 'codecs', (path, problem) => problems.push(`${path}: ${problem}`));
  return { table, problems };
}

describe.each(['borsh', 'bincode', 'bincode2', 'postcard'] as const)('%s', (encoding) => {
  const { table, problems } = declared({
    User: { [encoding]: USER },
    State: { [encoding]: STATE },
    Point: { [encoding]: POINT },
  });
  const bytes = hex(WRITTEN[encoding]);
  const codec = codecOf('User', table);

  test('reads what the crate wrote', () => {
    expect(problems).toEqual([]);
    expect(codec?.decode(bytes)?.text).toBe(TEXT);
  });

  test('has its parts in order, up to the last byte', () => {
    const parts = codec?.decode(bytes)?.parts ?? [];
    let end = 0;
    for (const part of parts) {
      expect(part.start).toBeGreaterThanOrEqual(end);
      end = part.start + part.length;
    }
    expect(end).toBe(bytes.length);
    expect(parts.map(({ label }) => label)).toEqual(
      expect.arrayContaining(['.id', '.home#Some.x', '.states[2]#Pair.1', '.scores[1].0']),
    );
  });

  test('reads neither a part of it nor more', () => {
    for (let length = 0; length < bytes.length; length++) expect(codec?.decode(bytes.subarray(0, length))).toBeUndefined();
    expect(codec?.decode(Uint8Array.of(...bytes, 0))).toBeUndefined();
  });

  law.prop([fc.uint8Array({ maxLength: 80 })])('throws for no bytes', (any) => {
    codec?.decode(any);
  });
});

test('MessagePack of the same value is read without a declaration', () => {
  const bytes =
    'dc0010cd012ca45a6fc3ab92a161a2626392d2fffeee90ccfac41000000010000000000000000000000000c410fffffffffffffffffffffffffffffffbcb3ff8000000000000ca3dcccccd94010203ccff92090881a752756e6e696e6792cf187c512b32cb0000a17893a449646c6581a64661696c6564a26e6f81a45061697292ccfbff82a16bd1ff7fa16cccfb92c3ffc2c0';
  expect(textOf('messagepack', bytes)).toBe(
    `[300, "Zoë", ["a", "bc"], [-70000, 250], h'00000010000000000000000000000000', h'fffffffffffffffffffffffffffffffb', 1.5, 0.1, ` +
      `[1, 2, 3, 255], [9, 8], {"Running": [1764374400000000000, "x"]}, ["Idle", {"Failed": "no"}, {"Pair": [251, -1]}], ` +
      '{"k": -129, "l": 251}, [true, -1], false, null]',
  );
});

test.each([
  [{ borsh: 'Nothing' }, 'codecs.T.borsh: "Nothing" is not a type that borsh can write, nor one that is declared here.'],
  [{ borsh: 'Vec<' }, 'codecs.T.borsh: "Vec<" is not a type that borsh can write, nor one that is declared here.'],
  [{ borsh: 'Vec<()>' }, 'codecs.T.borsh: An element may have no bytes, so the number of elements is not bounded.'],
  [{ postcard: 'Option<[(); 5]>' }, 'codecs.T.postcard: An element may have no bytes, so the number of elements is not bounded.'],
  [
    { borsh: '[u8; 99999999]' },
    'codecs.T.borsh: "[u8; 99999999]" is not a type that borsh can write, nor one that is declared here.',
  ],
  [
    { bincode: 5 },
    `codecs.T.bincode: It should be a type in Rust's syntax, or an object with "struct", "enum", "tuple", "option" or "vec".`,
  ],
  [
    { bincode: { enum: [5] } },
    'codecs.T.bincode.enum[0]: It should be the name of a case, or an object with its name and its form.',
  ],
  [{ borsh: 'u8', size: 4 }, 'codecs.T: It has "size" in addition to "borsh".'],
  [{ borsh: 'Vec<T>' }, 'codecs.T: The codec "T" is made of itself: T > T.'],
])('%j is reported', (form, problem) => {
  const { table, problems } = declared({ T: form });
  expect(problems[0]).toBe(problem);
  expect(table.size).toBe(0);
});

test.each(['u8', 'Vec<u8>', '(u8,)', '()', ' [ u8 ; 3 ] ', 'Option<Box<std::string::String>>', 'HashMap<u8, Vec<(A, B)>>'])(
  '%j is a type',
  (text) => {
    expect(parseRustType(text)).toBeDefined();
  },
);

test.each([
  '',
  '<',
  'u8 u8',
  'Vec<u8',
  'Map<u8>',
  '[u8]',
  '[u8; x]',
  '(u8',
  'Option<u8, u8>',
  '(,)',
  `${'Vec<'.repeat(50)}u8${'>'.repeat(50)}`,
])('%j is not a type', (text) => expect(parseRustType(text)).toBeUndefined());

test('a self-delimiting element needs no size', () => {
  const { table, problems } = declared({ T: { record: { head: 'cbor', tail: 'u8' } } });
  expect(problems).toEqual([]);
  expect(codecOf('T', table)?.decode(hex('a1616101 07'))?.text).toBe('{ head: {"a": 1}, tail: 7 }');
});
