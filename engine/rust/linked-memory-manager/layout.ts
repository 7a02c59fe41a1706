/**
 * The linked memory manager: an experimental layout of this project, similar to `MemoryManager`, in which memories can be freed.
 * No library reads it; `docs/linked-memory-manager.md` has the reasons and the write order. All numbers are little-endian.
 *
 * | offset    | bytes | field                                                                                       |
 * |----------:|------:|---------------------------------------------------------------------------------------------|
 * |         0 |     3 | magic `MGR`                                                                                 |
 * |         3 |     1 | layout version, 0xe1                                                                        |
 * |         4 |     2 | buckets that were migrated from layout version 1, u16: its count; 0 if there was none       |
 * |         6 |     2 | bucket size N in pages, u16                                                                 |
 * |         8 | 34840 | never read: the tables of version 1 if it was migrated; otherwise zero                      |
 * |     34848 |     4 | first free bucket, a reference                                                              |
 * |     34852 |     4 | number of allocated buckets, u32: a high-water mark                                         |
 * | 34856 + 8 i |   4 | first bucket of memory i, a reference, i = 0 to 254                                         |
 * | 34860 + 8 i |   4 | size of memory i in pages, u32                                                              |
 * | 36896 + 4 b |   4 | link of bucket b, b = 0 to 7159: the next bucket of its memory or of the free list, a reference |
 * | 65536 (1 + b N) | 65536 N | bucket b, as in version 1                                                           |
 *
 * A reference is a u32: 0 means none, otherwise it is the number of the bucket + 1. A memory of P pages has P / N buckets,
 * rounded up. Only these buckets of its chain count; the link of the last one is meaningless. The free list ends with 0.
 *
 * The links of the other buckets are in *table buckets*, which belong to the manager. Table t has the 16384 N links from bucket
 * 7160 + 16384 N t on. It is bucket max(7160 + 16384 N t, migrated + t): the first whose link it has, unless that bucket was
 * already in use at the migration.
 */
import { type Address, at, PAGE_SIZE, type ReadableMemory, readBytes, viewOf } from '../../core/memory/memory.ts';
import { MAX_PAGES } from '../../core/memory/overlay.ts';
import { isTextUpToZeros } from '../../values/guessing/plain-text.ts';
import { BUCKET_PAGES_AT, COUNT_AT, MAGIC, MAX_MEMORIES } from '../memory-manager/layout.ts';
import { bucketStart } from '../memory-manager/mapping.ts';

/** Versions from 0xe0 on are experiments: the library will not reach them. */
export const LINKED_VERSION = 0xe1;

export const START_LENGTH = 8;
/** Bytes used to distinguish text from the start of a manager. */
const TEXT_LENGTH = 64;
export const FREE_AT = at(0, 34_848);
export const ENTRIES_AT = at(FREE_AT, 8);
export const LINKS_AT = at(ENTRIES_AT, 8 * MAX_MEMORIES);
export const LINK_LENGTH = 4;
/** Number of buckets whose links are in the first page. */
export const NEAR_LINKS = (PAGE_SIZE - LINKS_AT) / LINK_LENGTH;
export const LINKS_IN_PAGE = PAGE_SIZE / LINK_LENGTH;

/** The parameters that determine the place of each bucket and its link. They never change for a manager. */
export interface Geometry {
  readonly bucketPages: number;
  readonly migratedBuckets: number;
}

/** A memory's first bucket and size; the first bucket is meaningless if the size is 0. */
export interface MemoryEntry {
  readonly first: number | undefined;
  readonly pages: number;
}

/** The source of the next buckets: the free list and the mark. */
export interface Supply {
  readonly firstFree: number | undefined;
  /** The high-water mark. */
  readonly allocatedBuckets: number;
}

export interface LinkedHeader extends Geometry, Supply {
  readonly entries: readonly MemoryEntry[];
}

/** Reads the header. Returns undefined if there is no manager of this layout. */
export function decodeLinked(memory: ReadableMemory): LinkedHeader | undefined {
  if (memory.pages === 0) return undefined;
  const start = readBytes(memory, at(0, 0), START_LENGTH);
  if (String.fromCharCode(...start.subarray(0, 3)) !== MAGIC || start[3] !== LINKED_VERSION) return undefined;
  // The version byte is also the first byte of letters in many scripts.
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

/** Encodes the first eight bytes. Writing them makes the manager one of this layout. */
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

/** Encodes consecutive links. */
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

/** Returns the number of buckets that fit into the largest stable memory. */
export function maxBuckets({ bucketPages }: Geometry): number {
  return Math.floor((MAX_PAGES - 1) / bucketPages);
}

export function linksInTable({ bucketPages }: Geometry): number {
  return bucketPages * LINKS_IN_PAGE;
}

/** Returns the bucket that is table `index`. */
export function tableBucket(geometry: Geometry, index: number): number {
  return Math.max(NEAR_LINKS + index * linksInTable(geometry), geometry.migratedBuckets + index);
}

/** Returns the table that has the link of `bucket`; undefined if the link is in the first page. */
export function tableOf(geometry: Geometry, bucket: number): number | undefined {
  return bucket < NEAR_LINKS ? undefined : Math.floor((bucket - NEAR_LINKS) / linksInTable(geometry));
}

/** Returns how many of the buckets below `mark` are tables. */
export function tablesBelow(geometry: Geometry, mark: number): number {
  const byPlace = Math.ceil((mark - NEAR_LINKS) / linksInTable(geometry));
  return Math.max(0, Math.min(byPlace, mark - geometry.migratedBuckets));
}

export function isTable(geometry: Geometry, bucket: number): boolean {
  return tablesBelow(geometry, bucket + 1) > tablesBelow(geometry, bucket);
}

/** Returns the address of the link of `bucket`. */
export function linkAt(geometry: Geometry, bucket: number): Address {
  const table = tableOf(geometry, bucket);
  if (table === undefined) return at(LINKS_AT, LINK_LENGTH * bucket);
  const within = bucket - NEAR_LINKS - table * linksInTable(geometry);
  return at(0, bucketStart(tableBucket(geometry, table), geometry.bucketPages) + LINK_LENGTH * within);
}
