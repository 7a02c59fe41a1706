/** Many structures of made-up values: each encoding is found, and none is found in bytes that have none. */
import { Encoder as MessagePackEncoder } from '@msgpack/msgpack';
import { Encoder } from 'cbor-x/encode';
import { describe, expect, test } from 'vitest';
import type { Sample } from '../../../../engine/values/guessing/described.ts';
import { guessCodec, guessCodecs } from '../../../../engine/values/guessing/sniff.ts';
import { Chance } from './chance.ts';

const CONTEXT = { family: 'stable-structures', role: 'value' } as const;
const STRUCTURES = 60;
const utf8 = new TextEncoder();
const cborEncoder = new Encoder({ useRecords: false, tagUint8Array: false, variableMapSize: true });
const messagePackEncoder = new MessagePackEncoder({ useBigInt64: true });
const cbor = (value: unknown) => new Uint8Array(cborEncoder.encode(value));
const messagePack = (value: unknown) => messagePackEncoder.encode(value).slice();
const json = (value: unknown) => utf8.encode(JSON.stringify(value));

function joined(...pieces: readonly (Uint8Array | readonly number[])[]): Uint8Array {
  return Uint8Array.from(pieces.flatMap((piece) => [...piece]));
}

/** `(record { 0 = id; 1 = name })` */
function candid(id: number, name: string): Uint8Array {
  const text = utf8.encode(name);
  return joined(utf8.encode('DIDL'), [1, 0x6c, 2, 0, 0x78, 1, 0x71, 1, 0], number(id, 8, 'le'), [text.length], text);
}

function protobuf(id: number, name: string): Uint8Array {
  const text = utf8.encode(name);
  return joined([0x0a, text.length], text, [0x10, 0x80 | (id & 127), 1 + (id >> 7)], [0x1a, 2, 0x08, id & 127]);
}

function number(value: number, width: number, order: 'be' | 'le'): Uint8Array {
  const bytes = Uint8Array.from({ length: width }, (_, index) => Number((BigInt(value) >> BigInt(8 * index)) & 0xffn));
  return order === 'le' ? bytes : bytes.reverse();
}

function filled(value: Uint8Array, size: number): Uint8Array {
  return joined(value, new Uint8Array(Math.max(0, size - value.length)));
}

type Make = (chance: Chance, index: number) => Uint8Array;

const user = (chance: Chance, index: number) => ({
  id: index,
  name: chance.word(),
  tags: Array.from({ length: chance.below(3) }, () => chance.word()),
  price: chance.below(3) === 0 ? null : chance.below(10_000),
  ratio: chance.next(),
});
const row = (chance: Chance, index: number) => Object.values(user(chance, index));
const state = (chance: Chance, index: number) =>
  chance.pick<unknown>([
    'Idle',
    'Done',
    { Running: { since: 1_764_374_400 + index, job: chance.word() } },
    { Failed: chance.word() },
  ]);
const option = (chance: Chance, index: number) => (chance.below(4) === 0 ? null : user(chance, index));

