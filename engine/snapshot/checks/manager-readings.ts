import type { FindingCode } from '../../core/findings.ts';
import { formatCount, formatCounted } from '../../core/format.ts';
import { type AddressRange, at, byteLength, PAGE_SIZE, type ReadableMemory } from '../../core/memory/memory.ts';
import { MovedPages } from '../../core/memory/moved-pages.ts';
import { OverlayMemory } from '../../core/memory/overlay.ts';
import { bucketsByMemory, freedBuckets } from '../../rust/memory-manager/check.ts';
import {
  BUCKET_PAGES_AT,
  bucketsFor,
  COUNT_AT,
  decodeManager,
  MAX_BUCKETS,
  type ManagerHeader,
  OWNERS_AT,
  UNOWNED,
} from '../../rust/memory-manager/layout.ts';
import { bucketStart } from '../../rust/memory-manager/mapping.ts';
import type { PlacedManager } from '../layout/managers.ts';

/** An image with one assumed damage repaired: of its manager, or of the order of its pages. */
export interface Reading {
  readonly code: FindingCode;
  /** The damaged bytes, in the manager's memory. */
  readonly at: AddressRange;
  /** Description of the damage, without the proof that follows it in the message. */
  readonly message: string;
  readonly image: ReadableMemory;
}

/** The place of a manager. */
interface Site {
  readonly image: ReadableMemory;
  /** The image from the manager's page on. */
  readonly memory: ReadableMemory;
  readonly page: number;
}

/** Places of the findings that a damaged manager may explain. */
export interface Suspects {
  /** Buckets with findings, then others of the same memories. */
  readonly buckets: readonly number[];
  /** First page with a finding, counted from the manager's page; undefined where no finding indicates moved pages. */
  readonly page: number | undefined;
}

/** Maximum bucket sizes that are tried where a manager's sizes allow many. */
const MAX_SIZES_TRIED = 24;
const MAX_OWNERS_TRIED = 48;
/** Maximum pages that may have been inserted or lost in one place. */
const MAX_PAGES_MOVED = 16;
const MAX_PLACES_TRIED = 48;

/** Yields the possible single damages of a manager, the likeliest first, each with the image repaired. */
export function* readingsOf(
  image: ReadableMemory,
  manager: PlacedManager,
  { buckets: suspects, page }: Suspects,
): Generator<Reading> {
  const header = decodeManager(manager.memory);
  if (header === undefined) return;
  const site: Site = { image, memory: manager.memory, page: manager.page };
  yield* otherByteOrder(site, header);
  yield* otherBucketSizes(site, header);
  if (header.bucketPages === 0) return;
  yield* otherOwner(site, header, suspects);
  yield* swappedOwners(site, header, suspects);
  yield* movedPages(site, header, page);
}

function* otherByteOrder(site: Site, header: ManagerHeader): Generator<Reading> {
  const count = swapped(header.allocatedBuckets);
  const pages = swapped(header.bucketPages);
  const length = 2;
  const both = { ...header, allocatedBuckets: count, bucketPages: pages };
  const stored = `${formatCount(header.allocatedBuckets)} buckets of ${formatCounted(header.bucketPages, 'page')}`;
  if (isPossible(site.memory, both))
    yield patched(site, 'mm.byte-order', { start: COUNT_AT, length: 4 }, numbers(count, pages), {
      message: `The header says ${stored}, which are ${formatCount(count)} of ${formatCounted(pages, 'page')} when its numbers are read big-endian`,
    });
  if (isPossible(site.memory, { ...header, bucketPages: pages }))
    yield patched(site, 'mm.byte-order', { start: BUCKET_PAGES_AT, length }, numbers(pages), {
      message: `The bucket size of ${formatCounted(header.bucketPages, 'page')} is ${formatCounted(pages, 'page')} when it is read big-endian`,
    });
  if (isPossible(site.memory, { ...header, allocatedBuckets: count }))
    yield patched(site, 'mm.byte-order', { start: COUNT_AT, length }, numbers(count), {
      message: `The count of ${formatCounted(header.allocatedBuckets, 'allocated bucket')} is ${formatCount(count)} when it is read big-endian`,
    });
}

