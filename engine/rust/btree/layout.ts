/**
 * BTreeMap and BTreeSet: header, chunk allocator, nodes and overflow pages. `ic-stable-structures`, layout versions 1 and 2
 * (btreemap.rs, btreemap/allocator.rs, btreemap/node/v1.rs and v2.rs). All numbers are little-endian; addresses are relative to
 * the map's memory, and 0 means none.
 *
 * Header
 *
 * | offset | bytes | version 1              | version 2                                              |
 * |-------:|------:|------------------------|--------------------------------------------------------|
 * |      0 |     3 | magic `BTR`            | same                                                   |
 * |      3 |     1 | layout version, 1      | 2                                                      |
 * |      4 |     4 | maximum key size, u32  | page size P, u32 (where the next field is 0xFFFFFFFF)  |
 * |      8 |     4 | maximum value size     | 0xFFFFFFFF; anything else: both fields as in version 1 |
 * |     12 |     8 | root node, u64         | same                                                   |
 * |     20 |     8 | number of entries, u64 | same                                                   |
 * |     28 |    24 | never written          | same                                                   |
 * |     52 |    48 | allocator              | same                                                   |
 *
 * A header of version 1 does not mean nodes of version 1: current code keeps the version of the header and of old nodes; new
 * nodes have version 2. With maximum sizes k and v in the header, P = 103 + 11 (8 + k + v), the size of a full node of version 1.
 *
 * Allocator, at 52                                     Chunk header, before each page
 *
 * | offset | bytes | field                          |  | offset | bytes | field                                       |
 * |-------:|------:|--------------------------------|  |-------:|------:|---------------------------------------------|
 * |     52 |     3 | magic `BTA`                    |  |      0 |     3 | magic `CHK`                                 |
 * |     55 |     1 | version, 1                     |  |      3 |     1 | version, 1                                  |
 * |     56 |     4 | zero                           |  |      4 |     1 | allocated: 0 or 1                           |
 * |     60 |     8 | page size P, u64               |  |      5 |     3 | zero                                        |
 * |     68 |     8 | allocated chunks, u64          |  |      8 |     8 | next chunk in the free list, u64; stale if allocated |
 * |     76 |     8 | head of the free list, u64     |
 * |     84 |    16 | zero                           |  Chunk i starts at 100 + i (P + 16).
 *
 * The free list is never empty. Its last chunk is always the highest ever created, and only the page of that chunk may extend
 * past the end of the memory.
 */
import { type Address, at, byteLength, type ReadableMemory, readBytes, viewOf } from '../../core/memory/memory.ts';

export const MAGIC = 'BTR';
export const ALLOCATOR_MAGIC = 'BTA';
/** In the header of a chunk. */
export const CHUNK_VERSION = 1;
export const CHUNK_MAGIC = 'CHK';

export const HEADER_LENGTH = 52;
/** Length in bytes of the written part of the header. The bytes from there up to the allocator are never written. */
export const WRITTEN_HEADER_LENGTH = 28;
export const ROOT_AT = at(0, 12);
export const LENGTH_AT = at(0, 20);
export const ALLOCATOR_AT = at(0, 52);
export const ALLOCATOR_LENGTH = 48;
export const COUNT_AT = at(0, 68);
export const FREE_HEAD_AT = at(0, 76);
export const CHUNKS_AT = at(0, 100);

export const CHUNK_HEADER_LENGTH = 16;
/** Offsets in a chunk header. */
export const CHUNK_FLAG = 4;
export const CHUNK_NEXT = 8;

/** Entries in a full node. A node other than the root has at least `MIN_ENTRIES`. */
export const MAX_ENTRIES = 11;
export const MIN_ENTRIES = 5;

/** Address of the maximum size of values, in version 1. */
export const VALUE_BOUND_AT = at(0, 8);
/** Stored in place of the maximum value size when the field before it is the page size. */
export const PAGE_SIZE_MARKER = 0xffff_ffff;
/** Minimum page size, which the library asserts. */
export const MIN_PAGE_SIZE = 128;
/** Page size for keys or values without a bound. */
export const DEFAULT_PAGE_SIZE = 1024;

