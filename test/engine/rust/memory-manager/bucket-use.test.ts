import { fc, test as law } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { PAGE_SIZE } from '../../../../engine/core/memory/memory.ts';
import { OverlayMemory } from '../../../../engine/core/memory/overlay.ts';
import {
  BUCKET_SIZES,
  type BucketUse,
  fewBucketsLeft,
  inBuckets,
  slackSentence,
  suggestedSize,
} from '../../../../engine/rust/memory-manager/bucket-use.ts';
import { maxBuckets } from '../../../../engine/rust/memory-manager/layout.ts';
import { MemoryManager } from '../../../../engine/rust/memory-manager/operate.ts';

law.prop([
  fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 12 }),
  fc.constantFrom(...BUCKET_SIZES.slice(0, 5)),
])('the image is as large as the library makes it', (memoryPages, bucketPages) => {
  const memory = new OverlayMemory();
  const manager = MemoryManager.init(memory, bucketPages);
  for (const [id, pages] of memoryPages.entries()) manager.grow(id, pages);
  const { bytes, memories, fits } = inBuckets({ memoryPages }, bucketPages);
  expect(bytes).toBe(memory.pages * PAGE_SIZE);
  expect(memories).toEqual(memoryPages.map((_, id) => manager.bucketsOf(id).length));
  expect(fits).toBe(true);
});

/** Returns a use of buckets none of which was ever freed. */
function useOf(bucketPages: number, memoryPages: readonly number[]): BucketUse {
  const allocatedBuckets = memoryPages.reduce((sum, pages) => sum + Math.ceil(pages / bucketPages), 0);
  return { bucketPages, memoryPages, allocatedBuckets };
}

test('a size has a ceiling, and may be too small', () => {
  const use = useOf(128, [40_000, 1]);
  expect(inBuckets(use, 4).ceiling).toBe(8 * 2 ** 30);
  expect(inBuckets(use, 1024).ceiling).toBe(500 * 2 ** 30);
  expect(BUCKET_SIZES.filter((pages) => !inBuckets(use, pages).fits)).toEqual([1]);
});

test('large buckets fill the whole stable memory before they are used up', () => {
  expect([maxBuckets(128), maxBuckets(1024), maxBuckets(65_535)]).toEqual([32_768, 7_999, 125]);
  expect(
    inBuckets(
      useOf(
        128,
        Array.from({ length: 126 }, () => 1),
      ),
      65_535,
    ).fits,
  ).toBe(false);
});

test.each<[number, number[], string | undefined]>([
  [128, [12, 1, 1], 'Each of the 3 memories holds a whole 8 MiB bucket, and none fills more than 10 % of it.'],
  [128, [12, 129], '15.2 MiB (63 %) of the 8 MiB buckets of 2 memories are past the ends of the memories.'],
  [16, [3], '832 KiB (81 %) of the 1 MiB buckets of 1 memory are past the ends of the memories.'],
  [4, [1, 1], 'Each of the 2 memories holds a whole 256 KiB bucket, and none fills more than 25 % of it.'],
  // Less than 256 KiB, less than a quarter, none.
  [4, [1], undefined],
  [128, [128, 127, 1280], undefined],
  [1, [12, 129], undefined],
  [128, [], undefined],
])('slack in buckets of %j pages with memories of %j: %s', (bucketPages, memoryPages, sentence) => {
  expect(slackSentence(useOf(bucketPages, memoryPages))).toBe(sentence);
});

test.each<[string, number, number[], number | undefined]>([
  ['small memories', 128, [12, 1, 1], 4],
  ['memories that already have small buckets', 4, [12, 1, 1], undefined],
  ['4 GiB, which need room to grow', 1024, [65_536, 1], 16],
  ['memories that fill their buckets', 128, [128, 256], undefined],
])('the size to suggest for %s', (_, bucketPages, memoryPages, pages) => {
  expect(suggestedSize(useOf(bucketPages, memoryPages))?.pages).toBe(pages);
});

test.each<[number, number[], string | undefined, boolean]>([
  [1, [29_000, 100], undefined, false],
  [1, [30_000, 100], '2,668 buckets of 32,768 are left: 2 memories can grow by 166.8 MiB in all.', false],
  [1, [32_765, 1, 1], '1 bucket of 32,768 is left: 3 memories can grow by 64 KiB in all.', true],
  [1, [32_766, 1, 1], '0 buckets of 32,768 are left: 3 memories can grow by 0 B in all.', true],
  [1024, [7_998 * 1024], '1 bucket of 7,999 is left: 1 memory can grow by 64 MiB in all.', false],
])('buckets of %j pages with memories of %j: %s', (bucketPages, memoryPages, sentence, areTooFew) => {
  const few = fewBucketsLeft(useOf(bucketPages, memoryPages));
  expect([few?.sentence, few?.areTooFew ?? false]).toEqual([sentence, areTooFew]);
});