/** Returns a number of two bytes with its bytes swapped. */
function swapped(number: number): number {
  return ((number & 0xff) << 8) | (number >> 8);
}

function* otherBucketSizes(site: Site, header: ManagerHeader): Generator<Reading> {
  for (const bucketPages of possibleSizes(site.memory, header))
    yield patched(site, 'mm.bucket-size', { start: BUCKET_PAGES_AT, length: 2 }, numbers(bucketPages), {
      message: `The header says that a bucket has ${formatCounted(header.bucketPages, 'page')}, but it has ${formatCount(bucketPages)}`,
    });
}

/**
 * Returns the bucket sizes with which each memory owns just the buckets that it needs: that of the image's size first, then
 * ascending.
 */
function possibleSizes(memory: ReadableMemory, header: ManagerHeader): readonly number[] {
  let min = 1;
  let max = Math.floor((memory.pages - 1) / Math.max(1, lastOwned(header) + 1));
  bucketsByMemory(header).forEach((own, id) => {
    const pages = header.sizes[id] ?? 0;
    if (own.length > 0) min = Math.max(min, Math.ceil(pages / own.length));
    if (own.length > 1) max = Math.min(max, Math.ceil(pages / (own.length - 1)) - 1);
  });
  const exact = (memory.pages - 1) / Math.max(1, header.allocatedBuckets);
  const sizes = new Set<number>();
  if (Number.isInteger(exact) && exact >= min && exact <= max) sizes.add(exact);
  for (let size = min; size <= max && sizes.size < MAX_SIZES_TRIED; size += 1) sizes.add(size);
  if (max >= min) sizes.add(max);
  sizes.delete(header.bucketPages);
  return [...sizes].filter((size) => size > 0 && size < 65_536);
}

function lastOwned({ owners }: ManagerHeader): number {
  return owners.findLastIndex((owner) => owner !== UNOWNED);
}

/** Returns whether the buckets are in the image, and each memory has exactly the number that it needs. */
function isPossible(memory: ReadableMemory, header: ManagerHeader): boolean {
  const { allocatedBuckets, bucketPages, sizes } = header;
  if (bucketPages === 0 || allocatedBuckets > MAX_BUCKETS || lastOwned(header) >= allocatedBuckets) return false;
  if (bucketStart(allocatedBuckets, bucketPages) > byteLength(memory)) return false;
  return bucketsByMemory(header).every((own, id) => own.length === bucketsFor(sizes[id] ?? 0, bucketPages));
}

/** Yields readings in which the one memory that lacks a bucket owns one that another memory, or nobody, has. */
function* otherOwner(site: Site, header: ManagerHeader, suspects: readonly number[]): Generator<Reading> {
  const buckets = bucketsByMemory(header);
  const needed = (id: number): number => bucketsFor(header.sizes[id] ?? 0, header.bucketPages);
  const poor = buckets.flatMap((own, id) => (own.length < needed(id) ? [id] : []));
  const rich = buckets.flatMap((own, id) => (own.length > needed(id) ? own : []));
  const [owner] = poor;
  if (owner === undefined || poor.length > 1) return;
  for (const bucket of suspectsFirst([...rich, ...freedBuckets(header)], suspects).slice(0, MAX_OWNERS_TRIED))
    yield patched(site, 'mm.wrong-owner', { start: at(OWNERS_AT, bucket), length: 1 }, Uint8Array.of(owner), {
      message: `The owner table gives bucket ${formatCount(bucket)} to ${nameOwner(header.owners[bucket])}, but it is memory ${owner}'s`,
    });
}

function nameOwner(owner = UNOWNED): string {
  return owner === UNOWNED ? 'nobody' : `memory ${owner}`;
}

