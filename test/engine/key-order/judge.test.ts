/** Intact keys of many types, each in its own order, are never reported as damaged; swapped keys are found. */
import { fc, test as law } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { OrderJudge, type Verdict } from '../../../engine/key-order/judge.ts';
import type { Compare, KeyPair } from '../../../engine/key-order/orders.ts';
import { suspectsAmong } from '../../../engine/key-order/suspects.ts';
import { compareBytes } from '../../../engine/values/codec.ts';
import { encodeUtf8 } from '../../../engine/values/utf8.ts';
import { cbor, concatenate, leb128, number } from './encodings.ts';

type Value = number | string | Uint8Array | null;
type Row = readonly Value[];

interface KeyType {
  readonly rows: fc.Arbitrary<Row>;
  readonly write: (row: Row) => Uint8Array;
  /** The order; by default the derived order of the members. */
  readonly order?: (a: Row, b: Row) => number;
  /** True if one damaged key cannot be distinguished from another order. */
  readonly doubtful?: true;
}

function compareValues(a: Value | undefined, b: Value | undefined): number {
  if (a === null || b === null || a === undefined || b === undefined) return Number(a !== null) - Number(b !== null);
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const bytesOf = (value: Value): Uint8Array => (value instanceof Uint8Array ? value : encodeUtf8(String(value)));
  return compareBytes(bytesOf(a), bytesOf(b));
}

