import { formatBytes, formatCount, formatCounted } from '../../core/format.ts';
import { PAGE_SIZE } from '../../core/memory/memory.ts';
import { MAX_PAGES } from '../../core/memory/overlay.ts';
import { MAX_BUCKETS } from './layout.ts';

/** Bucket sizes to try, in pages. */
export const BUCKET_SIZES = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024] as const;

/** Part of the buckets' bytes from which on their slack matters, and part of a bucket that a nearly empty memory uses at most. */
const MUCH_SLACK = 0.25;
const LITTLE_USE = 0.5;

/** The pages of each memory of a manager, which come in whole buckets. */
export interface BucketUse {
  readonly bucketPages: number;
  /** Pages of each memory that has any. */
  readonly memoryPages: readonly number[];
}

/** The same memories in buckets of another size. */
export interface BucketsOfSize {
  /** Pages of a bucket. */
  readonly pages: number;
  /** Buckets of each memory, in the order of `memoryPages`. */
  readonly memories: readonly number[];
  /** Size of the image in bytes, with the manager's page. */
  readonly bytes: number;
  /** Maximum bytes of all memories together. */
  readonly ceiling: number;
  /** True if there are enough buckets of this size. */
  readonly fits: boolean;
}

/** Returns what the same memories take in buckets of a number of pages. */
export function inBuckets({ memoryPages }: BucketUse, bucketPages: number): BucketsOfSize {
  const memories = memoryPages.map((pages) => Math.ceil(pages / bucketPages));
  const buckets = memories.reduce((sum, count) => sum + count, 0);
  return {
    pages: bucketPages,
    memories,
    bytes: (1 + buckets * bucketPages) * PAGE_SIZE,
    ceiling: PAGE_SIZE * Math.min(MAX_PAGES, MAX_BUCKETS * bucketPages),
    fits: buckets <= MAX_BUCKETS,
  };
}

/** Returns one sentence about bytes that buckets take and no memory uses; undefined where they are few. */
export function conclusionOf(use: BucketUse): string | undefined {
  const { bucketPages, memoryPages } = use;
  const { memories } = inBuckets(use, bucketPages);
  const taken = memories.reduce((sum, count) => sum + count, 0) * bucketPages;
  const used = memoryPages.reduce((sum, pages) => sum + pages, 0);
  if (taken === 0 || (taken - used) / taken < MUCH_SLACK) return undefined;
  const bucket = formatBytes(bucketPages * PAGE_SIZE);
  const fullest = Math.max(...memoryPages) / bucketPages;
  if (memoryPages.length > 1 && fullest <= LITTLE_USE) {
    const memoriesText = `Each of the ${formatCount(memoryPages.length)} memories holds a whole ${bucket} bucket`;
    return `${memoriesText}, and none fills more than ${Math.ceil(100 * fullest)} % of it.`;
  }
  const slack = formatBytes((taken - used) * PAGE_SIZE);
  const share = Math.floor((100 * (taken - used)) / taken);
  const many = formatCounted(memoryPages.length, 'memory', 'memories');
  return `${slack} (${share} %) of the ${bucket} buckets of ${many} are past the ends of the memories.`;
}
