/**
 * Vec and MinHeap: items in slots of one size. `ic-stable-structures`, layout version 1, the only version (base_vec.rs). Numbers
 * are little-endian.
 *
 * | offset   | bytes | field                                                             |
 * |---------:|------:|-------------------------------------------------------------------|
 * |        0 |     3 | magic: `SVC` of a Vec, `SMH` of a MinHeap                         |
 * |        3 |     1 | layout version, 1                                                 |
 * |        4 |     8 | number of items, u64                                              |
 * |       12 |     4 | maximum item size m, u32                                          |
 * |       16 |     1 | 1: all items have that size                                       |
 * |       17 |    47 | never written                                                     |
 * | 64 + i S |     S | slot i: the item; if sizes vary, its size in w bytes before it    |
 *
 * S = m, or m + w if sizes vary; w is the smallest of 1, 2 and 4 bytes into which m fits. The bytes of a slot after its item are
 * stale. Removing items only lowers their number. The memory grows page by page, so it may end inside the last slot, after its
 * item.
 */
import { at, type ReadableMemory, readBytes, viewOf } from '../../core/memory/memory.ts';

export const VEC_MAGIC = 'SVC';
export const HEAP_MAGIC = 'SMH';
export const VERSION = 1;
export const LENGTH_AT = at(0, 4);
export const MAX_SIZE_AT = at(0, 12);
/** Length of the maximum size and the fixed flag, which are adjacent. */
export const ITEM_TYPE_LENGTH = 5;
export const FIXED_AT = at(0, 16);
export const SLOTS_AT = at(0, 64);

export interface VecHeader {
  readonly magic: string;
  readonly version: number;
  readonly length: bigint;
  readonly maxSize: number;
  /** 0 or 1 if intact; the library treats every value except 0 as fixed. */
  readonly fixed: number;
}

/** Reads the header as it is, whatever the magic. The memory must have at least one page. */
export function decodeHeader(memory: ReadableMemory): VecHeader {
  const bytes = readBytes(memory, at(0, 0), SLOTS_AT);
  const view = viewOf(bytes);
  return {
    magic: String.fromCharCode(...bytes.subarray(0, 3)),
    version: view.getUint8(3),
    length: view.getBigUint64(LENGTH_AT, true),
    maxSize: view.getUint32(MAX_SIZE_AT, true),
    fixed: view.getUint8(FIXED_AT),
  };
}

/** Encodes a header, up to the bytes that are never written. */
export function encodeHeader(header: VecHeader): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(MAX_SIZE_AT + ITEM_TYPE_LENGTH);
  bytes.set([...header.magic].map((letter) => letter.charCodeAt(0)));
  const view = viewOf(bytes);
  view.setUint8(3, header.version);
  view.setBigUint64(LENGTH_AT, header.length, true);
  view.setUint32(MAX_SIZE_AT, header.maxSize, true);
  view.setUint8(FIXED_AT, header.fixed);
  return bytes;
}

/** The part of the header about item sizes. */
export type ItemSizes = Pick<VecHeader, 'maxSize' | 'fixed'>;

/** Returns the bytes of the size field before an item; 0 if all items have one size. */
export function sizeWidth({ maxSize, fixed }: ItemSizes): number {
  if (fixed !== 0) return 0;
  return maxSize <= 0xff ? 1 : maxSize <= 0xffff ? 2 : 4;
}

export function slotSize(sizes: ItemSizes): number {
  return sizes.maxSize + sizeWidth(sizes);
}