export interface BTreeHeader {
  readonly magic: string;
  readonly version: number;
  readonly pageSize: number;
  /** Maximum sizes of keys and values in bytes; undefined in version 2, whose header does not store them. */
  readonly bounds: { readonly key: number; readonly value: number } | undefined;
  readonly root: number;
  readonly length: bigint;
}

export interface AllocatorHeader {
  readonly magic: string;
  readonly version: number;
  readonly pageSize: number;
  readonly allocatedChunks: number;
  readonly freeHead: number;
}

/** Returns the size of a full node of version 1, which is the page size of a map created with version 1. */
export function fullNodeSize(key: number, value: number): number {
  return 103 + 11 * (8 + key + value);
}

/** Returns the page size of a new map whose keys and values have these bounds. */
export function pageSizeFor(key: number, value: number): number {
  return Math.floor((fullNodeSize(key, value) * 3) / 4);
}

/** Returns the sum of key and value bound for which `pageSizeFor` returns this page size; undefined if there is none. */
export function boundsOf(pageSize: number): number | undefined {
  const sum = Math.ceil((pageSize * 4) / 3 / 11 - fullNodeSize(0, 0) / 11);
  return [sum - 1, sum].find((one) => one >= 0 && pageSizeFor(one, 0) === pageSize);
}

/** Returns the three letters at `start`. */
export function magicAt(bytes: Uint8Array, start = 0): string {
  return String.fromCharCode(bytes[start] ?? 0, bytes[start + 1] ?? 0, bytes[start + 2] ?? 0);
}

/** Returns whether a magic is at `start`. It is faster than `magicAt`. */
export function hasMagic(bytes: Uint8Array, magic: string, start = 0): boolean {
  for (let index = 0; index < magic.length; index += 1) if (bytes[start + index] !== magic.charCodeAt(index)) return false;
  return true;
}

/** Reads the header as it is, whatever the magic. The memory must have at least one page. */
export function decodeHeader(memory: ReadableMemory): BTreeHeader {
  const bytes = readBytes(memory, at(0, 0), HEADER_LENGTH);
  const view = viewOf(bytes);
  const version = view.getUint8(3);
  const [first, second] = [view.getUint32(4, true), view.getUint32(8, true)];
  const bounds = version === 1 || second !== PAGE_SIZE_MARKER ? { key: first, value: second } : undefined;
  return {
    magic: magicAt(bytes),
    version,
    pageSize: bounds ? fullNodeSize(first, second) : first,
    bounds,
    root: Number(view.getBigUint64(ROOT_AT, true)),
    length: view.getBigUint64(LENGTH_AT, true),
  };
}

export function decodeAllocator(memory: ReadableMemory): AllocatorHeader {
  const bytes = readBytes(memory, ALLOCATOR_AT, ALLOCATOR_LENGTH);
  const view = viewOf(bytes);
  const word = (address: Address | number): number => Number(view.getBigUint64(address - ALLOCATOR_AT, true));
  return {
    magic: magicAt(bytes),
    version: view.getUint8(3),
    pageSize: word(60),
    allocatedChunks: word(COUNT_AT),
    freeHead: word(FREE_HEAD_AT),
  };
}

export interface ChunkHeader {
  readonly magic: string;
  readonly version: number;
  /** 0 or 1 in an intact header. */
  readonly allocated: number;
  readonly next: number;
}

/** Reads the 16 bytes at `chunk`, which must be inside the memory. Frequent callers may pass a buffer as `into`. */
export function decodeChunk(memory: ReadableMemory, chunk: number, into = new Uint8Array(CHUNK_HEADER_LENGTH)): ChunkHeader {
  memory.read(at(0, chunk), into);
  return {
    magic: magicAt(into),
    version: into[3] ?? 0,
    allocated: into[CHUNK_FLAG] ?? 0,
    next: addressAt(into, CHUNK_NEXT),
  };
}

