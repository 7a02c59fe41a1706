import { fc, test as law } from '@fast-check/vitest';
import { Encoder } from 'cbor-x/encode';
import { expect, test } from 'vitest';
import { writeArray } from '../../../../engine/trace/format/cbor-array.ts';

const encoder = new Encoder({ useRecords: false, tagUint8Array: false, mapsAsObjects: false });

/** Returns what an encoder for all values writes. It must be told which form of integers is the shortest. */
function expected(values: readonly unknown[]): Uint8Array {
  return encoder.encode(
    values.map((value) => {
      if (value === undefined) return null;
      if (typeof value === 'number') return value > 0xffff_ffff ? BigInt(value) : value;
      if (typeof value === 'bigint') return value > 0xffff_ffffn ? value : Number(value);
      return value;
    }),
  );
}

function written(values: readonly unknown[], size = 100_000): Uint8Array | undefined {
  const room = new Uint8Array(size).fill(0xee);
  const end = writeArray(room, 3, values);
  if (end !== undefined) expect([...room.subarray(0, 3), room[end]]).toEqual([0xee, 0xee, 0xee, 0xee]);
  return end === undefined ? undefined : room.slice(3, end);
}

const LIMITS = [0, 23, 24, 255, 256, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1];
const NUMBER = fc.oneof(fc.constantFrom(...LIMITS), fc.maxSafeNat(), fc.integer({ min: -24, max: -1 }));
const VALUE = fc.oneof(
  NUMBER,
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  fc.constantFrom(...LIMITS.map(BigInt), 2n ** 64n - 1n),
  fc.constant(undefined),
  fc.uint8Array({ maxLength: 40 }),
  fc.integer({ min: 0, max: 70_000 }).map((length) => new Uint8Array(length).fill(7)),
);

law.prop([fc.array(VALUE, { maxLength: 23 })], { numRuns: 1000 })('it writes what an encoder for all values writes', (values) => {
  const bytes = written(values, 2_000_000);
  expect(bytes && Buffer.compare(bytes, expected(values))).toBe(0);
});

test.each([
  ['a text', ['x']],
  ['a fraction', [1.5]],
  ['a number that is not exact', [2 ** 53]],
  ['a negative number of several bytes', [-25]],
  ['a negative bigint', [-1n]],
  ['a bigint of more than 64 bits', [2n ** 64n]],
  ['null', [null]],
  ['an object', [{}]],
  ['many values', new Array(24).fill(0)],
])('it does not write %s', (_what, values) => {
  expect(written(values)).toBeUndefined();
});

law.prop([fc.array(VALUE, { maxLength: 8 }), fc.nat({ max: 300 })], { numRuns: 500 })(
  'it stays within its room',
  (values, size) => {
    const bytes = written(values, size + 4);
    if (bytes) expect(Buffer.compare(bytes, expected(values))).toBe(0);
  },
);
