import { formatCount, formatCounted } from '../../core/format.ts';
import { littleEndian } from '../../core/little-endian.ts';
import { at, byteLength, PAGE_SIZE } from '../../core/memory/memory.ts';
import { bucketsByMemory, freedBuckets } from '../../rust/memory-manager/check.ts';
import {
  bucketsFor,
  COUNT_AT,
  DRAFT_VERSION,
  decodeManager,
  MAX_BUCKETS,
  MAX_MEMORIES,
  type ManagerHeader,
  SIZES_AT,
  UNOWNED,
  VERSION,
} from '../../rust/memory-manager/layout.ts';
import type { PlacedManager } from '../../snapshot/layout/managers.ts';
import { type Advice, type Case, first, type Remedy, refused } from '../remedy.ts';

/** Restores the version of a manager, unless it is that of the drafts, whose tables are others. */
export const restoreManagerVersion: Remedy = (problem) =>
  withHeader(problem, (manager, { version }) =>
    version === DRAFT_VERSION
      ? refused(
          'A draft of the library wrote this image, whose tables no release can read. Move the data with the build that wrote it.',
        )
      : first({ what: 'Restored version 1.', writes: [{ memory: manager.memory, at: at(0, 3), bytes: Uint8Array.of(VERSION) }] }),
  );

/** Sets the count of allocated buckets to that which the image has room for, or to one more than the highest owned bucket. */
export const restoreBucketCount: Remedy = (problem) =>
  withHeader(problem, (manager, header) => {
    const hasSurplus = bucketsByMemory(header).some(
      (own, id) => own.length > bucketsFor(header.sizes[id] ?? 0, header.bucketPages),
    );
    if (hasSurplus)
      return refused('A memory owns more buckets than its size needs, so the owner table may be wrong, and not the count.');
    const highest = header.owners.findLastIndex((owner) => owner !== UNOWNED);
    const room = header.bucketPages === 0 ? 0 : (manager.memory.pages - 1) / header.bucketPages;
    // The library grows the image by whole buckets, to just the ones that are allocated.
    const count = Number.isInteger(room) && room > highest && room <= MAX_BUCKETS ? room : highest + 1;
    const bytes = littleEndian(count, 2);
    return first({
      what: `Set the count of allocated buckets to ${formatCount(count)}: bucket ${formatCount(highest)} is the highest that a memory owns.`,
      writes: [{ memory: manager.memory, at: COUNT_AT, bytes }],
    });
  });

/** Sets the size of a memory to that of the buckets that it owns. */
export const restoreMemorySize: Remedy = (problem) =>
  withHeader(problem, (manager, header) => {
    const id = (problem.finding.at.start - manager.page * PAGE_SIZE - SIZES_AT) / 8;
    if (!Number.isInteger(id) || id < 0 || id >= MAX_MEMORIES)
      return refused('Another memory lacks a bucket, so the owner table is wrong, and nothing shows in which place.');
    const buckets = bucketsByMemory(header);
    const owned = buckets[id]?.length ?? 0;
    const lacking = buckets.filter((own, other) => own.length < bucketsFor(header.sizes[other] ?? 0, header.bucketPages));
    if (problem.finding.code === 'mm.too-few-buckets') {
      if (lacking.length > 1) return refused('Several memories lack buckets, so the owner table is wrong, and not a size.');
      if (freedBuckets(header).length > 0)
        return refused('A bucket without an owner may be the one that is missing. Which one it is, its bytes do not show.');
      if (owned === 0)
        return refused('The memory owns no bucket at all. If its size were set to 0, it would look as if nothing had been lost.');
    }
    const pages = owned * header.bucketPages;
    if (bucketsFor(pages, header.bucketPages) !== owned || byteLength(manager.memory) < pages * PAGE_SIZE)
      return refused('The size of the buckets is not known.');
    const bytes = littleEndian(pages, 8);
    return first({
      what: `Set the size of memory ${id} to ${formatCounted(pages, 'page')}, that of the ${formatCounted(owned, 'bucket')} that it owns.`,
      writes: [{ memory: manager.memory, at: at(SIZES_AT, 8 * id), bytes }],
    });
  });

/** Gives freed buckets after the highest owned one back: the count goes down, so that every release allocates them again. */
export const giveBucketsBack: Remedy = (problem) =>
  withHeader(problem, (manager, header) => {
    const highest = header.owners.findLastIndex((owner) => owner !== UNOWNED);
    if (freedBuckets(header).every((bucket) => bucket < highest))
      return refused(
        'A bucket with an owner follows. Only release 0.7.1 allocates such a bucket again, and later permutes the pages of the memory that gets it.',
      );
    const count = highest + 1;
    return first({
      what: `Lowered the count of allocated buckets to ${formatCount(count)}, so that the freed buckets after them are allocated again.`,
      writes: [{ memory: manager.memory, at: COUNT_AT, bytes: littleEndian(count, 2) }],
    });
  });

/** Returns what `advise` says about a manager that can be read. */
function withHeader({ manager }: Case, advise: (manager: PlacedManager, header: ManagerHeader) => Advice): Advice {
  const header = manager === undefined ? undefined : decodeManager(manager.memory);
  return manager === undefined || header === undefined ? refused('The manager cannot be read.') : advise(manager, header);
}
