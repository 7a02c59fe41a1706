import { fc, test as law } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { BytesMemory } from '../../../../engine/core/memory/bytes-memory.ts';
import { at, OutOfMemory, PAGE_SIZE } from '../../../../engine/core/memory/memory.ts';
import { MemoryRegion } from '../../../../engine/motoko/memory-region/operate.ts';
import { STORE_NAMES, STORES } from '../../../../engine/motoko/memory-region/policies.ts';
import { RegionManager } from '../../../../engine/motoko/regions/operate.ts';

const MAX = 400;
const request = fc.record({
  kind: fc.constantFrom('allocate', 'allocate', 'deallocate', 'range', 'clear'),
  from: fc.nat({ max: MAX }),
  size: fc.integer({ min: 1, max: 60 }),
});
const ranges = fc.array(fc.tuple(fc.nat({ max: MAX }), fc.nat({ max: 80 })), { minLength: 5, maxLength: 20 });

/** Returns the ranges of bytes in use (or free, for 0) from a plain array with one flag per byte. */
function runs(flags: readonly number[], flag: number): { address: number; size: number }[] {
  const found: { address: number; size: number }[] = [];
  for (const [address, each] of flags.entries()) {
    const last = found.at(-1);
    if (each !== flag) continue;
    if (last && last.address + last.size === address) last.size += 1;
    else found.push({ address, size: 1 });
  }
  return found;
}

describe.each(STORE_NAMES)('%s', (policy) => {
  law.prop([fc.array(request, { minLength: 10, maxLength: 60 }), ranges], { numRuns: 40 })(
    'free ranges and ranges in use agree with a flag for each byte',
    (requests, asked) => {
      const region = new MemoryRegion(new BytesMemory(), STORES[policy]());
      let inUse: number[] = [];
      const fill = (from: number, to: number, flag: number) => {
        while (inUse.length < to && flag === 1) inUse.push(0);
        inUse.fill(flag, Math.min(from, inUse.length), Math.min(to, inUse.length));
      };
      for (const { kind, from, size } of requests) {
        if (kind === 'allocate' && region.size < MAX) {
          const address = region.allocate(size);
          expect(inUse.slice(address, address + size)).not.toContain(1);
          fill(address, address + size, 1);
        } else if (kind === 'deallocate') {
          const sound = from + size <= inUse.length && !inUse.slice(from, from + size).includes(0);
          expect(region.deallocate(at(0, from), size).ok).toBe(sound);
          if (sound) fill(from, from + size, 0);
        } else if (kind === 'range') {
          expect(region.deallocateRange(from, from + size).ok).toBe(true);
          fill(from, from + size, 0);
        } else if (kind === 'clear') {
          expect(region.clearAndRetainHeader(from).ok).toBe(from <= inUse.length);
          if (from <= inUse.length) inUse = inUse.map((_, address) => (address < from ? 1 : 0));
        }
      }
      expect(region.check()).toEqual([]);
      expect([...region.rangesInUse()]).toEqual(runs(inUse, 1));
      const free = runs(inUse, 0);
      for (const [start, length] of asked) {
        const end = start + length;
        const touched = free.filter(({ address, size }) => length > 0 && address < end && address + size > start);
        expect([...region.deallocatedBlocksInRange(start, end)]).toEqual(touched);
        const within = inUse.map((flag, address) => (address >= start && address < end ? flag : 0));
        expect([...region.allocatedBlocksInRange(start, end)]).toEqual(runs(within, 1));
        const flags = inUse.slice(start, end);
        expect(region.isAllocated(at(0, start), length)).toBe(end <= inUse.length && inUse[start] !== 0);
        const isFreed = region.isFreed(at(0, start), length);
        if (inUse[start] !== 0) expect(isFreed).toEqual({ ok: true, value: false });
        else if (flags.length < length || flags.includes(1)) expect(isFreed).toMatchObject({ ok: false });
        else expect(isFreed).toEqual({ ok: true, value: true });
      }
      const used = inUse.filter((flag) => flag === 1).length;
      expect(region.memoryInfo()).toEqual({
        pages: region.memory.pages,
        size: inUse.length,
        capacity: region.memory.pages * PAGE_SIZE,
        allocated: used,
        deallocated: inUse.length - used,
      });
    },
  );
});

law.prop([
  fc.constantFrom(...STORE_NAMES),
  fc.array(fc.tuple(fc.nat(), fc.nat({ max: 30_000 })), { minLength: 30, maxLength: 60 }),
])('a block that cannot grow stays what it was', (policy, requests) => {
  const region = new MemoryRegion(new BytesMemory(0, 2), STORES[policy]());
  const blocks = Array.from({ length: 8 }, () => ({ address: region.allocate(1000), size: 1000 }));
  let refused = 0;
  for (const [pick, size] of requests) {
    const index = pick % blocks.length;
    const block = blocks[index] ?? { address: at(0, 0), size: 0 };
    const before = JSON.stringify([...region.free.blocks()]);
    try {
      const moved = region.resize(block.address, block.size, size);
      if (moved.ok) blocks[index] = { address: moved.value, size };
    } catch (error) {
      if (!(error instanceof OutOfMemory)) throw error;
      refused += 1;
      expect(JSON.stringify([...region.free.blocks()])).toBe(before);
    }
  }
  fc.pre(refused > 0);
  expect(region.check()).toEqual([]);
  expect(region.allocated).toBe(blocks.reduce((sum, { size }) => sum + size, 0));
});

test('pages that were added in advance are used first', () => {
  const region = new MemoryRegion(new BytesMemory(), STORES['max-value']());
  expect(region.grow(2)).toBe(0);
  region.allocate(2 * PAGE_SIZE);
  expect(region.memory.pages).toBe(2);
  region.growIfNeeded(1);
  region.growIfNeeded(PAGE_SIZE);
  expect(region.memory.pages).toBe(3);
  region.allocate(PAGE_SIZE + 1);
  expect(region.memory.pages).toBe(4);
});

test('it knows the number of its region', () => {
  const manager = RegionManager.init(new BytesMemory());
  const region = new MemoryRegion(manager.newRegion(), STORES['first-fit']());
  expect([region.id, new MemoryRegion(new BytesMemory(), STORES['first-fit']()).id]).toEqual([16, 0]);
});
