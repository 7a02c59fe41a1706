/** Tuples of members of fixed width: nothing in their bytes marks the end of a member, so wrong numbers are the worst result. */
import { describe, expect, test } from 'vitest';
import { compareBytes } from '../../../../engine/values/codec.ts';
import { guessCodec } from '../../../../engine/values/guessing/sniff.ts';
import { codec } from '../decoding.ts';
import { Chance } from './chance.ts';

type Member = (chance: Chance, index: number) => bigint;

const small =
  (end: number): Member =>
  (chance) =>
    BigInt(chance.below(end));
const counter: Member = (_, index) => BigInt(index);
const group: Member = (_, index) => BigInt(Math.floor(index / 7));
const zero: Member = () => 0n;
const nanoseconds: Member = (chance, index) =>
  1_764_374_400_000_000_000n + BigInt(60 * index + chance.below(60)) * 1_000_000_007n;
const seconds: Member = (chance, index) => 1_764_374_400n + BigInt(60 * index + chance.below(60));
const amount: Member = (chance) => BigInt(Math.floor(10 ** (3 + 9 * chance.next())));
const random =
  (width: number): Member =>
  (chance) =>
    chance.bytes(width).reduce((value, byte) => value * 256n + BigInt(byte), 0n);

interface Tuple {
  readonly members: readonly bigint[];
  readonly bytes: Uint8Array;
}

function tuples(
  chance: Chance,
  count: number,
  widths: readonly number[],
  members: readonly Member[],
  sorted: boolean,
): readonly Tuple[] {
  const all = Array.from({ length: count }, (_, index): Tuple => {
    const values = members.map((member) => member(chance, index));
    const bytes = values.flatMap((value, at) =>
      Array.from({ length: widths[at] ?? 0 }, (__, byte) =>
        Number((value >> BigInt(8 * ((widths[at] ?? 0) - 1 - byte))) & 0xffn),
      ),
    );
    return { members: values, bytes: Uint8Array.from(bytes) };
  });
  return sorted ? all.toSorted((a, b) => compareBytes(a.bytes, b.bytes)) : all;
}

/** Guesses like a reader, from a few values spread over the structure. */
function guessOf(all: readonly Tuple[], sorted: boolean): string {
  const few = Math.min(48, all.length);
  const samples = Array.from({ length: few }, (_, index) => all[Math.floor((index * (all.length - 1)) / Math.max(1, few - 1))]);
  return guessCodec(
    samples.flatMap((sample) => sample?.bytes ?? []),
    { family: 'stable-structures', role: sorted ? 'key' : 'value' },
  );
}

test.each<[string, readonly number[], readonly Member[]]>([
  ['storable.tuple(u64-be, u64-be)', [8, 8], [small(100_000), counter]],
  ['storable.tuple(u64-be, u64-be)', [8, 8], [nanoseconds, small(100_000)]],
  ['storable.tuple(u64-be, u64-be)', [8, 8], [small(1_000), nanoseconds]],
  ['storable.tuple(u64-be, u64-be)', [8, 8], [group, amount]],
  ['storable.tuple(u32-be, u64-be)', [4, 8], [small(1_000), counter]],
  ['storable.tuple(u32-be, u64-be)', [4, 8], [small(3), nanoseconds]],
  ['storable.tuple(u64-be, u32-be)', [8, 4], [random(8), small(1_000)]],
  ['storable.tuple(u32-be, u32-be)', [4, 4], [small(1_000), small(1_000)]],
  ['storable.tuple(u64-be, u32-be, u64-be)', [8, 4, 8], [random(8), small(3), random(8)]],
  ['storable.tuple(u64-be, u32-be, u64-be)', [8, 4, 8], [nanoseconds, small(5), small(100_000)]],
  ['storable.tuple(u64-be, u64-be, u64-be)', [8, 8, 8], [group, counter, nanoseconds]],
  ['storable.tuple(u32-be, u32-be, u64-be)', [4, 4, 8], [small(100), small(1_000), small(100_000)]],
  ['storable.tuple(storable.array(32), u64-be)', [32, 8], [random(32), counter]],
  ['storable.tuple(storable.array(29), u64-be)', [29, 8], [random(29), nanoseconds]],
  ['storable.tuple(u64-be, storable.array(32))', [8, 32], [counter, random(32)]],
])('%s, of %j bytes', (expected, widths, members) => {
  for (const sorted of [false, true]) expect(guessOf(tuples(new Chance(7), 200, widths, members, sorted), sorted)).toBe(expected);
});

