/**
 * Motoko's region manager: growable regions in one stable memory, made of blocks of 8 MiB. Format version 2, the only one that a
 * release of moc has written (rts/motoko-rts/src/region.rs, moc 0.9 to 1.1). All numbers are little-endian; the header is packed.
 *
 * | offset     | bytes | field                                                                  |
 * |-----------:|------:|------------------------------------------------------------------------|
 * |          0 |     8 | magic `MOREGION`; its first four bytes are zero in a pre-upgrade image |
 * |          8 |     4 | format version, 2                                                      |
 * |         12 |     2 | pages in a block, 128                                                  |
 * |         14 |     8 | where block 0 begins in the image: 1 MiB; 8 MiB where `ExperimentalStableMemory` came before |
 * |         22 |     4 | blocks allocated so far, T                                             |
 * |         26 |     8 | the next region id, at least 16                                        |
 * |  34 + 11 b |     8 | region id + 1 of block b, b = 0 to 32767; 0 if it belongs to no region |
 * |  42 + 11 b |     2 | rank: the block's position in its region                               |
 * |  44 + 11 b |     1 | pages in use, 1 to 128; 128 in every block but the region's last       |
 * |     360482 |       | end of the table; the manager has six pages in all                     |
 *
 * There is no table of regions: a region consists of the blocks that name it. A region that never grew has left no trace.
 */
import { type Address, at, PAGE_SIZE, type ReadableMemory, readBytes, viewOf } from '../../core/memory/memory.ts';

export const MAGIC = 'MOREGION';
export const VERSION = 2;
export const BLOCK_PAGES = 128;
export const MAX_BLOCKS = 32_768;
/** First id of ordinary regions. Region 0 is the former `ExperimentalStableMemory`; the ids up to 15 are reserved. */
export const FIRST_REGION = 16;

export const VERSION_AT = at(0, 8);
export const BLOCK_PAGES_AT = at(0, 12);
export const BLOCK_BASE_AT = at(0, 14);
export const BLOCKS_AT = at(0, 22);
export const NEXT_REGION_AT = at(0, 26);
export const TABLE_AT = at(0, 34);
export const ENTRY_LENGTH = 11;
export const RANK_IN_ENTRY = 8;
export const PAGES_IN_ENTRY = 10;
/** The manager's own pages. A reserved area may follow, before the first block. */
export const METADATA_PAGES = 6;
export const METADATA_LENGTH = METADATA_PAGES * PAGE_SIZE;

/** Start of block 0: in a memory that began with regions, and in one that `ExperimentalStableMemory` had used. */
export const BLOCK_BASE = 16 * PAGE_SIZE;
export const MIGRATED_BLOCK_BASE = BLOCK_PAGES * PAGE_SIZE;

export interface RegionManagerHeader {
  /** The first eight bytes, each as one letter. */
  readonly magic: string;
  readonly version: number;
  readonly blockPages: number;
  readonly blockBase: number;
  readonly blocks: number;
  /** Damaged numbers above 2^53 are rounded, here and in the table. */
  readonly nextRegion: number;
}

/** An entry of the block table. */
export interface BlockEntry {
  readonly block: number;
  /** Undefined if the block belongs to no region. */
  readonly region: number | undefined;
  readonly rank: number;
  readonly pages: number;
}

/** Reads the header as it is, whatever the magic. Returns undefined if the image is smaller than a manager. */
export function decodeHeader(image: ReadableMemory): RegionManagerHeader | undefined {
  if (image.pages < METADATA_PAGES) return undefined;
  const bytes = readBytes(image, at(0, 0), TABLE_AT);
  const view = viewOf(bytes);
  return {
    magic: String.fromCharCode(...bytes.subarray(0, MAGIC.length)),
    version: view.getUint32(VERSION_AT, true),
    blockPages: view.getUint16(BLOCK_PAGES_AT, true),
    blockBase: Number(view.getBigUint64(BLOCK_BASE_AT, true)),
    blocks: view.getUint32(BLOCKS_AT, true),
    nextRegion: Number(view.getBigUint64(NEXT_REGION_AT, true)),
  };
}

/** Reads the table's entries from `from` up to, but not including, `to`. */
export function decodeEntries(image: ReadableMemory, from: number, to: number): BlockEntry[] {
  const bytes = readBytes(image, entryAt(from), (to - from) * ENTRY_LENGTH);
  const view = viewOf(bytes);
  return Array.from({ length: to - from }, (_, index) => {
    const start = index * ENTRY_LENGTH;
    const owner = Number(view.getBigUint64(start, true));
    return {
      block: from + index,
      region: owner === 0 ? undefined : owner - 1,
      rank: view.getUint16(start + RANK_IN_ENTRY, true),
      pages: view.getUint8(start + PAGES_IN_ENTRY),
    };
  });
}

export function encodeHeader(header: Omit<RegionManagerHeader, 'magic'>): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(TABLE_AT);
  bytes.set([...MAGIC].map((letter) => letter.charCodeAt(0)));
  const view = viewOf(bytes);
  view.setUint32(VERSION_AT, header.version, true);
  view.setUint16(BLOCK_PAGES_AT, header.blockPages, true);
  view.setBigUint64(BLOCK_BASE_AT, BigInt(header.blockBase), true);
  view.setUint32(BLOCKS_AT, header.blocks, true);
  view.setBigUint64(NEXT_REGION_AT, BigInt(header.nextRegion), true);
  return bytes;
}

export function encodeEntry(region: number, rank: number, pages: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(ENTRY_LENGTH);
  const view = viewOf(bytes);
  view.setBigUint64(0, BigInt(region) + 1n, true);
  view.setUint16(RANK_IN_ENTRY, rank, true);
  view.setUint8(PAGES_IN_ENTRY, pages);
  return bytes;
}

/** Returns the address of a block's entry in the table. */
export function entryAt(block: number): Address {
  return at(TABLE_AT, block * ENTRY_LENGTH);
}
