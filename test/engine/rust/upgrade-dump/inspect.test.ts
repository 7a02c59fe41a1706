import { fc, test as law } from '@fast-check/vitest';
import { encode } from 'cbor-x/encode';
import { describe, expect, test } from 'vitest';
import { Budget } from '../../../../engine/core/budget.ts';
import type { Finding } from '../../../../engine/core/findings.ts';
import { BytesMemory } from '../../../../engine/core/memory/bytes-memory.ts';
import { at, byteLength, PAGE_SIZE, type ReadableMemory } from '../../../../engine/core/memory/memory.ts';
import type { Structure } from '../../../../engine/core/structure.ts';
import { openDump } from '../../../../engine/rust/upgrade-dump/inspect.ts';
import { DECODED_BYTES, type Framing } from '../../../../engine/rust/upgrade-dump/layout.ts';
import { saveDump } from '../../../../engine/rust/upgrade-dump/operate.ts';

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));
const ascii = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text));

/** {"users": [{"name": "ann", "n": 1}], "total": 300} */
const CBOR = hex('a2 65 7573657273 81 a2 64 6e616d65 63 616e6e 61 6e 01 65 746f74616c 19012c');
/** (record { n = 5 : nat; name = "x" }) */
const CANDID = hex('4449444c 01 6c 02 6e 7d cbe4fdc704 71 01 00 05 01 78');
const JSON_STATE = ascii('{"users":["ann","bob"],"total":300}');
/** Field 1 is 70 bytes of text, field 2 is the number 300. */
const PROTOBUF = Uint8Array.of(0x0a, 70, ...ascii('n'.repeat(70)), 0x10, 0xac, 0x02);

/** Creates a memory that starts with these bytes. */
function memoryOf(...pieces: readonly Uint8Array[]): BytesMemory {
  const bytes = Buffer.concat(pieces);
  const padded = new Uint8Array(Math.max(1, Math.ceil(bytes.length / PAGE_SIZE)) * PAGE_SIZE);
  padded.set(bytes);
  return BytesMemory.of(padded);
}

function saved(framing: Framing, value: Uint8Array): BytesMemory {
  const memory = new BytesMemory();
  saveDump(memory, framing, value);
  return memory;
}

function inspected(memory: ReadableMemory): { readonly dump: Structure | undefined; readonly findings: readonly Finding[] } {
  const findings: Finding[] = [];
  const dump = openDump(memory, (finding) => findings.push(finding));
  dump?.scan((finding) => findings.push(finding), new Budget());
  return { dump, findings };
}

const open = (memory: ReadableMemory): Structure | undefined => inspected(memory).dump;
const codes = (memory: ReadableMemory): readonly string[] => inspected(memory).findings.map(({ code }) => code);

/** Returns the paths and texts of all parts. */
function parts(dump: Structure | undefined): readonly (readonly [path: string, text: string])[] {
  const elements = dump?.elements(0, Number.MAX_SAFE_INTEGER, new Budget()) ?? [];
  return elements.flatMap(({ described }) => (described ? [[described.path, described.text] as const] : []));
}

describe('dumps in a memory are recognised', () => {
  test.each([
    ['u32 and CBOR', memoryOf(hex('1e000000'), CBOR), { framing: 'u32', encoding: 'cbor', size: 30, evidence: 'certain' }],
    [
      'u64 and CBOR',
      memoryOf(hex('1e00000000000000'), CBOR),
      { framing: 'u64', encoding: 'cbor', size: 30, evidence: 'certain' },
    ],
    ['bare CBOR', memoryOf(CBOR), { framing: 'none', encoding: 'cbor', size: 30, evidence: 'probable' }],
    ['stable_save', memoryOf(CANDID), { framing: 'none', encoding: 'candid', size: 20, evidence: 'certain' }],
    ['u32 and Candid', memoryOf(hex('14000000'), CANDID), { framing: 'u32', encoding: 'candid', size: 20, evidence: 'certain' }],
    ['u32 and JSON', saved('u32', JSON_STATE), { framing: 'u32', encoding: 'json', size: 35, evidence: 'certain' }],
    [
      'u32 and Protocol Buffers',
      saved('u32', PROTOBUF),
      { framing: 'u32', encoding: 'protobuf', size: 75, evidence: 'probable' },
    ],
    ['u32 and a CBOR array', saved('u32', hex(`94${'1903e8'.repeat(20)}`)), { encoding: 'cbor', size: 61, evidence: 'probable' }],
  ])('%s', (_, memory, facts) => {
    const { dump, findings } = inspected(memory);
    expect(dump?.facts).toMatchObject(facts);
    expect(findings).toEqual([]);
  });

  test.each([
    ['nothing', new Uint8Array(0)],
    ['zeros', new Uint8Array(100)],
    ['a length of one byte, and a number', hex('01000000 05')],
    ['a short map', hex('03000000 a16161')],
    ['a length that is one too long', new Uint8Array([31, 0, 0, 0, ...CBOR])],
    ['a length that is one too short', new Uint8Array([29, 0, 0, 0, ...CBOR])],
    ['a length beyond the memory', new Uint8Array([30, 0, 0, 1, ...CBOR])],
    ['a map of numbers without a length', hex(`aa${'01'.repeat(40)}`)],
    ['text', ascii('a note that someone wrote to the start of the memory')],
    ['a manager', hex('4d475201 0100 8000')],
    ['an SQLite database', ascii('SQLite format 3\0')],
    ['Protocol Buffers that end in the middle', new Uint8Array([74, 0, 0, 0, ...PROTOBUF])],
  ])('not in %s', (_, bytes) => expect(open(memoryOf(bytes))).toBeUndefined());
});

