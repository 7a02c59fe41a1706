import { fc, test as law } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { fromHex, toHex } from '../../../../engine/core/format.ts';
import { BytesMemory } from '../../../../engine/core/memory/bytes-memory.ts';
import { at, OutOfMemory } from '../../../../engine/core/memory/memory.ts';
import { type Outcome, settled } from '../../../../engine/motoko/memory-region/fault.ts';
import { MemoryRegion } from '../../../../engine/motoko/memory-region/operate.ts';
import { createAllocator, STORE_NAMES, STORES } from '../../../../engine/motoko/memory-region/policies.ts';
import { sidecar } from '../../../fixtures.ts';

interface Case {
  readonly lib: string;
  readonly title: string;
  readonly steps: readonly {
    readonly call: string;
    readonly args: readonly (number | string)[];
    readonly result?: unknown;
    readonly trap?: string;
  }[];
  readonly final?: { readonly free: readonly (readonly [number, number])[]; readonly info: readonly number[] };
}

/** Requests at which the library traps, or that damage its state. Here each is refused, and nothing changes. */
const FAULTS: Readonly<Record<string, string>> = {
  'double free of the same block (not adjacent to other free blocks)': 'already-free',
  'double free after the block was merged into a lower neighbour': 'already-free',
  'free of a sub-range inside an already free block': 'already-free',
  'free of a range overlapping the start of a free block': 'partly-free',
  'free beyond size': 'out-of-bounds',
};

const cases = sidecar<{ readonly cases: readonly Case[] }>('error-cases').cases.filter(({ lib }) => lib === 'mr-1.4.0+ab-0.8.0');

test.each(['memory-region@1.4.0', 'memory-region@1.4.0+augmented-btrees@0.8.0'] as const)(
  'an empty block that stays empty moves to the end of the bytes in use, as in the library: %s',
  (policy) => {
    const allocator = createAllocator(policy);
    const addresses = [0, 10, 0, 20].map((size) => settled(allocator.allocate(size)));
    expect([...addresses, settled(allocator.reallocate(at(0, 10), 0, 0))]).toEqual([0, 0, 10, 10, 30]);
    expect(allocator.reallocate(at(0, 31), 0, 0)).toMatchObject({ ok: false, fault: { kind: 'out-of-bounds' } });
  },
);

test.each(cases.map((each) => [each.title, each] as const))('like the library: %s', (title, { steps, final }) => {
  const region = new MemoryRegion(new BytesMemory(), STORES['max-value']());
  const blocks: [address: number, size: number][] = [];
  let refused: string | undefined;
  const settle = <T>(outcome: Outcome<T>): void => {
    if (!outcome.ok) refused = outcome.fault.kind;
  };
  const state = () => [region.size, region.deallocated, region.memory.pages];
  for (const { call, args, result } of steps) {
    const [a = 0, b = 0, c = 0] = args.map(Number);
    const before = state();
    let address = 0;
    if (call === 'step') {
      const block = blocks[b] ?? [0, 0];
      if (a === 0) {
        address = region.allocate(b);
        blocks.push([address, b]);
      } else if (a === 1) {
        settle(region.deallocate(at(0, block[0]), block[1]));
        address = block[0];
      } else {
        const moved = region.resize(at(0, block[0]), block[1], c);
        if (moved.ok) address = moved.value;
        blocks[b] = [address, c];
      }
    } else if (call === 'freeRaw') settle(region.deallocate(at(0, a), b));
    else if (call === 'clear') settle(region.clear());
    else if (call === 'clearRetain') settle(region.clearAndRetainHeader(a));
    else if (call === 'addBlob') expect(region.addBlob(fromHex(String(args[0])) ?? new Uint8Array())).toBe(result);
    else if (call === 'loadBlob' && result !== undefined) expect(toHex(region.loadBlob(at(0, a), b))).toBe(result);
    else if (call === 'loadBlob') expect(() => region.loadBlob(at(0, a), b)).toThrow(RangeError);
    if (refused !== undefined) {
      expect(state()).toEqual(before);
      break;
    }
    if (call === 'step') expect([address, ...state()]).toEqual(result);
  }
  expect(refused).toBe(FAULTS[title]);
  expect(region.check()).toEqual([]);
  if (refused !== undefined || !final) return;
  // Clearing nothing leaves an empty block in the library.
  expect([...region.free.blocks()].map(({ address, size }) => [address, size])).toEqual(
    final.free.filter(([, size]) => size > 0),
  );
  const [pages = 0, size = 0, , allocated = 0, deallocated = 0] = final.info;
  expect([region.memory.pages, region.size, region.allocated, region.deallocated]).toEqual([pages, size, allocated, deallocated]);
});

