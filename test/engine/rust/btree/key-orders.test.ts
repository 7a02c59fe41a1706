import { fc, test as law } from '@fast-check/vitest';
import { expect } from 'vitest';
import { Budget } from '../../../../engine/core/budget.ts';
import { openBTree } from '../../../../engine/rust/btree/inspect.ts';
import { pageSizeFor } from '../../../../engine/rust/btree/layout.ts';
import { findingsOf } from '../structures.ts';
import { buildTree } from './build.ts';

type Order = (a: number, b: number) => number;

/** A member of a key: how it encodes a number, and its order. */
interface Member {
  readonly size: number;
  readonly write: (view: DataView, at: number, value: number) => void;
  readonly order: Order;
}

const ascending: Order = (a, b) => a - b;
const descending: Order = (a, b) => b - a;
const u16 = (order: Order): Member => ({ size: 2, order, write: (view, at, value) => view.setUint16(at, value) });
const u32 = (order: Order): Member => ({ size: 4, order, write: (view, at, value) => view.setUint32(at, value) });
const u64 = (order: Order): Member => ({ size: 8, order, write: (view, at, value) => view.setBigUint64(at, BigInt(value)) });
const u64Little = (order: Order): Member => ({
  size: 8,
  order,
  write: (view, at, value) => view.setBigUint64(at, BigInt(value), true),
});
const i32Little: Member = { size: 4, order: ascending, write: (view, at, value) => view.setInt32(at, value - 5000, true) };
const i64: Member = { size: 8, order: ascending, write: (view, at, value) => view.setBigInt64(at, BigInt(value) - 5000n) };

const member = fc.constantFrom(
  u16(ascending),
  u32(ascending),
  u32(descending),
  u64(ascending),
  u64(descending),
  u64Little(ascending),
  u64Little(descending),
  i32Little,
  i64,
);

/** Returns the codes of the findings for a map with these keys, in the order of their members. */
function codesOf(keys: readonly Uint8Array[]): readonly string[] {
  const form = keys[0]?.length ?? 0;
  const memory = buildTree({ entries: keys.map((key) => [key, Uint8Array.of(1)]), form, pageSize: pageSizeFor(form, 1) });
  return findingsOf((report) => openBTree(memory, report)?.scan(report, new Budget())).map(({ code }) => code);
}

function keysOf(members: readonly Member[], rows: readonly (readonly number[])[]): readonly Uint8Array[] {
  const value = (row: readonly number[], index: number): number => row[index] ?? 0;
  const sorted = [...rows].sort((a, b) =>
    members.reduce((sign, { order }, index) => sign || order(value(a, index), value(b, index)), 0),
  );
  const size = members.reduce((sum, one) => sum + one.size, 0);
  return sorted.map((row) => {
    const view = new DataView(new ArrayBuffer(size));
    let at = 0;
    members.forEach((one, index) => {
      one.write(view, at, value(row, index));
      at += one.size;
    });
    return new Uint8Array(view.buffer);
  });
}

/** Few keys with the same first member, as in a map of a few dozen entries, or many of them. */
const rows = (members: number): fc.Arbitrary<readonly (readonly number[])[]> =>
  fc.integer({ min: 2, max: 300 }).chain((most) =>
    fc.uniqueArray(
      fc.tuple(...Array.from({ length: members }, (_, index) => fc.nat({ max: index + 1 < members ? most : 9999 }))),
      {
        minLength: 2,
        maxLength: 60,
        size: 'max',
        selector: (row) => row.join(),
      },
    ),
  );

for (const count of [2, 3])
  law.prop([fc.array(member, { minLength: count, maxLength: count }), rows(count)], { numRuns: 150 })(
    `intact keys of ${count} members, each in its own order, produce no finding`,
    (members, some) => {
      expect(codesOf(keysOf(members, some))).toEqual([]);
    },
  );

law.prop([
  fc.array(member, { minLength: 1, maxLength: 1 }),
  fc.uniqueArray(fc.nat({ max: 9999 }), { minLength: 40, maxLength: 90 }),
  fc.nat(),
  fc.nat(),
])('a number far from its place is found', (members, numbers, from, to) => {
  const keys = [
    ...keysOf(
      members,
      numbers.map((one) => [one]),
    ),
  ];
  const [a, b] = [from % keys.length, to % keys.length];
  // Keys at an end that start over may be those of a longer encoding.
  fc.pre(Math.abs(a - b) > 1 && b >= 5 && b < keys.length - 5);
  const [moved] = keys.splice(a, 1);
  if (moved) keys.splice(b, 0, moved);
  expect(codesOf(keys)).toContain('btree.keys-unsorted');
});

law.prop([fc.integer({ min: 1, max: 2 ** 31 - 2 }), fc.constantFrom(ascending, descending)], { numRuns: 25 })(
  'an order that only a few of thousands of keys reveal is found pass by pass',
  (seed, order) => {
    let state = seed;
    const random = (below: number): number => {
      state = (state * 48_271) % (2 ** 31 - 1);
      return state % below;
    };
    const some = Array.from({ length: 3000 }, () => [random(300_000), random(300_000), random(1_000_000)]);
    expect(codesOf(keysOf([u64Little(ascending), u64Little(ascending), u32(order)], some))).toEqual([]);
  },
);
