import { formatBytes, formatCount, formatCounted, isOrAre } from '../../core/format.ts';
import { PAGE_SIZE } from '../../core/memory/memory.ts';
import { MAX_PAGES } from '../../core/memory/overlay.ts';
import { MIN_WASTE } from '../waste.ts';
import { bucketsFor, MAX_BUCKETS, maxBuckets } from './layout.ts';

/** Bucket sizes to try, in pages. */
export const BUCKET_SIZES = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024] as const;
/** Maximum bucket size in pages: the header stores it in 16 bits. */
export const MAX_BUCKET_PAGES = 65_535;

/** Part of the buckets' bytes from which on their slack matters, and part of a bucket that a nearly empty memory uses at most. */
const MUCH_SLACK = 0.25;
const LITTLE_USE = 0.5;
/** Part of all buckets below which those that are left are few. */
const FEW_LEFT = 0.1;
/** Room that a bucket size must leave to be suggested: bytes in all, and a multiple of the bytes in use. */
const MIN_ROOM = 8 * 2 ** 30;
const ROOM_FACTOR = 4;

/** The pages of each memory of a manager, which come in whole buckets. */
export interface BucketUse {
  readonly bucketPages: number;
  /** Pages of each memory that has any. */
  readonly memoryPages: readonly number[];
  /** Buckets that were ever allocated. */
  readonly allocatedBuckets: number;
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
export function inBuckets({ memoryPages }: Pick<BucketUse, 'memoryPages'>, bucketPages: number): BucketsOfSize {
  const memories = memoryPages.map((pages) => bucketsFor(pages, bucketPages));
  const buckets = sum(memories);
  return {
    pages: bucketPages,
    memories,
    bytes: (1 + buckets * bucketPages) * PAGE_SIZE,
    ceiling: PAGE_SIZE * Math.min(MAX_PAGES, MAX_BUCKETS * bucketPages),
    fits: buckets <= maxBuckets(bucketPages),
  };
}

/**
 * Returns the smallest bucket size in which the memories save bytes and still have room to grow; undefined if there is none. The
 * ceiling of a size cannot be raised later.
 */
export function suggestedSize(use: BucketUse): BucketsOfSize | undefined {
  const { bytes } = inBuckets(use, use.bucketPages);
  const room = Math.max(MIN_ROOM, ROOM_FACTOR * sum(use.memoryPages) * PAGE_SIZE);
  const size = BUCKET_SIZES.map((pages) => inBuckets(use, pages)).find(({ ceiling, fits }) => fits && ceiling >= room);
  return size !== undefined && size.bytes < bytes ? size : undefined;
}

/** Returns the bytes of the buckets past the ends of the memories; undefined where they are few. */
export function muchSlack(use: Pick<BucketUse, 'bucketPages' | 'memoryPages'>): number | undefined {
  const { bucketPages, memoryPages } = use;
  const taken = sum(inBuckets(use, bucketPages).memories) * bucketPages;
  const slack = taken - sum(memoryPages);
  return slack > 0 && slack / taken >= MUCH_SLACK && slack * PAGE_SIZE >= MIN_WASTE ? slack * PAGE_SIZE : undefined;
}

/** The words for memories and what they grow by. Motoko's regions grow as memories do. */
export interface BucketWords {
  readonly memory: string;
  readonly memories: string;
  readonly bucket: string;
}

const BUCKET_WORDS: BucketWords = { memory: 'memory', memories: 'memories', bucket: 'bucket' };

/** Returns one sentence about the slack in the buckets; undefined where there is little. */
export function slackSentence(
  use: Pick<BucketUse, 'bucketPages' | 'memoryPages'>,
  { memory, memories, bucket }: BucketWords = BUCKET_WORDS,
): string | undefined {
  const slack = muchSlack(use);
  if (slack === undefined) return undefined;
  const { bucketPages, memoryPages } = use;
  const size = formatBytes(bucketPages * PAGE_SIZE);
  const fullest = Math.max(...memoryPages) / bucketPages;
  if (memoryPages.length > 1 && fullest <= LITTLE_USE) {
    const each = `Each of the ${formatCount(memoryPages.length)} ${memories} holds a whole ${size} ${bucket}`;
    return `${each}, and none fills more than ${Math.ceil(100 * fullest)} % of it.`;
  }
  const share = Math.floor((100 * slack) / (slack + sum(memoryPages) * PAGE_SIZE));
  const many = formatCounted(memoryPages.length, memory, memories);
  return `${formatBytes(slack)} (${share} %) of the ${size} ${bucket}s of ${many} are past the ends of the ${memories}.`;
}

/** Buckets that a manager can still allocate, where they are few. */
export interface FewBuckets {
  readonly sentence: string;
  /** True if some memory cannot get even one more. */
  readonly areTooFew: boolean;
}

/** Returns a sentence about the buckets that are left; undefined where there are plenty. */
export function fewBucketsLeft({ bucketPages, memoryPages, allocatedBuckets }: BucketUse): FewBuckets | undefined {
  const max = maxBuckets(bucketPages);
  const left = Math.max(0, max - allocatedBuckets);
  if (left >= max * FEW_LEFT) return undefined;
  const memories = formatCounted(memoryPages.length, 'memory', 'memories');
  const room = `${formatCounted(left, 'bucket')} of ${formatCount(max)} ${isOrAre(left)} left: ${memories} can grow by ${formatBytes(left * bucketPages * PAGE_SIZE)} in all.`;
  return { sentence: room, areTooFew: left < memoryPages.length };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}
