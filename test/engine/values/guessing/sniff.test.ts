import { describe, expect, test } from 'vitest';
import type { GuessContext } from '../../../../engine/values/guessing/guess.ts';
import { guessCodec, sniff } from '../../../../engine/values/guessing/sniff.ts';
import { imageBytes, sidecar } from '../../../fixtures.ts';
import { codec, hex } from '../decoding.ts';

const utf8 = new TextEncoder();

/** A byte string of the sidecars: all of it, or only its first bytes if it is long. */
interface Bytes {
  readonly hex?: string;
}

interface Listed {
  readonly items: readonly { readonly k?: Bytes; readonly v: Bytes }[];
}

interface Sidecar {
  readonly structures: readonly { readonly entries?: Listed; readonly items?: Listed; readonly value?: Bytes }[];
}

/** Returns the guess for the keys or values of a fixture's n-th structure. */
function guessOf(name: string, structure: number, role: 'key' | 'value'): string {
  const { entries, items, value } = sidecar<Sidecar>(name).structures[structure] ?? {};
  const listed = (entries ?? items)?.items.map(({ k, v }) => (role === 'key' ? k : v)) ?? [value];
  const whole = listed.flatMap((bytes) => (bytes?.hex === undefined ? [] : [hex(bytes.hex)]));
  // Like a reader: a few values spread over the structure.
  const step = Math.ceil(whole.length / 48);
  return guessCodec(
    whole.filter((_, index) => index % step === 0),
    { family: 'stable-structures', role },
  );
}

test.each([
  ['btreemap-v1-native', 0, 'key', 'u64-be'],
  ['btreemap-v1-native', 0, 'value', 'u64-be'],
  ['btreemap-v1-native', 1, 'key', 'bytes'],
  ['btreemap-v1-native', 1, 'value', 'bytes'],
  ['btreemap-v2-overflow-churn', 0, 'key', 'bytes'],
  ['btreemap-v2-overflow-churn', 1, 'key', 'text'],
  ['btreemap-v2-overflow-churn', 1, 'value', 'text'],
  ['btreemap-v2-principal', 0, 'key', 'principal'],
  ['btreemap-v2-principal', 0, 'value', 'bytes'],
  ['btreemap-v2-principal', 1, 'key', 'principal'],
  ['btreemap-v2-principal', 1, 'value', 'bytes'],
  ['btreemap-v2-principal', 2, 'key', 'storable.reverse(u32-be)'],
  ['btreemap-v2-principal', 2, 'value', 'storable.option(bytes)'],
  ['btreemap-v2-principal', 3, 'key', 'bytes'],
  ['btreemap-v2-principal', 3, 'value', 'f64-be'],
  ['btreemap-v2-tuples', 0, 'key', 'storable.tuple(principal, storable.tuple(u64-be, storable.blob(12)))'],
  ['btreemap-v2-tuples', 0, 'value', 'storable.tuple(u32-be, text, bool)'],
  ['btreemap-v2-tuples', 1, 'key', 'storable.tuple(u16-be, principal, u8)'],
  ['btreemap-v2-tuples', 1, 'value', 'storable.tuple(u64-be, u64-be)'],
  ['btreemap-v2-tuples', 2, 'key', 'storable.tuple(u8, u16-be, u32-be)'],
  ['btreemap-v2-tuples', 2, 'value', 'storable.option(storable.tuple(u32-be, storable.blob(5)))'],
  ['btreemap-v2-tuples', 3, 'value', 'u128-be'],
  ['btreemap-v2-tuples', 4, 'key', 'u8'],
  ['btreemap-v2-tuples', 4, 'value', 'storable.tuple(bytes, text, u16-be)'],
  ['btreemap-v2-u64-text', 0, 'key', 'u64-be'],
  ['btreemap-v2-u64-text', 0, 'value', 'text'],
  ['cell-cbor', 0, 'value', 'cbor'],
  ['cell-cbor', 1, 'value', 'u64-be'],
  ['cell-cbor', 2, 'value', 'bytes'],
  ['cell-cbor', 4, 'value', 'storable.option(principal)'],
  ['corrupt-base', 0, 'key', 'u64-be'],
  ['corrupt-base', 0, 'value', 'text'],
  ['corrupt-base', 1, 'value', 'u64-be'],
  ['corrupt-base', 2, 'value', 'cbor'],
  ['corrupt-base', 3, 'value', 'text'],
  ['corrupt-base', 4, 'value', 'u32-be'],
  ['corrupt-base', 5, 'key', 'u32-be'],
  ['corrupt-base', 6, 'value', 'bytes'],
  ['leak-v063-overflow', 0, 'key', 'u64-be'],
  ['log-10k', 0, 'value', 'bytes'],
  ['log-10k', 1, 'value', 'text'],
  ['minheap', 0, 'value', 'storable.tuple(u64-be, u32-be)'],
  ['minheap', 1, 'value', 'bytes'],
  ['restricted-memory', 0, 'key', 'u32-be'],
  ['restricted-memory', 0, 'value', 'text'],
  ['restricted-memory', 1, 'value', 'u32-be'],
] as const)('%s, structure %d, %ss: %s', (name, structure, role, expected) => {
  expect(guessOf(name, structure, role)).toBe(expected);
});

