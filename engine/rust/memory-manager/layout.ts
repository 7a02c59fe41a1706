/**
 * MemoryManager: up to 255 growing virtual memories in one memory, which is allocated in buckets. `ic-stable-structures`, layout
 * version 1, the only version that a release ever wrote, 0.1.0 to 0.7.2 (memory_manager.rs). All numbers are little-endian.
 *
 * | offset    | bytes | field                                                          |
 * |----------:|------:|----------------------------------------------------------------|
 * |         0 |     3 | magic `MGR`                                                    |
 * |         3 |     1 | layout version, 1                                              |
 * |         4 |     2 | number of allocated buckets, u16: a high-water mark            |
 * |         6 |     2 | bucket size N in pages, u16                                    |
 * |         8 |    32 | reserved, zero                                                 |
 * |  40 + 8 i |     8 | size of memory i in pages, u64, i = 0 to 254                   |
 * |  2080 + b |     1 | the memory that owns bucket b, b = 0 to 32767; 255: none       |
 * |     34848 | 30688 | never written                                                  |
 * | 65536 (1 + b N) | 65536 N | bucket b                                               |
 *
 * The order of a memory's buckets is not stored: its first bucket is the lowest that it owns, and so on. Version 2 exists in two
 * drafts that were never released; released code rejects it.
 */
import type { FindingCode, Report } from '../../core/findings.ts';
import { at, PAGE_SIZE, type ReadableMemory, readBytes, viewOf } from '../../core/memory/memory.ts';
import { MAX_PAGES } from '../../core/memory/overlay.ts';

export const MAGIC = 'MGR';
export const VERSION = 1;
export const DRAFT_VERSION = 2;

export const MAX_MEMORIES = 255;
export const MAX_BUCKETS = 32_768;
/** Marks a bucket without an owner in the owner table. */
export const UNOWNED = 255;

export const COUNT_AT = at(0, 4);
export const BUCKET_PAGES_AT = at(0, 6);
export const RESERVED_AT = at(0, 8);
export const SIZES_AT = at(0, 40);
export const OWNERS_AT = at(0, 2080);
/** Length of the part that is rewritten at every change of a size. */
export const HEADER_LENGTH = 2080;
/** Length of the header and the owner table. */
export const TABLES_LENGTH = HEADER_LENGTH + MAX_BUCKETS;
/** Start of bucket 0. */
export const BUCKETS_AT = at(0, PAGE_SIZE);

export interface ManagerHeader {
  readonly magic: string;
  readonly version: number;
  readonly allocatedBuckets: number;
  readonly bucketPages: number;
  /** Sizes in pages by memory id. Damaged sizes above 2^53 are rounded. */
  readonly sizes: readonly number[];
  /** Owners by bucket: a memory id, or `UNOWNED`. */
  readonly owners: Uint8Array;
  /** True if the 32 reserved bytes are zero, as every write of the header leaves them. */
  readonly reservedZero: boolean;
}

/** Reads the header and the owner table as they are, whatever the magic. Returns undefined if the memory is empty. */
export function decodeManager(memory: ReadableMemory): ManagerHeader | undefined {
  if (memory.pages === 0) return undefined;
  const bytes = readBytes(memory, at(0, 0), TABLES_LENGTH);
  const view = viewOf(bytes);
  return {
    magic: String.fromCharCode(...bytes.subarray(0, 3)),
    version: view.getUint8(3),
    allocatedBuckets: view.getUint16(COUNT_AT, true),
    bucketPages: view.getUint16(BUCKET_PAGES_AT, true),
    sizes: Array.from({ length: MAX_MEMORIES }, (_, id) => Number(view.getBigUint64(SIZES_AT + 8 * id, true))),
    owners: bytes.subarray(OWNERS_AT, TABLES_LENGTH),
    reservedZero: bytes.subarray(RESERVED_AT, SIZES_AT).every((byte) => byte === 0),
  };
}

/** Returns whether the library would load this manager, and reports each reason against it. */
export function checkManager(memory: ReadableMemory, header: ManagerHeader, report: Report): boolean {
  let isIntact = true;
  const reject = (code: FindingCode, start: number, length: number, message: string): void => {
    report({ code, memory, at: { start: at(0, start), length }, message });
    isIntact = false;
  };
  if (header.magic !== MAGIC) {
    reject('mm.bad-magic', 0, 3, `The magic is ${JSON.stringify(header.magic)}, not "${MAGIC}".`);
  }
  if (header.version === DRAFT_VERSION) {
    reject(
      'mm.bad-version',
      3,
      1,
      'The layout version is 2: an unreleased draft of the library wrote this. The only known version is 1.',
    );
  } else if (header.version !== VERSION) {
    reject('mm.bad-version', 3, 1, `The layout version is ${header.version}. The only known version is ${VERSION}.`);
  }
  if (header.bucketPages === 0) {
    reject('mm.bucket-size-zero', BUCKET_PAGES_AT, 2, 'The bucket size is 0 pages, so no bucket has a place.');
  }
  return isIntact;
}

/** Encodes the header: all bytes before the owner table. */
export function encodeHeader(header: Pick<ManagerHeader, 'allocatedBuckets' | 'bucketPages' | 'sizes'>): Uint8Array {
  const bytes = new Uint8Array(HEADER_LENGTH);
  bytes.set([...MAGIC].map((letter) => letter.charCodeAt(0)));
  const view = viewOf(bytes);
  view.setUint8(3, VERSION);
  view.setUint16(COUNT_AT, header.allocatedBuckets, true);
  view.setUint16(BUCKET_PAGES_AT, header.bucketPages, true);
  header.sizes.forEach((pages, id) => {
    view.setBigUint64(SIZES_AT + 8 * id, BigInt(pages), true);
  });
  return bytes;
}

/** Applies a grow to the bytes of a header. */
export function updateHeader(header: Uint8Array, allocatedBuckets: number, id: number, pages: number): void {
  putNumber(header, COUNT_AT, allocatedBuckets, 2);
  putNumber(header, SIZES_AT + 8 * id, pages, 8);
}

/** Writes an integer, lowest byte first. Assigning to a byte keeps the integer part modulo 256. */
function putNumber(bytes: Uint8Array, start: number, value: number, length: number): void {
  let rest = value;
  for (let index = start; index < start + length; index += 1, rest /= 256) bytes[index] = rest;
}

/** Returns the maximum number of buckets of a size: a manager has no more, or stable memory has no room for more. */
export function maxBuckets(bucketPages: number): number {
  return Math.min(MAX_BUCKETS, Math.floor((MAX_PAGES - 1) / bucketPages));
}

/** Returns the number of buckets of `bucketPages` pages that a memory of `pages` pages needs. */
export function bucketsFor(pages: number, bucketPages: number): number {
  return Math.ceil(pages / bucketPages);
}
