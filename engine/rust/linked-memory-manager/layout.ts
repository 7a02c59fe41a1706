/**
 * The linked memory manager: an experimental layout of this project's own, of `MemoryManager`'s kind, in which memories can be
 * freed. No library reads it; `docs/linked-memory-manager.md` has the reasons and the write order. All numbers are little-endian.
 *
 * | offset    | bytes | field                                                                                       |
 * |----------:|------:|---------------------------------------------------------------------------------------------|
 * |         0 |     3 | magic `MGR`                                                                                 |
 * |         3 |     1 | layout version, 0xe1                                                                        |
 * |         4 |     2 | buckets that were migrated from layout version 1, u16: its count; 0 where it began anew     |
 * |         6 |     2 | bucket size N in pages, u16                                                                 |
 * |         8 | 34840 | never read: the tables of version 1 where they were migrated; else zero                     |
 * |     34848 |     4 | first free bucket, a reference                                                              |
 * |     34852 |     4 | number of allocated buckets, u32: a high-water mark                                         |
 * | 34856 + 8 i |   4 | first bucket of memory i, a reference, i = 0 to 254                                         |
 * | 34860 + 8 i |   4 | size of memory i in pages, u32                                                              |
 * | 36896 + 4 b |   4 | link of bucket b, b = 0 to 7159: the next bucket of its memory or of the free list, a reference |
 * | 65536 (1 + b N) | 65536 N | bucket b, as in version 1                                                           |
 *
 * A reference is u32: 0 is none, else the number of the bucket + 1. A memory of P pages has P / N buckets, rounded up: so many of
 * its chain count, and what the last one links to says nothing. The free list ends with 0.
 *
 * The links of further buckets lie in *table buckets*, which belong to the manager. Table t holds the 16384 N links from bucket
 * 7160 + 16384 N t on, and is bucket max(7160 + 16384 N t, migrated + t): the first whose link it holds, but where a migration
 * found that one taken.
 */
import { type Address, at, PAGE_SIZE, type ReadableMemory, readBytes, viewOf } from '../../core/memory/memory.ts';
import { MAX_PAGES } from '../../core/memory/overlay.ts';
import { isTextUpToZeros } from '../../values/guessing/plain-text.ts';
import { BUCKET_PAGES_AT, COUNT_AT, MAGIC, MAX_MEMORIES } from '../memory-manager/layout.ts';
import { bucketStart } from '../memory-manager/mapping.ts';

/** From 0xe0 on versions are experiments: far from what the library would count up to. */
export const LINKED_VERSION = 0xe1;

export const START_LENGTH = 8;
/** Bytes that tell text from the start of a manager. */
const TEXT_LENGTH = 64;
export const FREE_AT = at(0, 34_848);
export const ENTRIES_AT = at(FREE_AT, 8);
export const LINKS_AT = at(ENTRIES_AT, 8 * MAX_MEMORIES);
export const LINK_LENGTH = 4;
/** Buckets whose links lie in the first page. */
export const NEAR_LINKS = (PAGE_SIZE - LINKS_AT) / LINK_LENGTH;
export const LINKS_IN_PAGE = PAGE_SIZE / LINK_LENGTH;

/** What says where each bucket and its link are. It never changes in the life of a manager. */
export interface Geometry {
  readonly bucketPages: number;
  readonly migratedBuckets: number;
}

/** A memory's first bucket and size; the first says nothing where the size is 0. */
export interface MemoryEntry {
  readonly first: number | undefined;
  readonly pages: number;
}

/** Where the next bucket comes from. */
export interface Supply {
  readonly firstFree: number | undefined;
  /** The high-water mark. */
  readonly allocatedBuckets: number;
}

export interface LinkedHeader extends Geometry, Supply {
  readonly entries: readonly MemoryEntry[];
}

