import { fc } from '@fast-check/vitest';
import * as numbers from '../../../engine/motoko/memory-region/numbers.ts';
import { BLOCK_BYTES } from '../../../engine/motoko/regions/mapping.ts';

/** One operation of a region. Regions are numbered in the order of their creation. */
export type Step =
  | { readonly do: 'make' }
  | { readonly do: 'grow'; readonly region: number; readonly pages: number }
  | { readonly do: 'size'; readonly region: number }
  | ({ readonly do: 'loadNumber'; readonly type: NumberName } & Place)
  | ({ readonly do: 'storeNumber'; readonly type: NumberName; readonly bits: bigint } & Place)
  | ({ readonly do: 'loadBlob'; readonly length: number } & Place)
  | ({ readonly do: 'storeBlob'; readonly bytes: Uint8Array } & Place);

/** A place in a region: at some distance from one of its borders, before or after it. */
export interface Place {
  readonly region: number;
  readonly border: 'start' | 'block' | 'middle' | 'end' | 'limit';
  readonly distance: number;
}

/** Number of initial regions. */
const REGIONS = 4;

export const NUMBERS = {
  Nat8: numbers.NAT8,
  Nat16: numbers.NAT16,
  Nat32: numbers.NAT32,
  Nat64: numbers.NAT64,
  Int8: numbers.INT8,
  Int16: numbers.INT16,
  Int32: numbers.INT32,
  Int64: numbers.INT64,
  Float: numbers.FLOAT,
} as const;

export type NumberName = keyof typeof NUMBERS;
export const NUMBER_NAMES: readonly NumberName[] = [
  'Nat8',
  'Nat16',
  'Nat32',
  'Nat64',
  'Int8',
  'Int16',
  'Int32',
  'Int64',
  'Float',
];

/** Returns the offset of a place in a region of `size` bytes. It can be any number of 64 bits. */
export function offsetOf({ border, distance }: Place, size: number): bigint {
  const lastBlock = Math.floor((size - 1) / BLOCK_BYTES) * BLOCK_BYTES;
  const borders = { start: 0, block: Math.max(0, lastBlock), middle: Math.floor(size / 3), end: size, limit: 2 ** 64 } as const;
  const isFirst = borders[border] < -distance;
  return BigInt.asUintN(64, BigInt(borders[border]) + BigInt(isFirst || border === 'limit' ? -distance : distance));
}

/** The initial regions, and one more. */
const region = fc.oneof({ weight: 150, arbitrary: fc.nat({ max: REGIONS - 1 }) }, { weight: 1, arbitrary: fc.constant(REGIONS) });
const type = fc.constantFrom(...NUMBER_NAMES);

/** Places that are mostly inside the region, near the end of a block or of the region. */
const place = fc.record({
  region,
  border: fc.oneof(
    { weight: 60, arbitrary: fc.constantFrom('block', 'middle') },
    { weight: 4, arbitrary: fc.constantFrom('start', 'end') },
    { weight: 1, arbitrary: fc.constant('limit') },
  ),
  distance: fc.oneof(fc.integer({ min: -400, max: 400 }), fc.integer({ min: -9, max: 9 })),
} satisfies { [Key in keyof Place]: fc.Arbitrary<Place[Key]> });

function at<Fields extends object>(fields: { [Key in keyof Fields]: fc.Arbitrary<Fields[Key]> }): fc.Arbitrary<Fields & Place> {
  return fc.tuple(fc.record(fields), place).map(([own, where]) => ({ ...own, ...where }));
}

const does = <Name extends Step['do']>(name: Name) => fc.constant(name);

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 1, arbitrary: fc.record({ do: does('make') }) },
  { weight: 6, arbitrary: fc.record({ do: does('grow'), region, pages: fc.nat({ max: 40 }) }) },
  { weight: 1, arbitrary: fc.record({ do: does('grow'), region, pages: fc.constantFrom(0, 127, 128, 129, 300, 40_000) }) },
  { weight: 4, arbitrary: fc.record({ do: does('size'), region }) },
  { weight: 40, arbitrary: at({ do: does('loadNumber'), type }) },
  { weight: 40, arbitrary: at({ do: does('storeNumber'), type, bits: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }) }) },
  { weight: 20, arbitrary: at({ do: does('loadBlob'), length: fc.oneof(fc.nat({ max: 3 }), fc.nat({ max: 900 })) }) },
  { weight: 20, arbitrary: at({ do: does('storeBlob'), bytes: fc.uint8Array({ maxLength: 900, size: 'max' }) }) },
);

/** Returns a long sequence of steps, which is the same for the same seed. */
export function longLife(length: number, seed: number): readonly Step[] {
  const makes = Array.from({ length: REGIONS }, (): Step => ({ do: 'make' }));
  const grows = makes.map((_, region): Step => ({ do: 'grow', region, pages: region }));
  return [...makes, ...grows, ...fc.sample(step, { seed, numRuns: length })];
}
