import { createHash } from 'node:crypto';
import { fc, test as law } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { Budget } from '../../../../engine/core/budget.ts';
import { toHex } from '../../../../engine/core/format.ts';
import { BytesMemory } from '../../../../engine/core/memory/bytes-memory.ts';
import { at, byteLength, OutOfMemory, readBytes } from '../../../../engine/core/memory/memory.ts';
import { readStored } from '../../../../engine/core/structure.ts';
import { BLOB, type Blobify, NAT, NAT_WITH_ZERO, TEXT } from '../../../../engine/motoko/memory-buffer/blobify.ts';
import { findMemoryBuffers } from '../../../../engine/motoko/memory-buffer/find.ts';
import { openMemoryBuffer } from '../../../../engine/motoko/memory-buffer/inspect.ts';
import { MemoryBuffer } from '../../../../engine/motoko/memory-buffer/operate.ts';
import { MemoryRegion } from '../../../../engine/motoko/memory-region/operate.ts';
import { createAllocator, type PolicyName } from '../../../../engine/motoko/memory-region/policies.ts';
import { MaxValue } from '../../../../engine/motoko/memory-region/stores/max-value.ts';
import { Trap } from '../../../../engine/motoko/memory-region/trap.ts';
import { inspectRegionManager } from '../../../../engine/motoko/regions/inspect.ts';
import { RegionManager } from '../../../../engine/motoko/regions/operate.ts';
import { sidecar } from '../../../fixtures.ts';
import { imageOnce } from '../patched.ts';
import { INITIAL_SIZES } from './initial-sizes.ts';

function regionsUnder(policy: PolicyName) {
  const region = (id: number) => new MemoryRegion(new BytesMemory(), createAllocator(policy), id);
  return { pointers: region(16), blobs: region(17) };
}

function created<A>(blobify: Blobify<A>, policy: PolicyName = 'max-value', cached = 0): MemoryBuffer<A> {
  return new MemoryBuffer(regionsUnder(policy), blobify, cached);
}

const bytesOf = ({ memory }: MemoryRegion) => Buffer.from(readBytes(memory, at(0, 0), byteLength(memory)));

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** Returns the findings of inspection, and the values that it reads. */
function inspected({ pointers, blobs }: MemoryBuffer<unknown>) {
  const findings: unknown[] = [];
  const view = openMemoryBuffer(pointers.memory, blobs.memory, (finding) => findings.push(finding));
  view?.scan((finding) => findings.push(finding), new Budget());
  const elements = view?.elements(0, 100_000, new Budget()) ?? [];
  return { findings, values: elements.map(({ value }) => value && String(readStored(value))) };
}

interface Case {
  readonly lib: string;
  readonly title: string;
  readonly steps: readonly {
    readonly call: string;
    readonly args: readonly unknown[];
    readonly result?: unknown;
    readonly trap?: string;
  }[];
}

const LIBRARIES: Readonly<Record<string, readonly [PolicyName, Blobify<bigint>]>> = {
  'memory-buffer-0.1.0': ['memory-region@1.1.1', NAT_WITH_ZERO],
  'memory-collection-0.0.4+mr-1.2.4': ['memory-region@1.2.4', NAT],
  'memory-collection-0.0.4+mr-1.4.0': ['memory-region@1.4.0', NAT],
};
const CASES = sidecar<{ readonly cases: readonly Case[] }>('error-cases').cases.filter(({ lib }) =>
  Object.hasOwn(LIBRARIES, lib),
);

describe.each(Object.entries(LIBRARIES))('%s', (lib, [policy, blobify]) => {
  test.each(CASES.filter((each) => each.lib === lib).map((each) => [each.title, each.steps] as const))('%s', (_, steps) => {
    const buffer = created(blobify, policy);
    for (const { call, args, result, trap } of steps) {
      const [a = 0, b = 0] = args.map(Number);
      const done = (): unknown => {
        if (call === 'addMany') return buffer.addAll(args.flat().map((value) => BigInt(String(value))));
        if (call === 'get') return buffer.get(a);
        if (call === 'put') return buffer.put(a, BigInt(b));
        if (call === 'insert') return buffer.insert(a, BigInt(b));
        if (call === 'remove') return buffer.remove(a);
        if (call === 'removeLast') return buffer.removeLast();
        if (call === 'swap') return buffer.swap(a, b);
        if (call === 'reverse') return buffer.reverse();
        // At a clear where the library stops, this implementation continues.
        if (call === 'clear') return expect(buffer.clear().ok).toBe(true);
        return expect([...buffer.values({ from: a, to: b })].map(Number)).toEqual(result);
      };
      if (trap?.includes('out of bounds')) expect(done).toThrow(RangeError);
      else done();
    }
  });
});