interface BufferSidecar {
  readonly manager: {
    readonly blockBase: number;
    readonly regions: readonly { readonly id: number; readonly blocks: readonly number[] }[];
  };
  readonly expect: {
    readonly blobsRegion: number;
    readonly pointers: readonly (readonly [number, number])[];
    readonly values: readonly unknown[];
  };
}

/** Returns the first values of a MemoryBuffer, all of them in the first block of its blobs region. */
function bufferValues(name: string): { readonly blobs: readonly Uint8Array[]; readonly values: readonly unknown[] } {
  const { manager, expect: expected } = sidecar<BufferSidecar>(name);
  const block = manager.regions.find(({ id }) => id === expected.blobsRegion)?.blocks[0] ?? 0;
  const base = manager.blockBase + block * 8_388_608;
  const image = imageBytes(name);
  const blobs = expected.pointers.slice(0, 48).map(([address, size]) => image.subarray(base + address, base + address + size));
  return { blobs, values: expected.values.slice(0, 48) };
}

describe.each([
  ['memory-buffer-nat', 'blobify.nat'],
  ['memory-buffer-v010-nat', 'blobify.nat'],
  ['memory-buffer-v002-nat', 'blobify.nat'],
  ['memory-buffer-text', 'text'],
])('%s', (name, expected) => {
  test('is guessed and read', () => {
    const { blobs, values } = bufferValues(name);
    expect(guessCodec(blobs, { family: 'motoko', role: 'value' })).toBe(expected);
    expect(blobs.map((blob) => codec(expected).decode(blob)?.text)).toEqual(values);
  });
});

test('values that a damaged allocator has overwritten are still text', () => {
  const { blobs } = bufferValues('memory-buffer-corrupted-by-allocator');
  expect(guessCodec(blobs, { family: 'motoko', role: 'value' })).toBe('text');
});

test('a buffer of Candid records', () => {
  const { blobs } = bufferValues('memory-buffer-classical-preupgrade');
  expect(guessCodec(blobs, { family: 'motoko', role: 'value' })).toBe('candid');
  expect(codec('candid').decode(blobs[0] ?? hex(''))?.text).toContain('"Fatima-200616"');
});

/** Returns the guess for values that a codec has encoded from texts. */
function guessWritten(name: string, texts: readonly string[], context: GuessContext): string {
  return guessCodec(
    texts.map((text) => codec(name).encode?.(text) ?? utf8.encode('cannot be written')),
    context,
  );
}

const MOTOKO_KEY = { family: 'motoko', role: 'key' } as const;
const MOTOKO_VALUE = { family: 'motoko', role: 'value' } as const;
const RUST_KEY = { family: 'stable-structures', role: 'key' } as const;
const RUST_VALUE = { family: 'stable-structures', role: 'value' } as const;

const NATS = ['557', '615', '839', '1220', '14044', '999868', '31000000'];
const AGES = ['34', '35', '41', '67', '99', '120'];
const INTS = ['-4', '-1000', '0', '5', '700000', '12345678901', '-99'];
const TIMES = ['1700000000000000000', '1700000000901142000', '1712000000123456789', '1731000000000000001'];
const FLOATS = ['60.375', '-0.1', '3.14159', '1000000', '0', '2.5'];