function compareRows(a: Row, b: Row): number {
  return a.reduce<number>((sign, value, index) => sign || compareValues(value, b[index]), 0);
}

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const letters = (min: number, max: number) =>
  fc.array(fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz'), { minLength: min, maxLength: max }).map((some) => some.join(''));
/** Mostly the first, rarely the second. */
const rarely = <A, B>(usual: fc.Arbitrary<A>, other: fc.Arbitrary<B>) =>
  fc.oneof({ arbitrary: usual, weight: 40 }, { arbitrary: other, weight: 1 });
const user = bytes(28).map((some) => concatenate(some, Uint8Array.of(2)));
const canister = bytes(8).map((some) => concatenate(some, Uint8Array.of(1, 1)));
const text = (value: Value | undefined): Uint8Array => encodeUtf8(String(value));
const int = (value: Value | undefined): number => Number(value);
const blob = (value: Value | undefined): Uint8Array => (value instanceof Uint8Array ? value : new Uint8Array());
const candid = (...rest: readonly number[]): Uint8Array => concatenate(encodeUtf8('DIDL'), Uint8Array.from(rest));
const byLength = ([a]: Row, [b]: Row): number => blob(a).length - blob(b).length || compareValues(a, b);
const VARIANTS = ['Pending', 'Done', 'Archived', 'Gone'];

const TYPES: Readonly<Record<string, KeyType>> = {
  'numbers, big-endian': { rows: fc.tuple(fc.nat(1_000_000)), write: ([a]) => number(8, int(a)) },
  'numbers, little-endian': { rows: fc.tuple(fc.nat(3000)), write: ([a]) => number(4, int(a), 'little'), doubtful: true },
  'signed numbers': { rows: fc.tuple(fc.integer({ min: -300, max: 900 })), write: ([a]) => number(8, int(a)), doubtful: true },
  texts: { rows: fc.tuple(letters(3, 10)), write: ([a]) => text(a) },
  'texts with numbers': {
    rows: fc.tuple(fc.nat(300)),
    write: ([a]) => text(`user-${a}`),
  },
  'decimal numbers': { rows: fc.tuple(fc.nat(20_000)), write: ([a]) => text(a) },
  principals: { rows: fc.tuple(fc.oneof(user, canister)), write: ([a]) => blob(a), order: byLength },
  'accounts of a ledger': {
    rows: fc.tuple(fc.oneof(user, canister), rarely(fc.constant(null), bytes(32))),
    write: ([owner, subaccount]) => (subaccount === null ? cbor([blob(owner)]) : cbor([blob(owner), blob(subaccount)])),
  },
  'CBOR of a struct': {
    rows: fc.tuple(rarely(letters(21, 21), letters(3, 3))),
    write: ([key]) => cbor({ collection: 'notes', key: String(key) }),
  },
  'CBOR of numbers': {
    rows: fc.tuple(fc.nat(30), rarely(fc.nat(5000), fc.integer({ min: -3000, max: -1 }))),
    write: ([a, b]) => cbor([int(a), int(b)]),
  },
  'CBOR of a variant': {
    rows: fc.tuple(fc.nat(3), fc.nat(300)),
    write: ([a, b]) => cbor([VARIANTS[int(a)] ?? '', int(b)]),
  },
  'JSON of a struct': {
    rows: fc.tuple(fc.nat(20), fc.integer({ min: 500, max: 3500 })),
    write: ([tenant, seq]) => text(JSON.stringify({ tenant, seq })),
  },
  'JSON of large numbers': {
    rows: fc.tuple(fc.nat(900)),
    write: ([a]) => text(`{"id":${9_007_199_254_740_000n + 100n * BigInt(int(a))}}`),
  },
  'Candid numbers': { rows: fc.tuple(fc.nat(400)), write: ([a]) => concatenate(candid(0, 1, 0x7d), leb128(int(a))) },
  'Candid records, whose members are in the order of their hashes': {
    rows: fc.tuple(fc.nat(60), letters(4, 6)),
    write: ([a, b]) => concatenate(candid(1, 0x6c, 2, 1, 0x71, 2, 0x7d, 1, 0), leb128(text(b).length), text(b), leb128(int(a))),
  },
  'Protocol Buffers': {
    rows: fc.tuple(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 300 })),
    write: ([a, b]) => concatenate(Uint8Array.of(8), leb128(int(a)), Uint8Array.of(16), leb128(int(b))),
  },
  'Borsh principals': {
    rows: fc.tuple(rarely(bytes(29), bytes(10))),
    write: ([a]) => concatenate(number(4, blob(a).length, 'little'), blob(a)),
  },
  'a number, then the latest first': {
    rows: fc.tuple(fc.nat(4000), fc.nat(100_000)),
    write: ([a, b]) => concatenate(number(8, int(a)), number(8, int(b))),
    order: (a, b) => int(a[0]) - int(b[0]) || int(b[1]) - int(a[1]),
  },
  'names of days': {
    rows: fc.tuple(fc.nat(6)),
    write: ([a]) => text(['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'][int(a)]),
  },
};

function keysOf({ write, order = compareRows }: KeyType, rows: readonly Row[]): readonly Uint8Array[] {
  const unique = new Map(rows.map((row) => [write(row).join(), row]));
  return [...unique.values()].sort(order).map(write);
}

const neighbours = (keys: readonly Uint8Array[]): readonly KeyPair[] =>
  keys.slice(1).map((after, index) => ({ before: keys[index] ?? after, after }));
const parents = (keys: readonly Uint8Array[]): readonly KeyPair[] =>
  keys.slice(1).map((after, index) => ({ before: keys[Math.floor(index / 2)] ?? after, after }));

/** Returns the verdict on pairs, with every third of them as the sample. */
function judge(pairs: readonly KeyPair[], equal: boolean): Verdict<KeyPair> {
  const isOneKey = (violations: readonly KeyPair[], compare: Compare): boolean => {
    const [first] = pairs;
    if (equal || first === undefined) return violations.length <= 3;
    return suspectsAmong([first.before, ...pairs.map(({ after }) => after)], compare).removals === 1;
  };
  const sample = pairs.length < 64 ? pairs : pairs.filter((_, index) => index % 3 === 0);
  const pass = (one: OrderJudge<KeyPair>): boolean => {
    for (const pair of pairs) one.next(pair.before, pair.after, () => pair);
    return true;
  };
  const first = new OrderJudge<KeyPair>(sample, { equal, isOneKey });
  pass(first);
  return first.settle(pass).verdict;
}

