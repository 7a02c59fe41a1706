import type { FindingCode, Report } from '../../core/findings.ts';
import { formatCounted, isOrAre, wasOrWere } from '../../core/format.ts';
import { at, byteLength, PAGE_SIZE, type ReadableMemory, readBytes } from '../../core/memory/memory.ts';
import { isTextUpToZeros } from '../../values/guessing/plain-text.ts';
import {
  bucketsFor,
  COUNT_AT,
  MAGIC,
  MAX_BUCKETS,
  MAX_MEMORIES,
  type ManagerHeader,
  OWNERS_AT,
  RESERVED_AT,
  SIZES_AT,
  UNOWNED,
  VERSION,
} from './layout.ts';
import { bucketStart } from './mapping.ts';

/** Maximum separate runs of buckets reported for damaged tables. The last run includes the rest. */
const MAX_RUNS = 64;

/** Returns the buckets that the table assigns to each memory id, ascending, which is their virtual order. */
export function bucketsByMemory(header: ManagerHeader): readonly (readonly number[])[] {
  const buckets: number[][] = Array.from({ length: MAX_MEMORIES }, () => []);
  header.owners.forEach((owner, bucket) => {
    if (owner !== UNOWNED) buckets[owner]?.push(bucket);
  });
  return buckets;
}

/** Returns the buckets below the high-water mark without an owner, ascending. */
export function freedBuckets(header: ManagerHeader): readonly number[] {
  const freed: number[] = [];
  header.owners.subarray(0, header.allocatedBuckets).forEach((owner, bucket) => {
    if (owner === UNOWNED) freed.push(bucket);
  });
  return freed;
}

/**
 * Returns whether a page with the magic belongs to a manager, whatever else is damaged: text may start with the same letters. An
 * unknown version is damage of that one byte if the rest fits.
 */
export function couldBeManager(image: ReadableMemory, header: ManagerHeader): boolean {
  const { version, allocatedBuckets, bucketPages, owners, sizes, reservedZero } = header;
  if (version === VERSION) return !isTextUpToZeros(readBytes(image, at(0, 0), SIZES_AT), COUNT_AT);
  const isUsed = owners.includes(UNOWNED) || sizes.some((size) => size > 0);
  return isUsed && reservedZero && bucketPages > 0 && allocatedBuckets <= MAX_BUCKETS;
}

/**
 * Returns whether a page without the magic otherwise belongs to a manager: no bucket above the mark has an owner, and the size of
 * every memory fits its buckets, with at most one further fault.
 */
export function looksLikeManager(header: ManagerHeader): boolean {
  if (header.version !== VERSION || header.bucketPages === 0 || header.allocatedBuckets > MAX_BUCKETS) return false;
  const unownedTail = header.owners.subarray(header.allocatedBuckets).every((owner) => owner === UNOWNED);
  const unfit = bucketsByMemory(header).filter((own, id) => own.length !== bucketsFor(header.sizes[id] ?? 0, header.bucketPages));
  return unownedTail && header.reservedZero && unfit.length <= 1;
}

/**
 * Returns whether a page probably belongs to a manager, whatever its damage. Three letters alone may be text; but neither text
 * nor another structure has an owner table whose buckets have no owner from some bucket on.
 */
export function isLikelyManager(header: ManagerHeader): boolean {
  const letters = [...MAGIC].filter((letter, index) => header.magic[index] === letter).length;
  if (letters < 2) return header.allocatedBuckets > 0 && looksLikeManager(header);
  const used = new Set(header.owners);
  const lastOwned = header.owners.findLastIndex((owner) => owner !== UNOWNED);
  const unfit = bucketsByMemory(header).filter((own, id) => own.length !== bucketsFor(header.sizes[id] ?? 0, header.bucketPages));
  if (lastOwned >= MAX_BUCKETS / 2 && !used.has(UNOWNED)) return false;
  const signs = [
    lastOwned < MAX_BUCKETS - 1,
    lastOwned < header.allocatedBuckets,
    header.version === VERSION,
    header.reservedZero,
    header.bucketPages > 0,
    header.allocatedBuckets <= MAX_BUCKETS,
    unfit.length <= 1,
  ];
  return signs.filter((sign) => sign).length >= (letters === MAGIC.length ? 4 : 5);
}

