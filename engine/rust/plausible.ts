/** Checks of each kind of header, apart from magic and version, that the bytes of a structure pass and text does not. */
import { at, holds, type ReadableMemory, readBytes } from '../core/memory/memory.ts';
import { isTextUpToZeros } from '../values/guessing/plain-text.ts';
import {
  ALLOCATOR_AT,
  ALLOCATOR_MAGIC,
  CHUNK_MAGIC,
  CHUNKS_AT,
  decodeAllocator,
  decodeHeader as decodeMap,
} from './btree/layout.ts';
import { NODE_MAGIC } from './btree/nodes/node.ts';
import { decodeHeader as decodeCell, VALUE_AT } from './cell/layout.ts';
import { decodeHeader as decodeLog, ENDS_AT, endOf, endsThere, COUNT_AT as LOG_COUNT_AT } from './log/layout.ts';
import { decodeHeader as decodeVec, FIXED_AT, LENGTH_AT, MAX_SIZE_AT, SLOTS_AT, slotSize } from './vec/layout.ts';

/** Bytes read at the start of a memory. No header is longer. */
const HEADER_LENGTH = 64;
/** Bytes read at the end of a Cell's value, and after it. */
const CELL_SAMPLE = 16;
/** Limit of the item size in bytes: larger than any item that a program keeps in a Vec. */
const MAX_ITEM_SIZE = 1 << 20;
/** Maximum ends of a Log's entries that are compared. */
const ENDS_COMPARED = 32;

/** Returns whether the magic and the bytes from `start` on are text, followed only by zeros. */
export function isText(memory: ReadableMemory, start: 3 | 4): boolean {
  return isTextUpToZeros(readBytes(memory, at(0, 0), HEADER_LENGTH), start);
}

/** Returns whether the allocator of a map is where it should be. */
export function hasAllocator(memory: ReadableMemory): boolean {
  return beginsWith(memory, ALLOCATOR_AT, ALLOCATOR_MAGIC);
}

/** Returns whether the first chunk of a map's allocator is where it should be. */
export function hasFirstChunk(memory: ReadableMemory): boolean {
  return beginsWith(memory, CHUNKS_AT, `${CHUNK_MAGIC}\x01`);
}

/** Returns whether a map and its allocator, which both store the page size, agree about it. */
export function agreesOnPageSize(memory: ReadableMemory): boolean {
  const { pageSize } = decodeMap(memory);
  return pageSize > 0 && decodeAllocator(memory).pageSize === pageSize;
}

/** Returns whether a map's root is a node. */
export function leadsToNode(memory: ReadableMemory): boolean {
  return beginsWith(memory, decodeMap(memory).root, NODE_MAGIC);
}

/** Returns whether the number of slots in the header fits the memory. */
export function couldBeVec(memory: ReadableMemory, room: number): boolean {
  const header = decodeVec(memory);
  return header.fixed <= 1 && header.maxSize > 0 && Number(header.length) * slotSize(header) <= room - SLOTS_AT;
}

/**
 * Returns whether the header of a Vec is intact after the first half of its length: zeros, the item size, the fixed flag, zeros.
 */
export function couldBeVecHeader(memory: ReadableMemory): boolean {
  const { maxSize, fixed } = decodeVec(memory);
  return (
    fixed <= 1 &&
    maxSize > 0 &&
    maxSize < MAX_ITEM_SIZE &&
    isZero(memory, LENGTH_AT + 4, MAX_SIZE_AT) &&
    isZero(memory, FIXED_AT + 1, SLOTS_AT)
  );
}

/** Returns whether a value of the length in the header fits the memory. */
export function couldBeCell(memory: ReadableMemory, room: number): boolean {
  return decodeCell(memory).length <= room - VALUE_AT;
}

/** Returns whether there is a value that ends where the header says: with nonzero bytes, followed by zeros. */
export function endsAsCell(memory: ReadableMemory): boolean {
  const { length, version } = decodeCell(memory);
  // An empty value has no end to check, and a magic followed by zeros may be just three letters.
  if (length === 0) return version !== 0;
  const end = VALUE_AT + length;
  const start = end - CELL_SAMPLE;
  if (!holds(memory, start, 2 * CELL_SAMPLE)) return true;
  return (length <= CELL_SAMPLE || !isZero(memory, start, end)) && isZero(memory, end, end + CELL_SAMPLE);
}

/** Returns whether the index has room for its count of ends, and the ends ascend. */
export function couldBeLogIndex(memory: ReadableMemory): boolean {
  const header = decodeLog(memory);
  const ends = endsThere(memory, header);
  if (!isReserved(memory) || BigInt(ends) !== header.count) return false;
  const compared = Math.min(ends, ENDS_COMPARED);
  let before = 0;
  for (let index = 0; index < compared; index += 1) {
    const position = Math.round((index * (ends - 1)) / Math.max(1, compared - 1));
    if (!holds(memory, at(ENDS_AT, 8 * position), 8)) break;
    const end = endOf(memory, position);
    if (end < before) return false;
    before = end;
  }
  return true;
}

/** Returns whether the bytes that both memories of a Log reserve are zero. */
export function isReserved(memory: ReadableMemory): boolean {
  return isZero(memory, 4, LOG_COUNT_AT);
}

function beginsWith(memory: ReadableMemory, start: number, magic: string): boolean {
  return holds(memory, start, magic.length) && latin(readBytes(memory, at(0, start), magic.length)) === magic;
}

function isZero(memory: ReadableMemory, from: number, to: number): boolean {
  return readBytes(memory, at(0, from), to - from).every((byte) => byte === 0);
}

function latin(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