function* swappedOwners(site: Site, header: ManagerHeader, suspects: readonly number[]): Generator<Reading> {
  const owned = [...header.owners.keys()].slice(0, lastOwned(header) + 1).filter((bucket) => header.owners[bucket] !== UNOWNED);
  const ordered = suspectsFirst(owned, suspects);
  let tried = 0;
  for (const one of suspects) {
    for (const other of ordered) {
      const [low, high] = one < other ? [one, other] : [other, one];
      const [lowOwner = UNOWNED, highOwner = UNOWNED] = [header.owners[low], header.owners[high]];
      if (lowOwner === highOwner || lowOwner === UNOWNED || (one === high && suspects.includes(low))) continue;
      tried += 1;
      if (tried > MAX_OWNERS_TRIED) return;
      const bytes = header.owners.slice(low, high + 1);
      bytes[0] = highOwner;
      bytes[high - low] = lowOwner;
      yield patched(site, 'mm.swapped-owners', { start: at(OWNERS_AT, low), length: high - low + 1 }, bytes, {
        message: `The owner table gives bucket ${formatCount(low)} to memory ${lowOwner} and bucket ${formatCount(high)} to memory ${highOwner}, but they are each other's`,
      });
    }
  }
}

function suspectsFirst(buckets: readonly number[], suspects: readonly number[]): readonly number[] {
  return [...buckets].sort((a, b) => Number(suspects.includes(b)) - Number(suspects.includes(a)) || a - b);
}

/**
 * Yields readings without pages that were inserted into the image or lost from it: all pages after them are read from wrong
 * places.
 */
function* movedPages(
  { image, memory, page: first }: Site,
  header: ManagerHeader,
  suspect: number | undefined,
): Generator<Reading> {
  const surplus = memory.pages - 1 - header.bucketPages * header.allocatedBuckets;
  if (surplus === 0 || Math.abs(surplus) > MAX_PAGES_MOVED || suspect === undefined) return;
  const by = Math.abs(surplus);
  for (const page of placesOfMove(header, suspect)) {
    const span = { start: at(0, page * PAGE_SIZE), length: byteLength(memory) - page * PAGE_SIZE };
    const which =
      by === 1
        ? `Page ${formatCount(first + page)}`
        : `Pages ${formatCount(first + page)} to ${formatCount(first + page + by - 1)}`;
    const [code, message] =
      surplus > 0
        ? (['mm.page-inserted', `${which} ${by === 1 ? 'is' : 'are'} not the canister's, but inserted into the image`] as const)
        : (['mm.page-lost', `${which} ${by === 1 ? 'is' : 'are'} lost, and all later pages have moved up`] as const);
    if (span.length > 0) yield { code, at: span, message, image: new MovedPages(image, first + page, surplus) };
  }
}

/**
 * Returns places of a move at or before the first page with a finding: the nearest starts of buckets, and the nearest pages of
 * its bucket.
 */
function placesOfMove({ bucketPages }: ManagerHeader, suspect: number): readonly number[] {
  const places = new Set<number>();
  const start = 1 + Math.floor((suspect - 1) / bucketPages) * bucketPages;
  for (let page = start; page >= 1 && places.size < MAX_PLACES_TRIED / 2; page -= bucketPages) places.add(page);
  for (let page = suspect; page > start && places.size < MAX_PLACES_TRIED; page -= 1) places.add(page);
  return [...places];
}

function numbers(...values: readonly number[]): Uint8Array {
  return Uint8Array.from(values.flatMap((value) => [value & 0xff, value >> 8]));
}

function patched(
  { image, page }: Site,
  code: FindingCode,
  span: AddressRange,
  bytes: Uint8Array,
  { message }: { readonly message: string },
): Reading {
  const overlay = new OverlayMemory(image);
  overlay.write(at(span.start, page * PAGE_SIZE), bytes);
  return { code, at: span, message, image: overlay };
}
