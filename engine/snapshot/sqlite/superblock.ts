/**
 * The superblock of `ic-sqlite-vfs` (github.com/humandebri/ic-sqlite-vfs, layout 8), at the start of the memory of its database. All
 * numbers are little-endian.
 *
 * | offset | bytes | field                                  |  | offset | bytes | field                                        |
 * |-------:|------:|----------------------------------------|  |-------:|------:|----------------------------------------------|
 * |      0 |     8 | magic `ICSQLITE`                       |  |    136 |     8 | layout version, 8                            |
 * |      8 |     4 | version, 8                             |  |    144 |     8 | number n of ranges, at most 1,024            |
 * |     12 |     4 | page size of the database, 16,384      |  |    152 |     8 | FNV-1a of all that is listed, this field as 0 |
 * |     16 |     8 | size of the database in bytes          |  |    160 |  16 n | ranges of pages that read as zero: first page and end |
 * |    112 |     8 | address of the database, from 64 KiB on |  |        |       |                                              |
 *
 * The database is in one piece. Pages in the ranges were cut off and not written since, so what is stored there is not theirs.
 */
import { type AddressRange, at, byteLength, holds, type ReadableMemory, readBytes, viewOf } from '../../core/memory/memory.ts';

export const SUPERBLOCK_MAGIC = 'ICSQLITE';
const VERSION = 8;
const HEADER_LENGTH = 160;
const CHECKSUM_AT = 152;
const MAX_RANGES = 1_024;

export interface Superblock {
  readonly database: AddressRange;
  /** Ranges of the memory that read as zero. */
  readonly zeros: readonly AddressRange[];
}

/** Reads the superblock at the start of a memory that begins with its magic. Returns undefined if it is damaged or of another version. */
export function readSuperblock(memory: ReadableMemory): Superblock | undefined {
  if (!holds(memory, 0, HEADER_LENGTH + 16 * MAX_RANGES)) return undefined;
  const header = viewOf(readBytes(memory, at(0, 0), HEADER_LENGTH));
  const word = (view: DataView, offset: number): number => Number(view.getBigUint64(offset, true));
  if (header.getUint32(8, true) !== VERSION || word(header, 136) !== VERSION) return undefined;
  const ranges = word(header, 144);
  if (ranges > MAX_RANGES) return undefined;
  const bytes = readBytes(memory, at(0, 0), HEADER_LENGTH + 16 * ranges);
  const view = viewOf(bytes);
  const checksum = view.getBigUint64(CHECKSUM_AT, true);
  view.setBigUint64(CHECKSUM_AT, 0n);
  if (fnv1a(bytes) !== checksum) return undefined;
  const [pageSize, size, start] = [view.getUint32(12, true), word(view, 16), word(view, 112)];
  if (size === 0 || start + size > byteLength(memory)) return undefined;
  const zeros = Array.from({ length: ranges }, (_, index): AddressRange => {
    const [from, to] = [160, 168].map((offset) => Math.min(size, pageSize * word(view, offset + 16 * index)));
    return { start: at(0, start + (from ?? 0)), length: Math.max(0, (to ?? 0) - (from ?? 0)) };
  });
  return { database: { start: at(0, start), length: size }, zeros };
}

/** Computes the 64-bit FNV-1a hash, in two halves of 32 bits. */
function fnv1a(bytes: Uint8Array): bigint {
  let [high, low] = [0xcbf2_9ce4, 0x8422_2325];
  for (const byte of bytes) {
    low = (low ^ byte) >>> 0;
    // The prime is 2^40 + 0x1b3.
    const product = low * 0x1b3;
    high = (Math.imul(high, 0x1b3) + Math.floor(product / 2 ** 32) + (low << 8)) >>> 0;
    low = product >>> 0;
  }
  return (BigInt(high) << 32n) | BigInt(low);
}