test('a first member that is zero in all values is shown as zero', () => {
  const guess = guessOf(tuples(new Chance(1), 50, [4, 8], [zero, counter], true), true);
  expect(codec(guess).decode(Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 49))?.text).toBe('(0, 49)');
});

test('keys whose first half is zero in all values could be one number or two, so they are bytes', () => {
  expect(guessOf(tuples(new Chance(1), 50, [8, 8], [zero, counter], true), true)).toBe('bytes');
  expect(guessOf(tuples(new Chance(1), 50, [16], [amount], false), false)).toBe('u128-be');
});

test.each<[string, readonly number[], readonly Member[]]>([
  ['two random numbers', [8, 8], [random(8), random(8)]],
  ['random bytes', [20], [random(20)]],
  ['hashes', [32], [random(32)]],
  ['a small number before a zero', [4, 4], [small(9), zero]],
  ['two random numbers of four bytes before small ones', [4, 4, 8], [random(4), random(4), random(8)]],
])('%s are bytes', (_, widths, members) => {
  expect(guessOf(tuples(new Chance(3), 200, widths, members, false), false)).toBe('bytes');
});

describe('of tuples of all kinds', () => {
  const members: Readonly<Record<number, readonly [Member, ...Member[]]>> = {
    1: [small(3), small(8)],
    4: [counter, small(3), small(100_000), group],
    8: [counter, small(3), small(100_000), group, random(8), nanoseconds, seconds, amount],
    32: [random(32)],
  };
  const shapes = [
    [8, 8],
    [4, 8],
    [8, 4],
    [4, 4],
    [8, 4, 8],
    [8, 8, 8],
    [4, 4, 8],
    [8, 8, 4],
    [8, 1],
    [1, 8],
    [32, 8],
    [8, 32],
  ];

  /** Returns the numbers in a text, without zeros: the place of a member that is always zero is not known. */
  const numbersIn = (text: string) => text.match(/[0-9a-f]+/g)?.filter((digits) => !/^0+$/.test(digits));

  test.each(shapes.map((shape) => [shape.join(', '), shape] as const))(
    '(%s) bytes, nearly none is shown with other numbers',
    (_, shape) => {
      let wrong = 0;
      let right = 0;
      for (let seed = 1; seed <= 60; seed++) {
        const chance = new Chance(seed);
        const chosen = shape.map((width) => chance.pick(members[width] ?? [zero]));
        const sorted = chance.below(2) === 0;
        const all = tuples(chance, chance.pick([30, 150, 600]), shape, chosen, sorted);
        const guess = guessOf(all, sorted);
        if (guess === 'bytes') continue;
        const isRight = all.every(({ bytes, members: values }) => {
          const text = codec(guess).decode(bytes)?.text.replaceAll('true', '1').replaceAll('false', '0') ?? '';
          const expected = values.map((value, at) => (shape[at] === 32 ? value.toString(16).padStart(64, '0') : String(value)));
          return String(numbersIn(text)) === String(numbersIn(expected.join(', ')));
        });
        if (isRight) right += 1;
        else wrong += 1;
      }
      expect(wrong).toBeLessThanOrEqual(2);
      if (!shape.includes(1)) expect(right).toBeGreaterThan(20);
    },
  );
});