const isSilent = ({ kind }: Verdict<KeyPair>): boolean => kind === 'ordered' || kind === 'own';

describe.each(Object.entries(TYPES))('%s', (_, type) => {
  const some = fc
    .integer({ min: 2, max: 260 })
    .chain((most) => fc.array(type.rows, { minLength: 2, maxLength: most, size: 'max' }));

  law.prop([some, fc.boolean()], { numRuns: 60 })('in their order are intact', (rows, heap) => {
    const keys = keysOf(type, rows);
    fc.pre(keys.length > 1);
    const verdict = judge(heap ? parents(keys) : neighbours(keys), heap);
    if (type.doubtful) expect(verdict.kind).not.toBe('damaged');
    else expect(isSilent(verdict), JSON.stringify(verdict)).toBe(true);
  });
});

describe.each(['numbers, big-endian', 'texts', 'accounts of a ledger', 'JSON of a struct', 'Candid numbers'])('%s', (name) => {
  const type = TYPES[name];
  if (!type) throw new Error(`There is no type of ${name}.`);
  const many = fc.uniqueArray(type.rows, {
    minLength: 60,
    maxLength: 120,
    size: 'max',
    selector: (row) => type.write(row).join(),
  });

  law.prop([many, fc.nat(), fc.nat()], { numRuns: 40 })('of which two are exchanged are found, and few others', (rows, i, j) => {
    const keys = [...keysOf(type, rows)];
    const [a, b] = [i % keys.length, j % keys.length];
    fc.pre(Math.abs(a - b) > 1);
    const [one, other] = [keys[a], keys[b]];
    if (one && other) [keys[a], keys[b]] = [other, one];
    const verdict = judge(neighbours(keys), false);
    expect(verdict.kind).toBe('damaged');
    if (verdict.kind !== 'damaged') return;
    expect(verdict.violations.length).toBeLessThanOrEqual(4);
    // An order of the first bytes can explain one of the two keys, and then has a violation elsewhere.
    const isAtOne = verdict.violations.map(({ before, after }) => [before, after].some((key) => key === one || key === other));
    expect(isAtOne).toContain(true);
  });
});

test('of two orders with as many violations the natural one counts, also where a sample suggests the chosen one', () => {
  const keys: Uint8Array[] = [];
  for (let tenant = 0; tenant <= 20; tenant++)
    for (let seq = 500; seq < 3500; seq += 600) keys.push(encodeUtf8(JSON.stringify({ tenant, seq: seq + 37 * tenant })));
  // By its letters tenant 18 fits between 1 and 2, so that an order of the first bytes has one violation less there, and one between 9 and 10.
  const [early, late] = [keys[9] ?? expect.fail(), keys[94] ?? expect.fail()];
  [keys[9], keys[94]] = [late, early];
  const verdict = judge(neighbours(keys), false);
  const violations = verdict.kind === 'damaged' ? verdict.violations : [];
  expect(violations.map(({ before, after }) => [before, after].some((key) => key === early || key === late))).toEqual([
    true,
    true,
  ]);
});

test('one key that another order excuses is doubtful', () => {
  const keys = Array.from({ length: 50 }, (_, index) => number(8, 100 + 7 * index));
  keys[0] = new Uint8Array(8).fill(0xff);
  expect(judge(neighbours(keys), false)).toMatchObject({ kind: 'doubtful', order: 'bytes', excuse: 'signed big-endian' });
});

test('several keys that another order explains are in that order', () => {
  const keys = Array.from({ length: 50 }, (_, index) => number(8, 7 * index - 100));
  expect(judge(neighbours(keys), false)).toMatchObject({ kind: 'ordered', order: 'signed big-endian' });
});
