import { fc, test as law } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { Budget } from '../../../../engine/core/budget.ts';
import { BytesSource, SourceMemory } from '../../../../engine/core/memory/source.ts';
import { findInHeap } from '../../../../engine/motoko/heap/find.ts';
import { imageBytes, sidecar } from '../../../fixtures.ts';

interface Expected {
  readonly pointersRegion: number;
  readonly blobsRegion: number;
  readonly values: readonly string[];
  readonly freeBlobs: readonly (readonly [number, number])[];
}

const METADATA = 4.5 * 2 ** 20;
const HEAP = 5 * 2 ** 20;
const heap = new Uint8Array(imageBytes('snapshot-eop/wasm_memory'));
const reading = (bytes: Uint8Array, budget?: Budget) =>
  findInHeap(new SourceMemory(new BytesSource(bytes)), budget && { budget });

test("a real canister's MemoryRegions are found from its variables, with their free lists", () => {
  const { pointersRegion, blobsRegion, freeBlobs, values } = sidecar<Expected>('snapshot-eop/expect');
  const { allocators, buffers, problem } = reading(heap);
  expect(problem).toBeUndefined();
  expect(allocators.map(({ regionId, path, source }) => [regionId, path, source])).toEqual([
    [BigInt(pointersRegion), 'variable 20.pointers', 'heap'],
    [BigInt(blobsRegion), 'variable 20.blobs', 'heap'],
  ]);
  const [pointers, blobs] = allocators;
  expect(pointers).toMatchObject({ version: 1, size: 4864, deallocated: 0, pages: 1, regionPages: 1, free: [] });
  expect(blobs).toMatchObject({ version: 1, size: 2064, deallocated: 750, pages: 1, regionPages: 1 });
  expect(blobs?.free.map(({ start, length }) => [start, length])).toEqual(freeBlobs);
  expect(buffers).toEqual([
    { source: 'heap', pointers: BigInt(pointersRegion), blobs: BigInt(blobsRegion), count: BigInt(values.length) },
  ]);
});

test('another version of the layout is reported, and nothing is guessed', () => {
  const other = heap.slice();
  other[METADATA + 128] = 2;
  expect(reading(other)).toEqual({
    allocators: [],
    buffers: [],
    problem: "It has layout version 2 of Motoko's enhanced orthogonal persistence; version 1 can be read.",
  });
});

test.each([
  ['nothing', new Uint8Array()],
  ['zeroes', new Uint8Array(6 * 2 ** 20)],
  ['letters', new Uint8Array(6 * 2 ** 20).fill(77)],
])('%s is not a heap', (_, bytes) => {
  const { allocators, problem } = reading(bytes);
  expect(allocators).toEqual([]);
  expect(problem).toMatch(/^It does not have a known layout/);
});

test('a walk that ends early reports it', () => {
  const { problem } = reading(heap, new Budget({ steps: 10 }));
  expect(problem).toBe('It was not read to its end. The limit of steps was reached.');
});

law.prop([fc.integer({ min: 0, max: heap.length })], { numRuns: 15 })('a truncated heap is read as far as it goes', (length) => {
  const { allocators, problem } = reading(heap.subarray(0, length));
  expect(allocators.length <= 2 || problem !== undefined).toBe(true);
});

const used = fc.oneof(fc.integer({ min: METADATA, max: METADATA + 160 }), fc.integer({ min: HEAP, max: 0x504e00 }));
law.prop([fc.array(fc.tuple(used, fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 60 })], { numRuns: 15 })(
  'a damaged heap never throws, and its walk ends',
  (patches) => {
    const damaged = heap.slice();
    for (const [at, byte] of patches) damaged[at] = byte;
    expect(() => reading(damaged, new Budget({ steps: 200_000, bytes: 2 ** 25 }))).not.toThrow();
  },
);

interface Kept {
  readonly regions: readonly {
    readonly region: number;
    readonly regionPages: number;
    readonly pages: number;
    readonly size: number;
    readonly deallocated: number;
    readonly free: readonly (readonly [number, number])[];
  }[];
}

test('the heap of an actor with classical persistence', () => {
  const { allocators, problem } = reading(imageBytes('classical-copying'));
  const { regions } = sidecar<Kept>('classical-copying');
  expect(problem).toBeUndefined();
  expect(allocators.map(({ path }) => path)).toEqual(['variable 2.pointers', 'variable 2.blobs']);
  const found = allocators.map(({ regionId, regionPages, pages, size, deallocated, free }) => ({
    region: Number(regionId),
    regionPages,
    pages,
    size,
    deallocated,
    free: free.map(({ start, length }) => [start, length]),
  }));
  expect(found).toEqual(regions);
});
