import { fc, test as law } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { PAGE_SIZE } from '../../../../engine/core/memory/memory.ts';
import { OverlayMemory } from '../../../../engine/core/memory/overlay.ts';
import { BUCKET_SIZES, conclusionOf, inBuckets } from '../../../../engine/rust/memory-manager/bucket-use.ts';
import { MemoryManager } from '../../../../engine/rust/memory-manager/operate.ts';
import { summaryOf } from '../../../../engine/views/summary.ts';
import { opened } from '../../snapshot/opened.ts';

law.prop([
  fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 12 }),
  fc.constantFrom(...BUCKET_SIZES.slice(0, 5)),
])('the image is as large as the library makes it', (memoryPages, bucketPages) => {
  const memory = new OverlayMemory();
  const manager = MemoryManager.init(memory, bucketPages);
  for (const [id, pages] of memoryPages.entries()) manager.grow(id, pages);
  const { bytes, memories, fits } = inBuckets({ bucketPages: 128, memoryPages }, bucketPages);
  expect(bytes).toBe(memory.pages * PAGE_SIZE);
  expect(memories).toEqual(memoryPages.map((_, id) => manager.bucketsOf(id).length));
  expect(fits).toBe(true);
});

test('a size has a ceiling, and may be too small', () => {
  const use = { bucketPages: 128, memoryPages: [40_000, 1] };
  expect(inBuckets(use, 4).ceiling).toBe(8 * 2 ** 30);
  expect(inBuckets(use, 1024).ceiling).toBe(500 * 2 ** 30);
  expect(BUCKET_SIZES.filter((pages) => !inBuckets(use, pages).fits)).toEqual([1]);
});

test.each([
  [
    { bucketPages: 128, memoryPages: [12, 1, 1] },
    'Each of the 3 memories holds a whole 8 MiB bucket, and none fills more than 10 % of it.',
  ],
  [
    { bucketPages: 128, memoryPages: [12, 129] },
    '15.2 MiB (63 %) of the 8 MiB buckets of 2 memories are past the ends of the memories.',
  ],
  [{ bucketPages: 16, memoryPages: [3] }, '832 KiB (81 %) of the 1 MiB buckets of 1 memory are past the ends of the memories.'],
  [{ bucketPages: 1, memoryPages: [12, 129] }, undefined],
  [{ bucketPages: 128, memoryPages: [128, 127, 1280] }, undefined],
  [{ bucketPages: 128, memoryPages: [] }, undefined],
])('%j: %s', (use, sentence) => {
  expect(conclusionOf(use)).toBe(sentence);
});

test('a snapshot with a manager has a conclusion, if there is one', () => {
  const { conclusion } = summaryOf(opened('openchat-like-b128'));
  expect(conclusion?.sentence).toMatch(
    /^Each of the 13 memories holds a whole 8 MiB bucket, and none fills more than \d+ % of it\.$/,
  );
  const present = conclusion?.whatIf.find(({ pages }) => pages === 128);
  expect([present?.memories.length, present?.bytes]).toEqual([13, 109_117_440]);
  expect(summaryOf(opened('btreemap-v2-u64-text')).conclusion).toBeUndefined();
});