/** Reports contradictions between the tables of a version 1 manager, or between them and the size of the image. */
export function checkTables(
  image: ReadableMemory,
  header: ManagerHeader,
  buckets: readonly (readonly number[])[],
  report: Report,
): void {
  const reportAt = (code: FindingCode, start: number, length: number, message: string, wasted?: number): void =>
    report({ code, memory: image, at: { start: at(0, start), length }, message, wasted });
  const { allocatedBuckets, bucketPages } = header;

  if (allocatedBuckets > MAX_BUCKETS) {
    reportAt(
      'mm.count-outside',
      COUNT_AT,
      2,
      `${formatCounted(allocatedBuckets, 'bucket')} ${isOrAre(allocatedBuckets)} counted as allocated; the maximum is 32,768.`,
    );
  }
  if (!header.reservedZero) {
    reportAt(
      'mm.reserved-bytes',
      RESERVED_AT,
      SIZES_AT - RESERVED_AT,
      'The 32 reserved bytes are not zero, although every write of the header clears them.',
    );
  }
  const missed = buckets.some((own, id) => own.length < bucketsFor(header.sizes[id] ?? 0, bucketPages));
  buckets.forEach((own, id) => {
    const pages = header.sizes[id] ?? 0;
    const needed = bucketsFor(pages, bucketPages);
    if (own.length === needed) return;
    const message = `Memory ${id} has ${formatCounted(pages, 'page')} and needs ${formatCounted(needed, 'bucket')}, but it owns ${own.length}.`;
    if (own.length < needed) reportAt('mm.too-few-buckets', SIZES_AT + 8 * id, 8, message);
    // If another memory lacks a bucket, the owner table is wrong; otherwise the size is too low.
    else if (missed) reportAt('mm.too-many-buckets', OWNERS_AT + (own[0] ?? 0), spanOf(own), message);
    else reportAt('mm.too-many-buckets', SIZES_AT + 8 * id, 8, message, (own.length - needed) * bucketPages * PAGE_SIZE);
  });

  const above = ownedFrom(header, allocatedBuckets);
  const fit = above.filter((bucket) => ownsNoMoreThanNeeded(header, buckets, bucket));
  if (fit.length > 0) {
    const message = `Only ${formatCounted(allocatedBuckets, 'bucket')} ${isOrAre(allocatedBuckets)} counted as allocated, but above that ${formatCounted(fit.length, 'bucket')} from number ${fit[0]} on ${isOrAre(fit.length)} owned: the next grow allocates ${fit.length === 1 ? 'it' : 'them'} again.`;
    reportAt('mm.owned-bucket-above-count', COUNT_AT, 2, message);
  }
  // If the owner does not need the bucket, the owner table is wrong, not the count.
  const fitting = new Set(fit);
  eachRun(
    above.filter((bucket) => !fitting.has(bucket)),
    (run) => {
      const message = `${nameRun(run)} cannot be owned: only ${formatCounted(allocatedBuckets, 'bucket')} ${wasOrWere(allocatedBuckets)} ever allocated.`;
      reportAt('mm.owned-bucket-above-count', OWNERS_AT + (run[0] ?? 0), spanOf(run), message);
    },
  );

  eachRun(freedBuckets(header), (run) => {
    reportAt(
      'mm.freed-bucket',
      OWNERS_AT + (run[0] ?? 0),
      spanOf(run),
      `${nameRun(run)} below the count of allocated buckets ${run.length === 1 ? 'has' : 'have'} no owner: of all releases only 0.7.1 does that, when it reclaims a memory.`,
    );
  });

  const firstOutside = Math.max(0, Math.floor((byteLength(image) / PAGE_SIZE - 1) / bucketPages));
  const outside = ownedFrom(header, firstOutside);
  if (outside.length > 0) {
    const message = `The image ends after ${formatCounted(image.pages, 'page')}, before the end of ${formatCounted(outside.length, 'owned bucket')} from number ${outside[0]} on: the missing bytes are shown as zero.`;
    reportAt('mm.bucket-outside-image', OWNERS_AT + (outside[0] ?? 0), spanOf(outside), message);
  } else if (bucketStart(Math.min(allocatedBuckets, MAX_BUCKETS), bucketPages) > byteLength(image)) {
    const message = `${formatCounted(allocatedBuckets, 'bucket')} ${isOrAre(allocatedBuckets)} counted as allocated, more than the image of ${formatCounted(image.pages, 'page')} has room for.`;
    reportAt('mm.bucket-outside-image', COUNT_AT, 2, message);
  }
}

/** Returns the buckets from `first` on that have an owner. */
function ownedFrom(header: ManagerHeader, first: number): readonly number[] {
  const owned: number[] = [];
  header.owners.subarray(first).forEach((owner, index) => {
    if (owner !== UNOWNED) owned.push(first + index);
  });
  return owned;
}

function ownsNoMoreThanNeeded(header: ManagerHeader, buckets: readonly (readonly number[])[], bucket: number): boolean {
  const owner = header.owners[bucket] ?? UNOWNED;
  return (buckets[owner]?.length ?? 0) <= bucketsFor(header.sizes[owner] ?? 0, header.bucketPages);
}

/** Visits the runs of adjacent numbers in an ascending list. */
function eachRun(buckets: readonly number[], visit: (run: readonly number[]) => void): void {
  let run: number[] = [];
  let runs = 0;
  for (const bucket of buckets) {
    if (run.length > 0 && bucket !== (run.at(-1) ?? 0) + 1 && runs < MAX_RUNS - 1) {
      visit(run);
      runs += 1;
      run = [];
    }
    run.push(bucket);
  }
  if (run.length > 0) visit(run);
}

function spanOf(run: readonly number[]): number {
  return (run.at(-1) ?? 0) - (run[0] ?? 0) + 1;
}

function nameRun(run: readonly number[]): string {
  return run.length === 1 ? `Bucket ${run[0]}` : `Buckets ${run[0]} to ${run.at(-1)}`;
}
