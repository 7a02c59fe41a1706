/**
 * StableBTree, a port of the Rust `BTreeMap` to Motoko (github.com/sardariuss/MotokoStableBTree and its descendants): the layout
 * of version 1 with the same magics, but **all numbers are big-endian**. It is in a region, in a memory of the port's
 * `MemoryManager`, or in all of stable memory. Texts are UTF-32, big-endian. Numbers in keys are big-endian, too, so keys are in
 * the order of their bytes.
 *
 * | offset | bytes | header and allocator                       |  | offset | bytes     | chunk and node                              |
 * |-------:|------:|--------------------------------------------|  |-------:|----------:|---------------------------------------------|
 * |      0 |     4 | magic `BTR`, version 1                     |  |      0 |         4 | magic `CHK`, version 1                      |
 * |      4 |     4 | greatest key size k, u32                   |  |      4 |         1 | allocated: 0 or 1                           |
 * |      8 |     4 | greatest value size v, u32                 |  |      8 |         8 | next chunk in the free list, u64            |
 * |     12 |     8 | root node, u64                             |  |     16 |         4 | magic `BTN`, version 1                      |
 * |     20 |     8 | number of entries, u64                     |  |     20 |         1 | type: 0 leaf, 1 internal                    |
 * |     52 |     4 | magic `BTA`, version 1                     |  |     21 |         2 | entries n, u16                              |
 * |     60 |     8 | page size P = 103 + 11 (8 + k + v), u64    |  |     23 | n records | key size u32, k bytes, value size u32, v bytes |
 * |     68 |     8 | allocated chunks, u64                      |  |      … | 8 (n + 1) | internal only: children, u64                |
 * |     76 |     8 | head of the free list, u64                 |  |        |           | Chunk i is at 100 + i (P + 16).             |
 *
 * Only the byte order of the numbers differs from the Rust layout. So the reader of the Rust layout reads it, through a view that
 * swaps the bytes of these numbers.
 */
import { type AddressRange, at, byteLength, type ReadableMemory, readBytes, viewOf } from '../../core/memory/memory.ts';
import {
  ALLOCATOR_AT,
  ALLOCATOR_MAGIC,
  CHUNK_HEADER_LENGTH,
  CHUNK_NEXT,
  CHUNKS_AT,
  COUNT_AT,
  FREE_HEAD_AT,
  fullNodeSize,
  LENGTH_AT,
  MAGIC,
  MAX_ENTRIES,
  magicAt,
  ROOT_AT,
} from '../../rust/btree/layout.ts';
import { INTERNAL, COUNT_AT as NODE_COUNT_AT, TYPE_AT } from '../../rust/btree/nodes/node.ts';

const KEY_BOUND: AddressRange = { start: at(0, 4), length: 4 };
const VALUE_BOUND: AddressRange = { start: at(0, 8), length: 4 };
const PAGE_SIZE_AT = at(0, 60);

const HEADER_NUMBERS: readonly AddressRange[] = [
  KEY_BOUND,
  VALUE_BOUND,
  { start: ROOT_AT, length: 8 },
  { start: LENGTH_AT, length: 8 },
];
const ALLOCATOR_NUMBERS: readonly AddressRange[] = [
  { start: PAGE_SIZE_AT, length: 8 },
  { start: COUNT_AT, length: 8 },
  { start: FREE_HEAD_AT, length: 8 },
];
/** All numbers before the first chunk, in the order of their addresses. */
export const FIXED_NUMBERS: readonly AddressRange[] = [...HEADER_NUMBERS, ...ALLOCATOR_NUMBERS];

/** Offset of the records in a node. */
const RECORDS_AT = 7;

/** Maximum sizes of keys and values, and the page size of a node, in bytes. */
export interface Sizes {
  readonly key: number;
  readonly value: number;
  readonly page: number;
}

/**
 * Reads the sizes of the map at the start of a memory, if its numbers are big-endian. They are, if header and allocator agree on
 * the page size only in this byte order or, in case one of them is damaged, if both have small numbers only in this byte order.
 * Returns undefined if there is no map, or one of the Rust library.
 */
export function sizesOf(memory: ReadableMemory): Sizes | undefined {
  if (memory.pages === 0) return undefined;
  const bytes = readBytes(memory, at(0, 0), CHUNKS_AT);
  const magics = [magicAt(bytes) === MAGIC, magicAt(bytes, ALLOCATOR_AT) === ALLOCATOR_MAGIC];
  if (!magics.includes(true)) return undefined;
  const turned = sizesIn(bytes, false);
  const agrees = turned.page === turned.own;
  const isRust = sizesIn(bytes, true).page === sizesIn(bytes, true).own;
  const isSmall = leaning(bytes, HEADER_NUMBERS) > 0 && leaning(bytes, ALLOCATOR_NUMBERS) > 0;
  if (isRust || !(agrees || isSmall)) return undefined;
  const { key, value, page, own } = turned;
  // If one of the two is damaged, the other gives the distance of the chunks.
  return { key, value, page: page <= byteLength(memory) ? page : own };
}

/** Reads the sizes in one byte order. `own` is the page size that follows from the sizes of keys and values. */
function sizesIn(bytes: Uint8Array, isLittle: boolean): Sizes & { readonly own: number } {
  const view = viewOf(bytes);
  const key = view.getUint32(KEY_BOUND.start, isLittle);
  const value = view.getUint32(VALUE_BOUND.start, isLittle);
  return { key, value, page: Number(view.getBigUint64(PAGE_SIZE_AT, isLittle)), own: fullNodeSize(key, value) };
}

/**
 * Returns the number of leading zero bytes of the numbers minus the number of trailing ones. A positive result means that they
 * are small when read as big-endian.
 */
export function leaning(bytes: Uint8Array, numbers: readonly AddressRange[]): number {
  let more = 0;
  for (const { start, length } of numbers) {
    const number = bytes.subarray(start, start + length);
    const zerosBefore = number.findIndex((byte) => byte !== 0);
    const zerosAfter = length - 1 - number.findLastIndex((byte) => byte !== 0);
    if (zerosBefore >= 0) more += zerosBefore - zerosAfter;
  }
  return more;
}

/** Yields the numbers of the chunk at `chunk` in the order of their addresses. The chunk's headers must be inside the memory. */
export function* numbersOfChunk(memory: ReadableMemory, chunk: number, { key, value }: Sizes): Generator<AddressRange> {
  const number = (start: number, length: number): AddressRange => ({ start: at(0, chunk + start), length });
  yield number(CHUNK_NEXT, 8);
  const node = readBytes(memory, at(0, chunk + CHUNK_HEADER_LENGTH), RECORDS_AT);
  const entries = Math.min(viewOf(node).getUint16(NODE_COUNT_AT), MAX_ENTRIES);
  yield number(CHUNK_HEADER_LENGTH + NODE_COUNT_AT, 2);
  let position = CHUNK_HEADER_LENGTH + RECORDS_AT;
  for (let entry = 0; entry < entries; entry += 1) {
    yield number(position, 4);
    yield number(position + 4 + key, 4);
    position += 8 + key + value;
  }
  if (node[TYPE_AT] !== INTERNAL) return;
  for (let child = 0; child <= entries; child += 1, position += 8) yield number(position, 8);
}