const ENCODINGS: readonly (readonly [name: string, codec: string, make: Make])[] = [
  ['CBOR maps', 'cbor', (chance, index) => cbor(user(chance, index))],
  ['CBOR arrays', 'cbor', (chance, index) => cbor(row(chance, index))],
  ['CBOR enums', 'cbor', (chance, index) => cbor(state(chance, index))],
  ['CBOR words of two lengths', 'cbor', (chance) => cbor(chance.pick(['Idle', 'Running', 'Done']))],
  ['CBOR numbers among maps', 'cbor', (chance, index) => cbor(index % 5 === 0 ? user(chance, index) : chance.below(2 ** 40))],
  ['CBOR options', 'cbor', (chance, index) => cbor(option(chance, index))],
  ['MessagePack maps', 'messagepack', (chance, index) => messagePack(user(chance, index))],
  ['MessagePack arrays', 'messagepack', (chance, index) => messagePack(row(chance, index))],
  ['MessagePack enums', 'messagepack', (chance, index) => messagePack(state(chance, index))],
  ['MessagePack options', 'messagepack', (chance, index) => messagePack(option(chance, index))],
  ['JSON objects', 'json', (chance, index) => json(user(chance, index))],
  ['JSON enums', 'json', (chance, index) => json(state(chance, index))],
  ['JSON options', 'json', (chance, index) => json(option(chance, index))],
  ['Candid', 'candid', (chance, index) => candid(index, chance.word())],
  ['Protocol Buffers', 'protobuf', (chance, index) => protobuf(index, chance.word())],
  ['text', 'text', (chance) => utf8.encode(`${chance.word()} ${chance.word()}`)],
  ['padded CBOR', 'padded(cbor)', (chance, index) => filled(cbor(user(chance, index)), 320)],
  ['padded MessagePack', 'padded(messagepack)', (chance, index) => filled(messagePack(user(chance, index)), 256)],
  ['padded Candid', 'padded(candid)', (chance, index) => filled(candid(index, chance.word()), 64)],
  ['padded JSON', 'padded(json)', (chance, index) => filled(json(user(chance, index)), 400)],
  ['padded text', 'padded(text)', (chance) => filled(utf8.encode(`${chance.word()} ${chance.word()} ${chance.word()}`), 64)],
  ['a version, then CBOR', 'prefixed(1, cbor)', (chance, index) => joined([1], cbor(user(chance, index)))],
  ['versions, then CBOR', 'prefixed(1, cbor)', (chance, index) => joined([index % 3], cbor(user(chance, index)))],
  ['a version, then Candid', 'prefixed(1, candid)', (chance, index) => joined([2], candid(index, chance.word()))],
  ['a version, then MessagePack', 'prefixed(1, messagepack)', (chance, index) => joined([0], messagePack(user(chance, index)))],
  ['a version, then JSON', 'prefixed(1, json)', (chance, index) => joined([0xff], json(user(chance, index)))],
  ['a version of two bytes, then CBOR', 'prefixed(2, cbor)', (chance, index) => joined([0, 1], cbor(user(chance, index)))],
  [
    'a version of four bytes, then Candid',
    'prefixed(4, candid)',
    (chance, index) => joined([1, 0, 0, 0], candid(index, chance.word())),
  ],
  [
    'a time, then CBOR',
    'prefixed(8, cbor)',
    (chance, index) => joined(number(1_764_374_400_000 + 7919 * index, 8, 'be'), cbor(user(chance, index))),
  ],
  ...(['le', 'be'] as const).flatMap((order) =>
    [2, 4, 8].map((width): readonly [string, string, Make] => [
      `a length of ${width} bytes (${order}), then CBOR`,
      `prefixed(u${8 * width}-${order}, cbor)`,
      (chance, index) => {
        const value = cbor(user(chance, index));
        return joined(number(value.length, width, order), value);
      },
    ]),
  ),
  [
    'a length, then Candid, then zeros',
    'padded(prefixed(u32-le, candid))',
    (chance, index) => {
      const value = candid(index, chance.word());
      return filled(joined(number(value.length, 4, 'le'), value), 100);
    },
  ],
];

describe.each(ENCODINGS)('%s', (_, codec, make) => {
  test(`is ${codec}`, () => {
    const guesses = new Map<string, number>();
    for (let seed = 1; seed <= STRUCTURES; seed++) {
      const chance = new Chance(seed);
      const values = Array.from({ length: 8 + chance.below(40) }, (__, index) => make(chance, index));
      const guess = guessCodec(values, CONTEXT);
      guesses.set(guess, (guesses.get(guess) ?? 0) + 1);
    }
    expect([...guesses]).toEqual([[codec, STRUCTURES]]);
  });
});

describe('long values, by their beginning', () => {
  const items = (chance: Chance) => Array.from({ length: 900 }, (_, index) => user(chance, index));
  const long: readonly (readonly [codec: string, make: (chance: Chance) => Uint8Array])[] = [
    ['cbor', (chance) => cbor(items(chance))],
    ['messagepack', (chance) => messagePack(items(chance))],
    ['json', (chance) => json(items(chance))],
    ['text', (chance) => utf8.encode(Array.from({ length: 9_000 }, () => chance.word()).join(' '))],
    ['candid', (chance) => joined(utf8.encode('DIDL'), [1, 0x6d, 0x78, 1, 0, 0x80, 0x40], chance.bytes(8 * 8192))],
    ['prefixed(1, cbor)', (chance) => joined([1], cbor(items(chance)))],
    [
      'protobuf',
      (chance) =>
        joined(...Array.from({ length: 900 }, () => [0x0a, 20, ...protobuf(chance.below(9_999), chance.word().padEnd(11, 'x'))])),
    ],
    ['bytes', (chance) => chance.bytes(50_000)],
  ];
  test.each(long)('%s', (codec, make) => {
    for (let seed = 1; seed <= 20; seed++) {
      const bytes = make(new Chance(seed));
      const sample: Sample = { bytes: bytes.subarray(0, 4_096), size: bytes.length };
      const [first, ...others] = guessCodecs([sample], CONTEXT);
      expect(first).toBe(codec);
      // The beginning does not show whether zeros come after the value.
      for (const other of others) expect(other).toContain('padded(');
    }
  });
});