test('a value is added, grows and is removed', () => {
  const region = new MemoryRegion(new BytesMemory(), STORES['two-btrees']());
  const text = (value: string) => new TextEncoder().encode(value);
  const first = region.addBlob(text('first'));
  const second = region.addBlob(text('second'));
  expect(new TextDecoder().decode(region.loadBlob(second, 6))).toBe('second');
  const moved = region.replaceBlob(first, 5, text('a longer one'));
  if (!moved.ok) throw new Error(moved.fault.message);
  expect(region.removeBlob(moved.value, 12)).toEqual({ ok: true, value: text('a longer one') });
  expect(region.removeBlob(moved.value, 12)).toMatchObject({ ok: false, fault: { kind: 'already-free' } });
  expect([...region.rangesInUse()]).toEqual([{ address: second, size: 6 }]);
});

test('if the memory cannot grow, nothing is allocated', () => {
  const region = new MemoryRegion(new BytesMemory(0, 1), STORES['two-btrees']());
  region.allocate(65_000);
  expect(() => region.allocate(600)).toThrow(OutOfMemory);
  expect([region.size, region.allocate(536)]).toEqual([65_000, 65_000]);
});

test('a fault has a sentence about what is wrong', () => {
  const region = new MemoryRegion(new BytesMemory(), STORES['first-fit']());
  region.allocate(256);
  region.deallocate(at(0, 16), 32);
  const message = (address: number, size: number) => {
    const outcome = region.deallocate(at(0, address), size);
    return outcome.ok ? undefined : outcome.fault.message;
  };
  expect(message(20, 4)).toBe('The 4 bytes at 0x14 are already free: they are in the free block from 0x10 to 0x30.');
  expect(message(0, 17)).toBe('The 17 bytes at 0x0 run into the free block from 0x10 to 0x30.');
  expect(message(250, 7)).toBe('The 7 bytes at 0xfa end after the last byte in use, 0x100.');
});

const request = fc.tuple(fc.nat({ max: 5 }), fc.nat({ max: 200 }), fc.nat({ max: 1 << 20 }), fc.nat({ max: 200 }));

describe.each(STORE_NAMES)('%s', (policy) => {
  law.prop([fc.array(request, { minLength: 50, maxLength: 300, size: 'max' })], { numRuns: 25 })(
    'live blocks keep their bytes, whatever the requests',
    (requests) => {
      const region = new MemoryRegion(new BytesMemory(), STORES[policy]());
      const live: { readonly address: ReturnType<typeof at>; readonly bytes: Uint8Array }[] = [];
      const bytesOf = (index: number, size: number) => Uint8Array.from({ length: size }, (_, byte) => index * 31 + byte * 7 + 1);
      for (const [index, [kind, size, pick, other]] of requests.entries()) {
        const at0 = live.length === 0 ? -1 : pick % live.length;
        const block = live[at0];
        const bytes = bytesOf(index, size);
        if (kind <= 2 || !block) live.push({ address: region.addBlob(bytes), bytes });
        else if (kind === 3) {
          expect(region.removeBlob(block.address, block.bytes.length)).toEqual({ ok: true, value: block.bytes });
          live.splice(at0, 1);
        } else if (kind === 4) {
          const moved = region.replaceBlob(block.address, block.bytes.length, bytes);
          if (!moved.ok) throw new Error(moved.fault.message);
          live[at0] = { address: moved.value, bytes };
        } else {
          // Any range: refused if a byte of it is free, and freed otherwise.
          const address = at(0, pick % (region.size + 50));
          const stale = live.some((each) => each.address < address + other && address < each.address + each.bytes.length);
          if (!stale && other > 0) expect(region.deallocate(address, other).ok).toBe(false);
        }
      }
      expect(region.check()).toEqual([]);
      for (const { address, bytes } of live) expect(region.loadBlob(address, bytes.length)).toEqual(bytes);
      const inUse = [...region.rangesInUse()].reduce((sum, { size }) => sum + size, 0);
      expect([inUse, region.allocated]).toEqual([region.allocated, live.reduce((sum, { bytes }) => sum + bytes.length, 0)]);
    },
  );
});
