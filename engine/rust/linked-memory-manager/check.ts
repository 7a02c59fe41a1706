import type { Report } from '../../core/findings.ts';
import { formatCounted, isOrAre } from '../../core/format.ts';
import { at, byteLength, type ReadableMemory } from '../../core/memory/memory.ts';
import { BUCKET_PAGES_AT } from '../memory-manager/layout.ts';
import { bucketStart } from '../memory-manager/mapping.ts';
import type { Chains } from './chains.ts';
import { FREE_AT, LINK_LENGTH, type LinkedHeader, linkAt } from './layout.ts';
import { isUnfinished } from './repair.ts';

/** Whether buckets have places at all. */
export function checkBucketSize(image: ReadableMemory, { bucketPages }: LinkedHeader, report: Report): boolean {
  if (bucketPages > 0) return true;
  const message = 'The bucket size is 0 pages, so no bucket has a place.';
  report({ code: 'mm.bucket-size-zero', memory: image, at: { start: BUCKET_PAGES_AT, length: 2 }, message });
  return false;
}

/** Says what is wrong with the chains: damage, or an operation that was cut off and that the next opening ends. */
export function checkChains(image: ReadableMemory, header: LinkedHeader, chains: Chains, report: Report): void {
  for (const fault of chains.faults) report({ ...fault, memory: image });
  if (isUnfinished(header, chains)) {
    const { firstFree, allocatedBuckets } = chains.supply;
    const start = firstFree === undefined ? 'empty' : `begins with bucket ${firstFree}`;
    const message = `The last write of a grow or a free is missing: the free list ${start}, and ${formatCounted(allocatedBuckets, 'bucket')} ${isOrAre(allocatedBuckets)} allocated.`;
    report({ code: 'mm.unfinished', memory: image, at: { start: FREE_AT, length: 8 }, message });
  }
  checkPlaces(image, header, chains, report);
}

/** Whether the image has room for all buckets. */
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