interface Recorded {
  readonly operations?: readonly (readonly [call: string, a?: number, b?: number | string])[];
  readonly expect: { readonly values: readonly string[]; readonly count: number; readonly freeBlobs: readonly number[][] };
  readonly manager: { readonly regions: readonly { readonly id: number; readonly sha256: string }[] };
}

function expectRegionsOf(fixture: Recorded, buffer: MemoryBuffer<unknown>): void {
  for (const region of [buffer.pointers, buffer.blobs]) {
    expect(sha256(bytesOf(region))).toBe(fixture.manager.regions.find(({ id }) => id === region.id)?.sha256);
  }
  const free = [...buffer.blobs.free.blocks()].map(({ address, size }) => [address, size]);
  expect([buffer.length, free]).toEqual([fixture.expect.count, fixture.expect.freeBlobs]);
}

test('adding leaves the bytes that the library left', () => {
  const fixture = sidecar<Recorded>('memory-buffer-nat');
  const buffer = created(NAT, 'memory-region@1.2.4');
  buffer.addAll(fixture.expect.values.map(BigInt));
  expectRegionsOf(fixture, buffer);
});

test('adding texts leaves the bytes that the library left', () => {
  const fixture = sidecar<Recorded>('memory-buffer-text');
  const buffer = created(TEXT, 'memory-region@1.2.4');
  buffer.addAll(fixture.expect.values);
  expectRegionsOf(fixture, buffer);
});

test('500 calls of all kinds leave the bytes and free blocks that the library left', () => {
  const name = 'memory-buffer-v010-nat';
  const fixture = sidecar<Recorded>(name);
  const stored = inspectRegionManager(imageOnce(name), () => {})?.region(17);
  if (!stored) throw new Error('The fixture has no values.');
  const buffer = created(BLOB, 'memory-region@1.1.1');
  // The canister's initial values follow each other. The same calls as here have overwritten some of them.
  for (const digit of INITIAL_SIZES) buffer.add(readBytes(stored, at(0, buffer.blobs.size), Number.parseInt(digit, 36)));
  const blob = (value: number | string | undefined) => NAT_WITH_ZERO.toBlob(BigInt(value ?? ''));
  for (const [call, a = 0, b] of fixture.operations ?? []) {
    if (call === 'remove') buffer.remove(a);
    else if (call === 'removeLast') buffer.removeLast();
    else if (call === 'insert') buffer.insert(a, blob(b));
    else if (call === 'put') buffer.put(a, blob(b));
    else if (call === 'swap') buffer.swap(a, Number(b));
    else throw new Error(`${call} is not known.`);
  }
  expectRegionsOf(fixture, buffer);
});

test('it works in the regions of a manager, where it is found again', () => {
  const memory = new BytesMemory();
  const manager = RegionManager.init(memory);
  const pointers = new MemoryRegion(manager.newRegion(), createAllocator('max-value'));
  const blobs = new MemoryRegion(manager.newRegion(), createAllocator('max-value'));
  const buffer = new MemoryBuffer({ pointers, blobs }, NAT);
  buffer.addAll([1n, 2n, 300n]);
  const regions = inspectRegionManager(memory, () => {})?.regions ?? [];
  const found = findMemoryBuffers(regions, () => {});
  expect(found.map((each) => [each.pointers.id, each.blobs?.id, each.view.length])).toEqual([[16, 17, 3n]]);
});

test('as in the library, init makes a buffer with one value less than requested', () => {
  const buffer = MemoryBuffer.init(regionsUnder('max-value'), NAT, 4, 7n);
  expect([...buffer.values()]).toEqual([7n, 7n, 7n]);
  expect(MemoryBuffer.init(regionsUnder('max-value'), NAT, 0, 7n).length).toBe(0);
});

test('iterators work in both directions and over a part', () => {
  const buffer = created(NAT);
  buffer.addAll([10n, 20n, 30n, 20n]);
  expect([...buffer.values({ backwards: true })]).toEqual([20n, 30n, 20n, 10n]);
  expect([...buffer.items({ from: 1, to: 3 })]).toEqual([
    [1, 20n],
    [2, 30n],
  ]);
  expect([...buffer.blocks({ from: 3, to: 99 })]).toEqual([{ address: 67, size: 1 }]);
  expect([...buffer.recordAddresses()]).toEqual([64, 76, 88, 100]);
  const isTwenty = (value: bigint | undefined) => value === 20n;
  expect([buffer.indexOf(isTwenty), buffer.indexOf(isTwenty, { backwards: true })]).toEqual([1, 3]);
  expect([buffer.bytes, buffer.metadataBytes]).toEqual([68, 112]);
});

