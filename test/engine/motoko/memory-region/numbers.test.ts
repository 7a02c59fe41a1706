import { fc, test as law } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { toHex } from '../../../../engine/core/format.ts';
import { BytesMemory } from '../../../../engine/core/memory/bytes-memory.ts';
import {
  FLOAT,
  INT8,
  INT16,
  INT32,
  INT64,
  NAT8,
  NAT16,
  NAT32,
  NAT64,
  type NumberType,
} from '../../../../engine/motoko/memory-region/numbers.ts';
import { MemoryRegion } from '../../../../engine/motoko/memory-region/operate.ts';
import { STORES } from '../../../../engine/motoko/memory-region/policies.ts';

const created = () => new MemoryRegion(new BytesMemory(), STORES['max-value']());

function livesIn<T extends number | bigint>(type: NumberType<T>, values: fc.Arbitrary<T>): void {
  law.prop([values, values])(`${type.name}: a number lives, changes and goes`, (first, second) => {
    const region = created();
    region.allocate(3);
    const address = region.add(type, first);
    expect([region.load(type, address), region.allocated]).toEqual([first, 3 + type.width]);
    region.store(type, address, second);
    expect(region.remove(type, address)).toEqual({ ok: true, value: second });
    expect(region.allocated).toBe(3);
    expect(region.remove(type, address)).toMatchObject({ ok: false, fault: { kind: 'already-free' } });
  });
}

livesIn(NAT8, fc.integer({ min: 0, max: 0xff }));
livesIn(NAT16, fc.integer({ min: 0, max: 0xffff }));
livesIn(NAT32, fc.integer({ min: 0, max: 0xffff_ffff }));
livesIn(NAT64, fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }));
livesIn(INT8, fc.integer({ min: -0x80, max: 0x7f }));
livesIn(INT16, fc.integer({ min: -0x8000, max: 0x7fff }));
livesIn(INT32, fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff }));
livesIn(INT64, fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }));
livesIn(FLOAT, fc.double());

test.each([
  ['Nat16', (region: MemoryRegion) => region.add(NAT16, 0x0102), '0201'],
  ['Nat64', (region: MemoryRegion) => region.add(NAT64, 0x0102n), '0201000000000000'],
  ['Int32', (region: MemoryRegion) => region.add(INT32, -2), 'feffffff'],
  ['Float', (region: MemoryRegion) => region.add(FLOAT, 1), '000000000000f03f'],
])('%s is little-endian', (_, add, hex) => {
  const region = created();
  expect(toHex(region.loadBlob(add(region), hex.length / 2))).toBe(hex);
});

test('a number that its type does not have is refused before anything is allocated', () => {
  const region = created();
  expect(() => region.add(NAT8, 256)).toThrow('256 is not a Nat8.');
  expect(() => region.add(INT16, 1.5)).toThrow(RangeError);
  expect(() => region.add(NAT64, -1n)).toThrow(RangeError);
  expect(region.size).toBe(0);
});
