import type { Report } from '../../core/findings.ts';
import { formatCounted, isOrAre } from '../../core/format.ts';
import { at, byteLength, type ReadableMemory } from '../../core/memory/memory.ts';
import { BUCKET_PAGES_AT } from '../memory-manager/layout.ts';
import { bucketStart } from '../memory-manager/mapping.ts';
import type { Chains } from './chains.ts';
import { FREE_AT, LINK_LENGTH, type LinkedHeader, linkAt } from './layout.ts';
import { isUnfinished } from './repair.ts';

/** Returns whether the bucket size is valid, and reports it if not. */
export function checkBucketSize(image: ReadableMemory, { bucketPages }: LinkedHeader, report: Report): boolean {
  if (bucketPages > 0) return true;
  const message = 'The bucket size is 0 pages, so no bucket has a place.';
  report({ code: 'mm.bucket-size-zero', memory: image, at: { start: BUCKET_PAGES_AT, length: 2 }, message });
  return false;
}

/** Reports faults of the chains: damage, or an interrupted operation that is completed when the manager is next opened. */
export function checkChains(image: ReadableMemory, header: LinkedHeader, chains: Chains, report: Report): void {
  for (const fault of chains.faults) report({ ...fault, memory: image });
  if (isUnfinished(header, chains)) {
    const { firstFree, allocatedBuckets } = chains.supply;
    const start = firstFree === undefined ? 'is empty' : `starts with bucket ${firstFree}`;
    const message = `The last write of a grow or a free is missing: the free list ${start}, and ${formatCounted(allocatedBuckets, 'bucket')} ${isOrAre(allocatedBuckets)} allocated.`;
    report({ code: 'mm.unfinished', memory: image, at: { start: FREE_AT, length: 8 }, message });
  }
  checkPlaces(image, header, chains, report);
}

/** Checks that the image has room for all buckets. */
function checkPlaces(image: ReadableMemory, header: LinkedHeader, { buckets, supply }: Chains, report: Report): void {
  const end = (bucket: number): number => bucketStart(bucket + 1, header.bucketPages);
  const outside = buckets.flat().filter((bucket) => end(bucket) > byteLength(image));
  const ends = `The image ends after ${formatCounted(image.pages, 'page')}`;
  const [first] = outside;
  if (first !== undefined) {
    const message = `${ends}, before the end of ${formatCounted(outside.length, 'owned bucket')}, bucket ${first} among them: the missing bytes are shown as zero.`;
    report({
      code: 'mm.bucket-outside-image',
      memory: image,
      at: { start: linkAt(header, first), length: LINK_LENGTH },
      message,
    });
  } else if (end(supply.allocatedBuckets - 1) > byteLength(image)) {
    const message = `${ends}, which is too few for the ${formatCounted(supply.allocatedBuckets, 'bucket')} that are allocated.`;
    report({ code: 'mm.bucket-outside-image', memory: image, at: { start: at(FREE_AT, 4), length: 4 }, message });
  }
}