describe('the parts of a dump', () => {
  const dump = open(memoryOf(hex('1e000000'), CBOR));
  test('have paths and texts', () => {
    expect(parts(dump)).toEqual([
      ['map', 'map of 2'],
      ['key', '"users"'],
      ['.users', 'array of 1'],
      ['.users[0]', 'map of 2'],
      ['.users[0] key', '"name"'],
      ['.users[0].name', '"ann"'],
      ['.users[0] key', '"n"'],
      ['.users[0].n', '1'],
      ['key', '"total"'],
      ['.total', '300'],
    ]);
    expect(parts(open(memoryOf(CANDID)))).toEqual([
      ['magic', 'DIDL'],
      ['types', '1 type, 1 argument'],
      ['.110', '5 : nat'],
      ['.1224700491', '"x"'],
    ]);
  });
  test('are where their bytes are', () => {
    const [element] = dump?.elements(9, 1, new Budget()) ?? [];
    expect(element?.value).toMatchObject({ spans: [{ start: 31, length: 3 }], size: 3 });
    expect(dump?.count(new Budget())).toBe(10);
  });
  test.each([
    [0, ['length']],
    [4, ['value', 'map']],
    [19, ['value', '.users[0].name']],
    [33, ['value', '.total']],
    [34, ['unused']],
    [PAGE_SIZE - 1, ['unused']],
  ])('the owners of byte %i', (address, names) => {
    const memory = memoryOf(hex('1e000000'), CBOR);
    expect(
      open(memory)
        ?.owners(memory, at(0, address), new Budget())
        .map(({ kind, name }) => name ?? kind),
    ).toEqual(names);
  });
});

describe('faults of a dump', () => {
  test('a length that runs past the end of the memory', () => {
    expect(codes(memoryOf(hex('14000100'), CANDID))).toContain('dump.length-outside');
  });
  test('a value that ends too early or too late for its length', () => {
    expect(codes(memoryOf(hex('15000000'), CANDID))).toEqual(['dump.undecodable']);
    expect(codes(memoryOf(hex('13000000'), CANDID))).toContain('dump.undecodable');
  });
  test('undefined types', () => {
    expect(codes(memoryOf(hex('4449444c 01 77 02 ff')))).toContain('dump.undecodable');
  });
  test('bytes of an earlier, longer dump are left after it', () => {
    const memory = saved('u32', encode({ names: Array.from({ length: 300 }, (_, index) => `user number ${index}`) }));
    const longest = byteLength(memory);
    saveDump(memory, 'u32', CBOR);
    const { dump, findings } = inspected(memory);
    expect(dump?.facts).toMatchObject({ size: 30, evidence: 'certain' });
    expect(findings.map(({ code, at: place }) => [code, place.start])).toEqual([['dump.stale-bytes', 34]]);
    const scan = dump?.scan(() => {}, new Budget());
    expect(scan?.usage).toEqual({ metadata: 4, live: 30, free: longest - 34, leaked: 0, unknown: 0 });
  });
});

test('only the start of a long dump is decoded, and the last part says so', () => {
  const value = encode({ blobs: Array.from({ length: 40 }, (_, index) => new Uint8Array(65_000).fill(index)) });
  const dump = open(saved('u32', value));
  expect(dump?.facts).toMatchObject({ size: value.length, evidence: 'probable' });
  const decodedBytes = Number(dump?.facts['decodedBytes']);
  expect(decodedBytes).toBeGreaterThan(DECODED_BYTES - 70_000);
  expect(decodedBytes).toBeLessThanOrEqual(DECODED_BYTES);
  expect(parts(dump).at(-1)?.[1]).toContain('Only the start of the value is decoded');
  expect(dump?.scan(() => {}, new Budget()).usage.live).toBe(value.length);
});

const framings: fc.Arbitrary<Framing> = fc.constantFrom('u32', 'u64');
const states = fc.dictionary(fc.string({ minLength: 1, maxLength: 8 }), fc.jsonValue({ maxDepth: 3 }), {
  minKeys: 4,
  maxKeys: 12,
});

law.prop([framings, states])('anything that a canister saves as CBOR is found, to its last byte', (framing, state) => {
  const value = Uint8Array.from(encode(state));
  fc.pre(value.length >= 16);
  const memory = saved(framing, value);
  const dump = open(memory);
  expect(dump?.facts).toMatchObject({ framing, encoding: 'cbor', size: value.length });
  const { metadata = 0, live = 0, free = 0 } = dump?.scan(() => {}, new Budget()).usage ?? {};
  expect([live, metadata + live + free]).toEqual([value.length, byteLength(memory)]);
});

law.prop([fc.uint8Array({ minLength: 64, maxLength: 400, size: 'max' })])('random bytes are not a dump', (bytes) => {
  fc.pre((bytes[2] ?? 0) + (bytes[3] ?? 0) > 0);
  expect(open(memoryOf(bytes))).toBeUndefined();
});

law.prop([fc.constantFrom(CBOR, CANDID), framings, fc.nat({ max: 40 }), fc.integer({ min: 1, max: 255 })])(
  'no damage makes reading fail',
  (value, framing, place, by) => {
    const memory = saved(framing, value);
    const byte = new Uint8Array(1);
    memory.read(at(0, place), byte);
    memory.write(
      at(0, place),
      byte.map((old) => old ^ by),
    );
    const { dump, findings } = inspected(memory);
    for (let address = 0; address < 60; address += 1) dump?.owners(memory, at(0, address), new Budget());
    for (const { at: span } of findings) expect(span.start + span.length).toBeLessThanOrEqual(byteLength(memory));
  },
);
