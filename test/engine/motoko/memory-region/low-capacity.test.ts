import { expect, test } from 'vitest';
import { BytesMemory } from '../../../../engine/core/memory/bytes-memory.ts';
import { PAGE_SIZE } from '../../../../engine/core/memory/memory.ts';
import { MemoryRegion } from '../../../../engine/motoko/memory-region/operate.ts';
import { STORES } from '../../../../engine/motoko/memory-region/policies.ts';

const created = () => new MemoryRegion(new BytesMemory(), STORES['two-btrees']());

test('the listener is called once when little room is left, and again after there was enough', () => {
  const region = created();
  const reported: number[] = [];
  const stop = region.onLowCapacity({ threshold: 1000, action: (room) => reported.push(room) });
  const large = region.allocate(PAGE_SIZE - 1000);
  expect(reported).toEqual([]);
  region.allocate(1);
  region.allocate(1);
  expect(reported).toEqual([999]);
  region.deallocate(large, PAGE_SIZE - 1000);
  region.allocate(PAGE_SIZE - 1100);
  expect(reported).toEqual([999]);
  region.allocate(200);
  expect(reported).toEqual([999, 898]);
  stop();
  region.clear();
  region.allocate(PAGE_SIZE - 1);
  expect(reported).toEqual([999, 898]);
});

test('the action can make room', () => {
  const region = created();
  let grown = 0;
  region.onLowCapacity({
    threshold: 15_000,
    action: () => {
      grown += 1;
      region.grow(1);
    },
  });
  for (let index = 0; index < 30; index++) region.allocate(10_000);
  expect([grown, region.memory.pages]).toEqual([4, 5]);
});

test('two listeners have their own thresholds', () => {
  const region = created();
  const reported: string[] = [];
  region.onLowCapacity({ threshold: 100, action: () => reported.push('little') });
  region.onLowCapacity({ threshold: 5000, action: () => reported.push('some') });
  region.allocate(PAGE_SIZE - 2000);
  region.allocate(1950);
  expect(reported).toEqual(['some', 'little']);
});