/** Six bytes of eight, which would be huge numbers in the other byte order. */
const RANDOM_48_BITS = ['104371023117406', '89203154402711', '266871002457113', '61234987650234', '199888777666555'];

test.each([MOTOKO_VALUE, MOTOKO_KEY])('numbers that fill the low six of eight bytes come with the low ones first', (context) => {
  expect(guessWritten('blobify.nat64', RANDOM_48_BITS, context)).toBe('blobify.nat64');
  expect(guessWritten('blobify@0.2.nat', RANDOM_48_BITS, context)).toBe('blobify@0.2.nat');
});

test.each<[string, readonly string[], GuessContext]>([
  ['blobify.nat', NATS, MOTOKO_VALUE],
  ['blobify.nat', NATS, MOTOKO_KEY],
  ['blobify.nat', AGES, MOTOKO_VALUE],
  ['blobify.nat-be', NATS, MOTOKO_KEY],
  ['blobify.int', INTS, MOTOKO_VALUE],
  ['blobify.int', TIMES, MOTOKO_VALUE],
  ['blobify.nat32', NATS, MOTOKO_VALUE],
  ['blobify.nat64', NATS, MOTOKO_VALUE],
  ['blobify.int64', INTS, MOTOKO_VALUE],
  ['blobify@0.2.nat', NATS, MOTOKO_VALUE],
  ['blobify@0.2.nat', NATS, MOTOKO_KEY],
  ['blobify@0.2.int', INTS, MOTOKO_VALUE],
  ['blobify@0.2.int', TIMES, MOTOKO_VALUE],
  ['blobify@0.2.float', FLOATS, MOTOKO_VALUE],
  ['u32-be', NATS, MOTOKO_VALUE],
  ['text', ['a', 'word', 'or two', 'ünd'], MOTOKO_VALUE],
  ['principal', ['2vxsx-fae', 'rrkah-fqaaa-aaaaa-aaaaq-cai', 'un4fu-tqaaa-aaaab-qadjq-cai'], MOTOKO_VALUE],
  ['bool', ['true', 'false', 'true', 'true'], RUST_VALUE],
  ['u8', AGES, RUST_VALUE],
  ['u16-be', NATS.slice(0, 5), RUST_KEY],
  ['u32-le', NATS, RUST_VALUE],
  ['u64-le', NATS, RUST_VALUE],
  ['u64-be', TIMES, RUST_VALUE],
  ['i64-be', INTS, RUST_VALUE],
  ['i64-le', INTS, RUST_VALUE],
  ['f64-le', FLOATS, RUST_VALUE],
  ['f32-be', FLOATS, RUST_VALUE],
  ['text', ['user0001', 'user0002', 'user0003'], RUST_KEY],
  ['json', ['{"a": 1}', '[]', '{"b": "x"}'], RUST_VALUE],
])('%s of %j, %j', (name, texts, context) => expect(guessWritten(name, texts, context)).toBe(name));

test('a single value: every possible reading, with its reason', () => {
  const guesses = sniff(hex('00000000000003e8'));
  expect(guesses[0]).toMatchObject({ codec: 'u64-be', text: '1000', confidence: 'likely' });
  expect(guesses.map((guess) => guess.codec)).toEqual(expect.arrayContaining(['u64-le', 'bytes']));
});

test.each([
  ['4449444c00017d05', 'candid', 'certain'],
  ['7b2261223a5b315d7d', 'json', 'certain'],
  ['a261666c73656e645f6d657373616765616e1a002d4399', 'cbor', 'certain'],
  ['00000000003000d30101', 'principal', 'certain'],
  ['68656c6c6f2c20776f726c64', 'text', 'certain'],
  ['404e300000000000', 'f64-be', 'likely'],
  ['', 'bytes', 'possible'],
  ['f4fb020910171e252c333a', 'bytes', 'possible'],
])('%s is %s, %s', (digits, name, confidence) => {
  expect(sniff(hex(digits))[0]).toMatchObject({ codec: name, confidence });
});

test('no values are guessed as bytes', () => expect(guessCodec([], RUST_KEY)).toBe('bytes'));
