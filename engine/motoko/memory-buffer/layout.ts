/**
 * MemoryBuffer: a growable list of values in two regions. memory-buffer 0.1.0 and memory-collection 0.0 to 0.3, layout version 0
 * (src/MemoryBuffer/Base.mo). All numbers are little-endian.
 *
 * | pointers region | bytes | field                          | blobs region | bytes | field                   |
 * |----------------:|------:|--------------------------------|-------------:|------:|-------------------------|
 * |               0 |     3 | magic `BFR`                    |            0 |     3 | magic `BLB`             |
 * |               3 |     1 | layout version, 0              |            3 |     1 | layout version, 0       |
 * |               4 |     4 | id of the blobs region         |            4 |     4 | id of the pointers region |
 * |               8 |     8 | count of values                |            8 |    56 | unused                  |
 * |              16 |    48 | unused                         |           64 |       | values, wherever the allocator puts them |
 * |       64 + 12 i |     8 | address of value i in the blobs region |      |       |                         |
 * |       72 + 12 i |     4 | size of value i                |              |       |                         |
 *
 * Releases 0.0.1 and 0.0.2 of memory-buffer have no headers, and no count in stable memory. Records and values begin at 0, and no
 * value is empty.
 *
 * Ids are truncated to 32 bits. Records past the count are stale. The address of an empty value is meaningless: the library
 * writes what an allocation of no bytes returned, which is 2^64 - 1 in older versions.
 */
import {
  type Address,
  type AddressRange,
  at,
  byteLength,
  holds,
  type ReadableMemory,
  readBytes,
  viewOf,
} from '../../core/memory/memory.ts';

export const POINTERS_MAGIC = 'BFR';
export const BLOBS_MAGIC = 'BLB';
export const VERSION = 0;
export const HEADER_LENGTH = 64;
export const RECORD_LENGTH = 12;
export const SIZE_IN_RECORD = 8;
const TWO_TO_32 = 2 ** 32;

export const MAGIC_AT: AddressRange = { start: at(0, 0), length: 3 };
export const VERSION_AT: AddressRange = { start: at(0, 3), length: 1 };
export const OTHER_REGION_AT: AddressRange = { start: at(0, 4), length: 4 };
export const COUNT_AT: AddressRange = { start: at(0, 8), length: 8 };

/** The part of the header that both regions have. */
export interface BufferHeader {
  readonly magic: string;
  readonly version: number;
  /** The region that belongs to this one. */
  readonly other: number;
}

/** The address and size of a value, from its record. */
export interface ValueRecord {
  readonly address: number;
  readonly size: number;
}

export function decodeHeader(memory: ReadableMemory): BufferHeader | undefined {
  if (!holds(memory, 0, HEADER_LENGTH)) return undefined;
  const bytes = readBytes(memory, at(0, 0), 8);
  const view = viewOf(bytes);
  return { magic: String.fromCharCode(...bytes.subarray(0, 3)), version: view.getUint8(3), other: view.getUint32(4, true) };
}

/** Returns the bytes that the headers of both regions begin with. Truncates the other region's id to 32 bits. */
export function encodeHeader(magic: string, other: number): Uint8Array<ArrayBuffer> {
  const bytes = Uint8Array.from({ length: 8 }, (_, index) => magic.charCodeAt(index));
  const view = viewOf(bytes);
  view.setUint8(3, VERSION);
  view.setUint32(4, other, true);
  return bytes;
}

/** Returns the count of values that the pointers region stores. */
export function decodeCount(pointers: ReadableMemory): bigint {
  return viewOf(readBytes(pointers, COUNT_AT.start, COUNT_AT.length)).getBigUint64(0, true);
}

/** Returns the number of records that the pointers region has room for. */
export function slotsOf(pointers: ReadableMemory, header = HEADER_LENGTH): number {
  return Math.max(0, Math.floor((byteLength(pointers) - header) / RECORD_LENGTH));
}

/** Writes the count into a buffer. */
export function putCount(view: DataView, count: number): void {
  view.setUint32(0, count, true);
  view.setUint32(4, count / TWO_TO_32, true);
}

/** Returns the address of a record. `header`: bytes before the first record. */
export function recordAt(index: number, header = HEADER_LENGTH): Address {
  return at(0, header + index * RECORD_LENGTH);
}

/**
 * Reads the records from `from` up to, but not including, `to`. The pointers region must have room for them. Damaged addresses
 * above 2^53 are rounded.
 */
export function decodeRecords(
  pointers: ReadableMemory,
  from: number,
  to: number,
  header = HEADER_LENGTH,
): readonly ValueRecord[] {
  const view = viewOf(readBytes(pointers, recordAt(from, header), (to - from) * RECORD_LENGTH));
  return Array.from({ length: to - from }, (_, index) => recordIn(view, index * RECORD_LENGTH));
}

/** Returns the record at an offset in a buffer. */
export function recordIn(view: DataView, start: number): ValueRecord {
  const address = view.getUint32(start, true) + view.getUint32(start + 4, true) * TWO_TO_32;
  return { address, size: view.getUint32(start + SIZE_IN_RECORD, true) };
}

/** Writes a record into a buffer. */
export function putRecord(view: DataView, start: number, { address, size }: ValueRecord): void {
  // 2^64 - 1, the address of empty values in old versions, has been rounded up as a `number`.
  const isNowhere = address >= TWO_TO_32 * TWO_TO_32;
  view.setUint32(start, isNowhere ? -1 : address, true);
  view.setUint32(start + 4, isNowhere ? -1 : address / TWO_TO_32, true);
  view.setUint32(start + SIZE_IN_RECORD, size, true);
}