/** Reads the header; undefined where no manager of this layout is. */
export function decodeLinked(memory: ReadableMemory): LinkedHeader | undefined {
  if (memory.pages === 0) return undefined;
  const start = readBytes(memory, at(0, 0), START_LENGTH);
  if (String.fromCharCode(...start.subarray(0, 3)) !== MAGIC || start[3] !== LINKED_VERSION) return undefined;
  // The version is the first byte of a letter in many scripts.
  if (isTextUpToZeros(readBytes(memory, at(0, 0), TEXT_LENGTH), 3)) return undefined;
  const table = viewOf(readBytes(memory, FREE_AT, LINKS_AT - FREE_AT));
  return {
    bucketPages: viewOf(start).getUint16(BUCKET_PAGES_AT, true),
    migratedBuckets: viewOf(start).getUint16(COUNT_AT, true),
    firstFree: decodeReference(table.getUint32(0, true)),
    allocatedBuckets: table.getUint32(4, true),
    entries: Array.from({ length: MAX_MEMORIES }, (_, id) => ({
      first: decodeReference(table.getUint32(8 + 8 * id, true)),
      pages: table.getUint32(12 + 8 * id, true),
    })),
  };
}

/** The first eight bytes; writing them makes the manager one of this layout. */
export function encodeStart({ bucketPages, migratedBuckets }: Geometry): Uint8Array {
  const bytes = new Uint8Array(START_LENGTH);
  bytes.set([...MAGIC].map((letter) => letter.charCodeAt(0)));
  bytes[3] = LINKED_VERSION;
  viewOf(bytes).setUint16(COUNT_AT, migratedBuckets, true);
  viewOf(bytes).setUint16(BUCKET_PAGES_AT, bucketPages, true);
  return bytes;
}

export function encodeSupply({ firstFree, allocatedBuckets }: Supply): Uint8Array {
  return words([encodeReference(firstFree), allocatedBuckets]);
}

export function encodeEntry({ first, pages }: MemoryEntry): Uint8Array {
  return words([encodeReference(first), pages]);
}

/** Links that lie one behind another. */
export function encodeLinks(links: readonly (number | undefined)[]): Uint8Array {
  return words(links.map(encodeReference));
}

export function decodeReference(reference: number): number | undefined {
  return reference === 0 ? undefined : reference - 1;
}

function encodeReference(bucket: number | undefined): number {
  return bucket === undefined ? 0 : bucket + 1;
}

function words(values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(4 * values.length);
  const view = viewOf(bytes);
  values.forEach((value, index) => {
    view.setUint32(4 * index, value, true);
  });
  return bytes;
}

export function entryAt(id: number): Address {
  return at(ENTRIES_AT, 8 * id);
}

/** Buckets that fit into the largest stable memory. */
export function mostBuckets({ bucketPages }: Geometry): number {
  return Math.floor((MAX_PAGES - 1) / bucketPages);
}

export function linksInTable({ bucketPages }: Geometry): number {
  return bucketPages * LINKS_IN_PAGE;
}

/** The bucket that is table `index`. */
export function tableBucket(geometry: Geometry, index: number): number {
  return Math.max(NEAR_LINKS + index * linksInTable(geometry), geometry.migratedBuckets + index);
}

/** The table that has the link of `bucket`; undefined where the first page has it. */
export function tableOf(geometry: Geometry, bucket: number): number | undefined {
  return bucket < NEAR_LINKS ? undefined : Math.floor((bucket - NEAR_LINKS) / linksInTable(geometry));
}

/** How many of the buckets below `mark` are tables. */
export function tablesBelow(geometry: Geometry, mark: number): number {
  const byPlace = Math.ceil((mark - NEAR_LINKS) / linksInTable(geometry));
  return Math.max(0, Math.min(byPlace, mark - geometry.migratedBuckets));
}

export function isTable(geometry: Geometry, bucket: number): boolean {
  return tablesBelow(geometry, bucket + 1) > tablesBelow(geometry, bucket);
}

/** Where the link of `bucket` stands. */
export function linkAt(geometry: Geometry, bucket: number): Address {
  const table = tableOf(geometry, bucket);
  if (table === undefined) return at(LINKS_AT, LINK_LENGTH * bucket);
  const within = bucket - NEAR_LINKS - table * linksInTable(geometry);
  return at(0, bucketStart(tableBucket(geometry, table), geometry.bucketPages) + LINK_LENGTH * within);
}
