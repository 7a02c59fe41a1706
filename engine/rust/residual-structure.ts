/** Finds residual data of one structure in a memory that has the header of another one. */
import type { Budget } from '../core/budget.ts';
import { formatAddress, formatCount } from '../core/format.ts';
import {
  type Address,
  type AddressRange,
  at,
  byteLength,
  PAGE_SIZE,
  type ReadableMemory,
  readBytes,
  viewOf,
} from '../core/memory/memory.ts';
import {
  ALLOCATOR_AT,
  ALLOCATOR_MAGIC,
  type AllocatorHeader,
  CHUNK_HEADER_LENGTH,
  CHUNK_MAGIC,
  CHUNKS_AT,
  decodeAllocator,
  decodeChunk,
  FREE_HEAD_AT,
  HEADER_LENGTH,
  MIN_PAGE_SIZE,
  magicAt,
} from './btree/layout.ts';
import { NODE_MAGIC, OVERFLOW_MAGIC } from './btree/nodes/node.ts';
import { ENDS_AT, COUNT_AT as LOG_COUNT_AT } from './log/layout.ts';

/** A sign of a structure other than the one whose header is at 0. */
export interface ResidualStructure {
  /** Display name: `BTreeMap`, `Log`. */
  readonly of: string;
  readonly at: AddressRange;
  /** Description of the bytes, for use after "at address …". */
  readonly what: string;
}

/** End of the part of a map's header that the library rewrites. The bytes from there up to the allocator are never written. */
const UNWRITTEN_AT = at(0, 28);
/** The allocator's last 16 bytes are always zero. */
const ALLOCATOR_ZEROS = { start: at(ALLOCATOR_AT, 32), length: 16 } as const;

const FREE_HEAD = { start: FREE_HEAD_AT, length: 8 } as const;

/**
 * Yields residual data of a `BTreeMap` in the first `limit` bytes of a memory that has the header of another kind of structure.
 */
export function* residualOfMap(memory: ReadableMemory, limit: number, budget: Budget): Generator<ResidualStructure> {
  if (memory.pages === 0) return;
  const allocator = decodeAllocator(memory);
  const { magic, version, pageSize } = allocator;
  if (magic === ALLOCATOR_MAGIC && version === 1 && pageSize >= MIN_PAGE_SIZE && pageSize <= byteLength(memory)) {
    const what = 'the allocator of a BTreeMap';
    // Its magic can be in bytes that another header does not use; the rest cannot, unless it was written later.
    if (isWhole(memory, allocator)) yield { of: 'BTreeMap', at: FREE_HEAD, what };
    yield { of: 'BTreeMap', at: { start: ALLOCATOR_AT, length: 8 }, what };
  }
  for (const chunk of chunksIn(memory, limit, budget)) {
    const span = { start: chunk, length: CHUNK_HEADER_LENGTH };
    yield { of: 'BTreeMap', at: span, what: 'a chunk of a BTreeMap with a node in it' };
  }
}

/** Returns whether the allocator leads to a free chunk. */
function isWhole(memory: ReadableMemory, { freeHead, pageSize }: AllocatorHeader): boolean {
  const aligned = freeHead >= CHUNKS_AT && (freeHead - CHUNKS_AT) % (pageSize + CHUNK_HEADER_LENGTH) === 0;
  if (!aligned || freeHead + CHUNK_HEADER_LENGTH > byteLength(memory)) return false;
  const { magic, allocated } = decodeChunk(memory, at(0, freeHead));
  return magic === CHUNK_MAGIC && allocated === 0;
}

/** Yields chunks with nodes at possible places of the chunks of one map: in equal steps from 100 on. */
function* chunksIn(memory: ReadableMemory, limit: number, budget: Budget): Generator<Address> {
  let before: number | undefined;
  const end = Math.min(byteLength(memory), limit);
  for (let start = 0; start < end; start += PAGE_SIZE) {
    const length = Math.min(PAGE_SIZE + 2 * CHUNK_HEADER_LENGTH, byteLength(memory) - start);
    if (!budget.spend(length)) return;
    const bytes = readBytes(memory, at(0, start), length);
    for (let place = bytes.indexOf(0x43); place !== -1 && place < PAGE_SIZE; place = bytes.indexOf(0x43, place + 1)) {
      if (!isChunkWithNode(bytes, place)) continue;
      const address = start + place;
      if (before !== undefined && (before - CHUNKS_AT) % (address - before) === 0) yield at(0, before);
      before = address;
    }
  }
}

function isChunkWithNode(bytes: Uint8Array, place: number): boolean {
  if (magicAt(bytes, place) !== CHUNK_MAGIC || bytes[place + 3] !== 1 || (bytes[place + 4] ?? 2) > 1) return false;
  const body = place + CHUNK_HEADER_LENGTH;
  const magic = magicAt(bytes, body);
  const [version = 0, type = 2] = bytes.subarray(body + 3, body + 5);
  return magic === OVERFLOW_MAGIC || (magic === NODE_MAGIC && (version === 1 || version === 2) && type <= 1);
}

/**
 * Returns residual data of another kind of structure in the memory of a map, in bytes that a map never writes or that are always
 * zero. Stale bytes of a memory that was used before look the same, so the result is only meaningful if the map is damaged.
 */
export function residualInMap(memory: ReadableMemory): ResidualStructure | undefined {
  if (memory.pages === 0) return undefined;
  const bytes = readBytes(memory, at(0, 0), CHUNKS_AT);
  const unwritten = { start: UNWRITTEN_AT, length: HEADER_LENGTH - UNWRITTEN_AT };
  const header = bytes.subarray(UNWRITTEN_AT, HEADER_LENGTH);
  if (header.some((byte) => byte !== 0)) {
    const view = viewOf(bytes);
    const count = view.getBigUint64(LOG_COUNT_AT, true);
    const end = view.getBigUint64(ENDS_AT, true);
    const isIndex = bytes.subarray(28, LOG_COUNT_AT).every((byte) => byte === 0) && isSmall(count) && isSmall(end);
    if (isIndex) {
      return { of: 'Log', at: unwritten, what: `the count, ${formatCount(count)}, and the first end of a Log's index` };
    }
    return { of: 'Cell', at: unwritten, what: 'bytes that a map never writes, as the value of a Cell would leave them' };
  }
  const zeros = bytes.subarray(ALLOCATOR_ZEROS.start, ALLOCATOR_ZEROS.start + ALLOCATOR_ZEROS.length);
  if (zeros.every((byte) => byte === 0)) return undefined;
  return {
    of: 'Vec',
    at: ALLOCATOR_ZEROS,
    what: 'bytes where a map has zeros, as the items of a Vec or MinHeap would leave them',
  };
}

function isSmall(number: bigint): boolean {
  return number > 0n && number < 1n << 32n;
}

/** Returns a text such as `at 0x34 the allocator of a BTreeMap`. */
export function describeResidual({ at: { start }, what }: ResidualStructure): string {
  return `at ${formatAddress(start)} ${what}`;
}