/** Encodes the part of the header that the library rewrites at every change of the root or the length. */
export function encodeHeader({ version, pageSize, bounds, root, length }: Omit<BTreeHeader, 'magic'>): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(WRITTEN_HEADER_LENGTH);
  putMagic(bytes, MAGIC, version);
  putU32(bytes, 4, bounds?.key ?? pageSize);
  putU32(bytes, 8, bounds?.value ?? PAGE_SIZE_MARKER);
  putAddress(bytes, ROOT_AT, root);
  viewOf(bytes).setBigUint64(LENGTH_AT, length, true);
  return bytes;
}

export function encodeAllocator(
  header: Pick<AllocatorHeader, 'pageSize' | 'allocatedChunks' | 'freeHead'>,
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(ALLOCATOR_LENGTH);
  putMagic(bytes, ALLOCATOR_MAGIC, 1);
  putAddress(bytes, 60 - ALLOCATOR_AT, header.pageSize);
  putAddress(bytes, COUNT_AT - ALLOCATOR_AT, header.allocatedChunks);
  putAddress(bytes, FREE_HEAD_AT - ALLOCATOR_AT, header.freeHead);
  return bytes;
}

/** Encodes a chunk header. Frequent callers may pass a buffer as `bytes`. */
export function encodeChunk(
  { allocated, next }: Pick<ChunkHeader, 'allocated' | 'next'>,
  bytes = new Uint8Array(CHUNK_HEADER_LENGTH),
): Uint8Array<ArrayBuffer> {
  putMagic(bytes, CHUNK_MAGIC, 1);
  putU32(bytes, CHUNK_FLAG, allocated);
  putAddress(bytes, CHUNK_NEXT, next);
  return bytes;
}

function putMagic(bytes: Uint8Array, magic: string, version: number): void {
  for (let index = 0; index < 3; index += 1) bytes[index] = magic.charCodeAt(index);
  bytes[3] = version;
}

export function putU32(bytes: Uint8Array, position: number, value: number): void {
  bytes[position] = value;
  bytes[position + 1] = value >>> 8;
  bytes[position + 2] = value >>> 16;
  bytes[position + 3] = value >>> 24;
}

function u32At(bytes: Uint8Array, position: number): number {
  const low = (bytes[position] ?? 0) | ((bytes[position + 1] ?? 0) << 8);
  return (low | ((bytes[position + 2] ?? 0) << 16) | ((bytes[position + 3] ?? 0) << 24)) >>> 0;
}

/** Reads an address or a count of chunks, a u64. */
export function addressAt(bytes: Uint8Array, position: number): number {
  return u32At(bytes, position) + u32At(bytes, position + 4) * 2 ** 32;
}

/** Writes an address or a count of chunks, as u64. */
export function putAddress(bytes: Uint8Array, position: number, value: number): void {
  // `>>> 0` is the remainder modulo 2^32.
  putU32(bytes, position, value >>> 0);
  putU32(bytes, position + 4, Math.floor(value / 2 ** 32));
}

/** The places where chunks can start: every (P + 16) bytes from 100 on. */
export class ChunkGrid {
  readonly pageSize: number;
  /** Bytes from one chunk to the next. */
  readonly stride: number;
  readonly #memory: ReadableMemory;

  constructor(memory: ReadableMemory, pageSize: number) {
    this.pageSize = pageSize;
    this.stride = pageSize + CHUNK_HEADER_LENGTH;
    this.#memory = memory;
  }

  /** Returns the maximum number of chunks that start inside the memory. */
  get capacity(): number {
    return Math.max(0, Math.floor((byteLength(this.#memory) - CHUNKS_AT - CHUNK_HEADER_LENGTH) / this.stride) + 1);
  }

  addressOf(index: number): Address {
    return at(CHUNKS_AT, index * this.stride);
  }

  /** Returns the index of the chunk that starts exactly at `chunk`; undefined if no chunk can start there. */
  indexOf(chunk: number): number | undefined {
    const index = (chunk - CHUNKS_AT) / this.stride;
    return Number.isInteger(index) && index >= 0 ? index : undefined;
  }

  /** Returns whether the header and the page of a chunk at `chunk` are inside the memory. */
  holds(chunk: number): boolean {
    return chunk >= CHUNKS_AT && chunk + this.stride <= byteLength(this.#memory);
  }
}