test('bytes that cannot be decoded read as undefined', () => {
  const buffer = created(NAT);
  buffer.add(5n);
  buffer.blobs.storeBlob(at(0, 64), Uint8Array.of(0xff));
  expect(buffer.get(0)).toBeUndefined();
});

test('if a region cannot grow, the buffer is unchanged', () => {
  const region = () => new MemoryRegion(new BytesMemory(0, 1), new MaxValue());
  const buffer = new MemoryBuffer({ pointers: region(), blobs: region() }, BLOB);
  const full = (65_536 - 64) / 12;
  for (let index = 0; index < Math.floor(full); index++) buffer.add(Uint8Array.of(index));
  const free = buffer.blobs.allocated;
  expect(() => buffer.add(Uint8Array.of(1))).toThrow(OutOfMemory);
  expect(() => buffer.insert(0, Uint8Array.of(1))).toThrow(OutOfMemory);
  expect(() => buffer.put(3, new Uint8Array(70_000))).toThrow(OutOfMemory);
  expect([buffer.length, buffer.blobs.allocated]).toEqual([5456, free]);
  expect(buffer.get(3)).toEqual(Uint8Array.of(3));
  expect(inspected(buffer).findings).toEqual([]);
});

test('the address of an empty value in memory-region 1.1 is written like the library', () => {
  const buffer = created(BLOB, 'memory-region@1.1.1');
  buffer.add(new Uint8Array());
  expect(toHex(buffer.pointers.loadBlob(at(0, 64), 12))).toBe('ffffffffffffffff00000000');
  expect(inspected(buffer)).toEqual({ findings: [], values: [''] });
});

test('memory-region 1.2 stops at an empty value once its region has shrunk, and nothing changes', () => {
  const buffer = created(BLOB, 'memory-region@1.2.4');
  buffer.addAll([Uint8Array.of(1), new Uint8Array()]);
  buffer.remove(0);
  expect(() => buffer.remove(0)).toThrow(Trap);
  expect([...buffer.values()]).toEqual([new Uint8Array()]);
});

/** Sorts like the library's source, by swaps and recursion. */
function sortBySwaps(buffer: MemoryBuffer<Uint8Array>, from: number, to: number): void {
  if (from >= to) return;
  const key = (index: number) => buffer.get(index)?.[0] ?? 0;
  let lower = from + 1;
  for (let index = from + 1; index < to; index++) if (key(index) < key(from)) buffer.swap(index, lower++);
  buffer.swap(from, lower - 1);
  sortBySwaps(buffer, from, lower - 1);
  sortBySwaps(buffer, lower, to);
}

const small = fc.uint8Array({ maxLength: 12 });

law.prop([fc.array(small, { maxLength: 40 })])('sorting moves the records as the library does', (values) => {
  const [bulk, single] = [created(BLOB), created(BLOB)];
  for (const buffer of [bulk, single]) buffer.addAll(values);
  bulk.sortUnstable({ values: (a, b) => (a?.[0] ?? 0) - (b?.[0] ?? 0) });
  sortBySwaps(single, 0, single.length);
  expect(bytesOf(bulk.pointers).equals(bytesOf(single.pointers))).toBe(true);
  bulk.sortUnstable({ blobs: Buffer.compare });
  expect([...bulk.rawBlobs()].map(String)).toEqual(values.toSorted(Buffer.compare).map(String));
});

law.prop([fc.nat({ max: 60 })])('shuffling swaps each value with the one that the library picks', (count) => {
  const buffer = created(NAT);
  const model = Array.from({ length: count }, (_, index) => BigInt(index));
  buffer.addAll(model);
  buffer.shuffle();
  const random = (2_125_315_759n * 456209410580464648418198177201n + 5n) % 4451889979529614097557895687536048212109n;
  for (let index = 0; index + 1 < count; index++) {
    const other = index + 1 + Number(random % BigInt(count - index - 1));
    const [a = 0n, b = 0n] = [model[index], model[other]];
    model[index] = b;
    model[other] = a;
  }
  expect([...buffer.values()]).toEqual(model);
});

