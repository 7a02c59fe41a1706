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
 * Ids are cut to 32 bits. Records behind the count are stale. The address of an empty value says nothing: the library writes what an
 * allocation of no bytes returned, which is 2^64 - 1 in older versions.
 */
import { type Address, at, byteLength, holds, type ReadableMemory, readBytes, type Span, viewOf } from '../../memory/memory.ts';

export const POINTERS_MAGIC = 'BFR';
export const BLOBS_MAGIC = 'BLB';
export const VERSION = 0;
export const HEADER_LENGTH = 64;
export const RECORD_LENGTH = 12;
export const SIZE_IN_RECORD = 8;

export const MAGIC_AT: Span = { start: at(0, 0), length: 3 };
export const VERSION_AT: Span = { start: at(0, 3), length: 1 };
export const OTHER_REGION_AT: Span = { start: at(0, 4), length: 4 };
export const COUNT_AT: Span = { start: at(0, 8), length: 8 };

/** What both regions begin with. */
export interface BufferHeader {
  readonly magic: string;
  readonly version: number;
  /** The region that belongs to this one. */
  readonly other: number;
}

/** Where a value is, as its record says. */
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

/** The bytes that both regions' headers begin with; the id of the other region is cut. */
export function encodeHeader(magic: string, other: number): Uint8Array<ArrayBuffer> {
  const bytes = Uint8Array.from({ length: 8 }, (_, index) => magic.charCodeAt(index));
  const view = viewOf(bytes);
  view.setUint8(3, VERSION);
  view.setUint32(4, other, true);
  return bytes;
}

/** How many values the pointers region says there are. */
export function decodeCount(pointers: ReadableMemory): bigint {
  return viewOf(readBytes(pointers, COUNT_AT.start, COUNT_AT.length)).getBigUint64(0, true);
}

/** How many records the pointers region has room for. */
export function slotsOf(pointers: ReadableMemory): number {
  return Math.max(0, Math.floor((byteLength(pointers) - HEADER_LENGTH) / RECORD_LENGTH));
}

export function encodeCount(count: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(COUNT_AT.length);
  viewOf(bytes).setBigUint64(0, BigInt(count), true);
  return bytes;
}

export function recordAt(index: number): Address {
  return at(0, HEADER_LENGTH + index * RECORD_LENGTH);
}

/** Reads records `from` to `to` (not included), which the pointers region has room for. Damaged addresses beyond 2^53 are rounded. */
export function decodeRecords(pointers: ReadableMemory, from: number, to: number): readonly ValueRecord[] {
  const bytes = readBytes(pointers, recordAt(from), (to - from) * RECORD_LENGTH);
  const view = viewOf(bytes);
  return Array.from({ length: to - from }, (_, index) => ({
    address: Number(view.getBigUint64(index * RECORD_LENGTH, true)),
    size: view.getUint32(index * RECORD_LENGTH + SIZE_IN_RECORD, true),
  }));
}

export function encodeRecord({ address, size }: ValueRecord): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(RECORD_LENGTH);
  const view = viewOf(bytes);
  // As a number 2^64 - 1, where old versions say that a value of no bytes is, has been rounded up.
  view.setBigUint64(0, address >= 2 ** 64 ? 2n ** 64n - 1n : BigInt(address), true);
  view.setUint32(SIZE_IN_RECORD, size, true);
  return bytes;
}