test.each<[string, Make]>([
  ['u64-be', (chance) => number(chance.below(1_000_000), 8, 'be')],
  ['cbor', (chance, index) => cbor(user(chance, index))],
  ['text', (chance) => utf8.encode(chance.word())],
  ['storable.tuple(u64-be, u32-be)', (chance, index) => joined(number(index, 8, 'be'), number(chance.below(1_000), 4, 'be'))],
])('entries without bytes hide no %s', (codec, make) => {
  const chance = new Chance(2);
  const values = Array.from({ length: 36 }, (_, index) => (index % 6 === 0 ? new Uint8Array(0) : make(chance, index)));
  expect(guessCodec(values, CONTEXT)).toBe(codec);
});

test('two encodings in one structure are both found, whichever has more values', () => {
  const makes = [
    ['candid', (chance: Chance, index: number) => candid(index, `${chance.word()} ${chance.word()}`)],
    ['cbor', (chance: Chance, index: number) => cbor(user(chance, index))],
    ['json', (chance: Chance, index: number) => json(user(chance, index))],
    ['messagepack', (chance: Chance, index: number) => messagePack(user(chance, index))],
    ['prefixed(1, cbor)', (chance: Chance, index: number) => joined([1], cbor(user(chance, index)))],
  ] as const;
  for (const [before, makeBefore] of makes) {
    for (const [after, makeAfter] of makes) {
      if (before === after) continue;
      const chance = new Chance(5);
      const border = 8 + chance.below(28);
      const values = Array.from({ length: 44 }, (_, index) => (index < border ? makeBefore : makeAfter)(chance, index));
      const samples = values.map((bytes) => ({ bytes, size: bytes.length }));
      expect(new Set(guessCodecs(samples, CONTEXT)), `${before} before ${after}`).toEqual(new Set([before, after]));
    }
  }
});

test('numbers before values that prove their encoding are numbers', () => {
  const chance = new Chance(4);
  const values = Array.from({ length: 40 }, (_, index) =>
    index < 15 ? number(chance.below(100_000), 8, 'be') : cbor(user(chance, index)),
  );
  expect(
    guessCodecs(
      values.map((bytes) => ({ bytes, size: bytes.length })),
      CONTEXT,
    ),
  ).toEqual(['cbor', 'u64-be']);
});

const NOISE: readonly (readonly [name: string, make: (chance: Chance) => Make])[] = [
  [
    'random bytes of one length',
    (chance) =>
      (
        (length) => () =>
          chance.bytes(length)
      )(1 + chance.below(64)),
  ],
  ['random bytes of any length', () => (chance) => chance.bytes(chance.below(64))],
  ['few random bytes of any length', () => (chance) => chance.bytes(1 + chance.below(3))],
  [
    'small numbers, high bytes first',
    (chance) =>
      (
        (width) => (_, index) =>
          number(index, width, 'be')
      )(chance.pick([1, 2, 4, 8, 16])),
  ],
  [
    'small numbers, low bytes first',
    (chance) =>
      (
        (width) => (_, index) =>
          number(index, width, 'le')
      )(chance.pick([2, 4, 8, 16])),
  ],
  ['numbers of all sizes', () => (chance) => number(Math.floor(2 ** (chance.next() * 53)), 8, 'be')],
  ['times', () => (_, index) => number(1_764_374_400_000 + 61_357 * index, 8, 'be')],
  ['letters', () => (chance) => utf8.encode(String.fromCharCode(33 + chance.below(90)))],
  ['words', () => (chance) => utf8.encode(chance.word())],
  ['capital words', () => (chance) => utf8.encode(chance.word().toUpperCase())],
  ['digits', () => (chance) => utf8.encode(String(chance.below(1_000_000)))],
  ['bits', () => (chance) => Uint8Array.from({ length: 12 }, () => chance.below(2))],
  ['small bytes', () => (chance) => Uint8Array.from({ length: 1 + chance.below(12) }, () => chance.below(24))],
];

/**
 * A few of the structures without an encoding may look as if they had one: a single value of two bytes can easily be a CBOR item.
 */
const NOISES = 300;
const MAX_FALSE = 2;

test.each(NOISE)('%s prove no encoding', (_, make) => {
  const found: string[] = [];
  for (let seed = 1; seed <= NOISES; seed++) {
    const chance = new Chance(seed);
    const makeOne = make(chance);
    const values = Array.from({ length: chance.pick([1, 3, 12, 48]) }, (__, index) => makeOne(chance, index));
    const guess = guessCodecs(
      values.map((bytes) => ({ bytes, size: bytes.length })),
      CONTEXT,
    );
    if (guess.some((name) => /cbor|messagepack|protobuf|candid|json|padded|prefixed/.test(name))) found.push(guess.join(' or '));
  }
  expect(found.length, found.slice(0, 10).join('; ')).toBeLessThanOrEqual(MAX_FALSE);
});