const place = fc.nat({ max: 1 << 20 });
const operation = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom('add', 'insert', 'put'), value: small, place, other: place }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom('remove', 'removeLast', 'swap', 'swapRemove', 'reverse', 'sort', 'clone', 'clear'),
      value: fc.constant(new Uint8Array()),
      place,
      other: place,
    }),
  },
);

type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;

function swapIn(model: Uint8Array[], a: number, b: number): void {
  const [first, second] = [model[a], model[b]];
  if (!first || !second) return;
  model[a] = second;
  model[b] = first;
}

/** Does the same operation in a buffer and in a plain array, and returns both results. */
function apply(buffer: MemoryBuffer<Uint8Array>, model: Uint8Array[], { kind, value, place, other }: Operation, clears: boolean) {
  const index = model.length === 0 ? 0 : place % model.length;
  const second = model.length === 0 ? 0 : other % model.length;
  if (kind === 'add') {
    buffer.add(value);
    model.push(value);
  } else if (kind === 'insert') {
    buffer.insert(place % (model.length + 1), value);
    model.splice(place % (model.length + 1), 0, value);
  } else if (kind === 'removeLast') return [buffer.removeLast(), model.pop()];
  else if (kind === 'clear' && clears) {
    expect(buffer.clear().ok).toBe(true);
    model.length = 0;
  } else if (model.length === 0) return [];
  else if (kind === 'put') {
    buffer.put(index, value);
    model[index] = value;
  } else if (kind === 'remove') return [buffer.remove(index), model.splice(index, 1)[0]];
  else if (kind === 'swap') {
    buffer.swap(index, second);
    swapIn(model, index, second);
  } else if (kind === 'swapRemove') {
    swapIn(model, index, model.length - 1);
    return [buffer.swapRemove(index), model.pop()];
  } else if (kind === 'reverse') {
    buffer.reverse();
    model.reverse();
  } else if (kind === 'sort') {
    buffer.sortUnstable({ blobs: Buffer.compare });
    model.sort(Buffer.compare);
  }
  return [];
}

describe.each(['max-value', 'two-btrees', 'first-fit', 'memory-region@1.2.4'] as const)('%s', (policy) => {
  law.prop([fc.array(operation, { minLength: 20, maxLength: 80, size: 'max' })], { numRuns: 60 })(
    'it behaves like an array, and its regions are sound',
    (operations) => {
      const buffer = created(BLOB, policy);
      const model: Uint8Array[] = [];
      for (const each of operations) {
        // memory-region 1.2 stops at an empty value past its end.
        const one = policy === 'memory-region@1.2.4' ? { ...each, value: Uint8Array.of(...each.value, 1) } : each;
        const [given, expected] = apply(buffer, model, one, true);
        expect(given?.toString()).toBe(expected?.toString());
        expect(buffer.length).toBe(model.length);
      }
      const texts = model.map(String);
      expect([...buffer.values()].map(String)).toEqual(texts);
      expect(inspected(buffer)).toEqual({ findings: [], values: texts });
      const copy = buffer.clone(regionsUnder(policy));
      expect(inspected(copy)).toEqual({ findings: [], values: texts });
      expect([buffer.blobs.check(), buffer.pointers.check()]).toEqual([[], []]);
      const live = model.reduce((sum, { length }) => sum + length, 64);
      expect([buffer.bytes, copy.bytes, copy.blobs.size]).toEqual([live, live, live]);
    },
  );
});

law.prop([fc.array(operation, { maxLength: 60 }), fc.integer({ min: 1, max: 6 }), fc.array(place, { maxLength: 60 })])(
  'a cache changes neither a byte nor a result',
  (operations, cached, reads) => {
    const [plain, caching] = [created(BLOB), created(BLOB, 'max-value', cached)];
    for (const [step, one] of operations.entries()) {
      const other = reads[step] ?? 0;
      for (const buffer of [plain, caching]) apply(buffer, [...buffer.rawBlobs()], one, true);
      if (plain.length > 0) expect(caching.get(other % plain.length)).toEqual(plain.get(other % plain.length));
      // Changes of the bytes from outside are seen, too.
      if (other % 3 === 0) for (const { blobs } of [plain, caching]) blobs.storeBlob(at(0, 64), Uint8Array.of(other));
      expect([...caching.values()]).toEqual([...plain.values()]);
    }
    expect(bytesOf(caching.blobs).equals(bytesOf(plain.blobs))).toBe(true);
    expect(bytesOf(caching.pointers).equals(bytesOf(plain.pointers))).toBe(true);
  },
);
