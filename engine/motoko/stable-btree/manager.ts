/**
 * The `MemoryManager` of StableBTree for Motoko: the layout of the Rust manager of version 1, with big-endian numbers. A new
 * manager marks only the first 255 entries of the owner table as unowned. Later entries are valid only below the count of
 * allocated buckets.
 */
import type { Report } from '../../core/findings.ts';
import { type AddressRange, at, holds, type ReadableMemory, readBytes, viewOf } from '../../core/memory/memory.ts';
import { bucketsByMemory, checkTables, looksLikeManager } from '../../rust/memory-manager/check.ts';
import { ManagerView, VirtualMemoryView } from '../../rust/memory-manager/inspect.ts';
import {
  BUCKET_PAGES_AT,
  COUNT_AT,
  checkManager,
  MAGIC,
  MAX_MEMORIES,
  type ManagerHeader,
  OWNERS_AT,
  RESERVED_AT,
  SIZES_AT,
  TABLES_LENGTH,
  UNOWNED,
  VERSION,
} from '../../rust/memory-manager/layout.ts';
import { leaning } from './layout.ts';

/** Ranges of the sizes of the memories. */
const SIZES: readonly AddressRange[] = Array.from({ length: MAX_MEMORIES }, (_, id) => ({
  start: at(SIZES_AT, 8 * id),
  length: 8,
}));

/** Entries of the owner table that a new manager writes. */
const MARKED_OWNERS = 255;

/** A manager whose numbers are big-endian. */
export class BigEndianManagerView extends ManagerView {
  readonly byteOrder = 'big-endian';
}

/**
 * Reads the manager at the start of `memory`. Returns undefined if there is none, or one with little-endian numbers. `image` has
 * the bytes of its buckets at the same addresses.
 */
export function inspectBigEndianManager(
  memory: ReadableMemory,
  report: Report,
  image: ReadableMemory = memory,
): BigEndianManagerView | undefined {
  const header = decodeBigEndian(memory);
  if (header === undefined || (header.magic !== MAGIC && !looksLikeManager(header))) return undefined;
  checkManager(image, header, report);
  if (header.version !== VERSION || header.bucketPages === 0) return new BigEndianManagerView(header, []);
  const buckets = bucketsByMemory(header);
  const memories = buckets
    .map((own, id) => new VirtualMemoryView(image, header, id, own))
    .filter(({ pages, buckets: own }) => pages > 0 || own.length > 0);
  checkTables(image, header, buckets, report);
  return new BigEndianManagerView(header, memories);
}

/**
 * Returns whether a region begins with the port's manager. Checks the three letters of its magic first, because there can be tens
 * of thousands of regions.
 */
export function beginsWithManager(region: ReadableMemory): boolean {
  if (!holds(region, 0, TABLES_LENGTH) || !hasMagic(readBytes(region, at(0, 0), MAGIC.length))) return false;
  const header = decodeBigEndian(region);
  return header !== undefined && looksLikeManager(header);
}

function hasMagic(bytes: Uint8Array): boolean {
  return String.fromCharCode(...bytes) === MAGIC;
}

function decodeBigEndian(memory: ReadableMemory): ManagerHeader | undefined {
  if (memory.pages === 0) return undefined;
  const bytes = readBytes(memory, at(0, 0), TABLES_LENGTH);
  if (!isBigEndian(bytes)) return undefined;
  const view = viewOf(bytes);
  const allocatedBuckets = view.getUint16(COUNT_AT);
  const owners = bytes.slice(OWNERS_AT, TABLES_LENGTH);
  owners.fill(UNOWNED, Math.max(MARKED_OWNERS, allocatedBuckets));
  return {
    magic: String.fromCharCode(...bytes.subarray(0, 3)),
    version: view.getUint8(3),
    allocatedBuckets,
    bucketPages: view.getUint16(BUCKET_PAGES_AT),
    sizes: Array.from({ length: MAX_MEMORIES }, (_, id) => Number(view.getBigUint64(SIZES_AT + 8 * id))),
    owners,
    reservedZero: bytes.subarray(RESERVED_AT, SIZES_AT).every((byte) => byte === 0),
  };
}

/**
 * Returns whether the sizes of the memories are small numbers only in big-endian order. If all are 0, returns whether the owner
 * table is this port's.
 */
function isBigEndian(bytes: Uint8Array): boolean {
  const sizes = leaning(bytes, SIZES);
  if (sizes !== 0) return sizes > 0;
  const owners = bytes.subarray(OWNERS_AT, TABLES_LENGTH);
  return (
    owners.subarray(0, MARKED_OWNERS).every((owner) => owner === UNOWNED) &&
    owners.subarray(MARKED_OWNERS).every((owner) => owner === 0)
  );
}
