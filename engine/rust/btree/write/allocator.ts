import { formatAddress } from '../../../core/format.ts';
import { at, holds, type Memory, writeGrowing } from '../../../core/memory/memory.ts';
import { Unreadable } from '../../../core/unreadable.ts';
import {
  ALLOCATOR_AT,
  ALLOCATOR_MAGIC,
  addressAt,
  CHUNK_FLAG,
  CHUNK_HEADER_LENGTH,
  CHUNK_MAGIC,
  CHUNK_NEXT,
  CHUNKS_AT,
  COUNT_AT,
  decodeAllocator,
  encodeAllocator,
  encodeChunk,
  FREE_HEAD_AT,
  hasMagic,
  putAddress,
} from '../layout.ts';
import { badMagic } from '../nodes/overflow.ts';

/**
 * Allocates pages for nodes and overflow pages, the last one freed first, with the same writes as the library. Pages are never
 * erased.
 */
export class ChunkAllocator {
  readonly pageSize: number;
  readonly #memory: Memory;
  readonly #header: Uint8Array;
  /** Buffer for reading or writing a chunk header. */
  readonly #chunk = new Uint8Array(CHUNK_HEADER_LENGTH);
  #allocated: number;
  #freeHead: number;

  private constructor(memory: Memory, pageSize: number, allocated: number, freeHead: number) {
    this.#memory = memory;
    this.pageSize = pageSize;
    this.#allocated = allocated;
    this.#freeHead = freeHead;
    this.#header = encodeAllocator({ pageSize, allocatedChunks: allocated, freeHead });
  }

  /** @throws Unreadable when the library would trap. */
  static load(memory: Memory): ChunkAllocator {
    const { magic, version, pageSize, allocatedChunks, freeHead } = decodeAllocator(memory);
    if (magic !== ALLOCATOR_MAGIC) throw new Unreadable(badMagic('allocator', ALLOCATOR_MAGIC));
    if (version !== 1) throw new Unreadable(`The allocator's version is ${version}, not 1.`);
    return new ChunkAllocator(memory, pageSize, allocatedChunks, freeHead);
  }

  static create(memory: Memory, pageSize: number): ChunkAllocator {
    const allocator = new ChunkAllocator(memory, pageSize, 0, 0);
    allocator.clear();
    return allocator;
  }

  /** Returns the number of pages in use. */
  get allocatedChunks(): number {
    return this.#allocated;
  }

  /** Frees all pages and starts again at the first one. The others are dropped; their bytes stay. */
  clear(): void {
    this.#freeHead = CHUNKS_AT;
    this.#saveChunk(this.#freeHead, 0, 0);
    this.#allocated = 0;
    this.#save();
  }

  /** Allocates a page. Returns its address. @throws Unreadable when the free list is damaged. */
  allocate(): number {
    const chunk = this.#freeHead;
    this.#loadChunk(chunk);
    if (this.#chunk[CHUNK_FLAG] !== 0) throw unreadable(chunk, 'of the free list is already in use');
    const next = addressAt(this.#chunk, CHUNK_NEXT);
    this.#saveChunk(chunk, 1, next);
    if (next === 0) {
      this.#freeHead = chunk + this.pageSize + CHUNK_HEADER_LENGTH;
      this.#saveChunk(this.#freeHead, 0, 0);
    } else this.#freeHead = next;
    this.#allocated += 1;
    this.#save();
    return chunk + CHUNK_HEADER_LENGTH;
  }

  /** Frees a page. @throws Unreadable when there is no page in use at `page`. */
  deallocate(page: number): void {
    const chunk = page - CHUNK_HEADER_LENGTH;
    this.#loadChunk(chunk);
    if (this.#chunk[CHUNK_FLAG] === 0) throw unreadable(chunk, 'is being freed, but it is already free');
    this.#saveChunk(chunk, 0, this.#freeHead);
    this.#freeHead = chunk;
    this.#allocated -= 1;
    this.#save();
  }

  /** Reads the header of a chunk into `#chunk`. */
  #loadChunk(chunk: number): void {
    if (!holds(this.#memory, chunk, CHUNK_HEADER_LENGTH)) throw unreadable(chunk, 'is outside the memory');
    this.#memory.read(at(0, chunk), this.#chunk);
    if (!hasMagic(this.#chunk, CHUNK_MAGIC)) throw unreadable(chunk, `does not start with "${CHUNK_MAGIC}"`);
    const version = this.#chunk[3];
    if (version !== 1) throw unreadable(chunk, `has version ${version}, not 1`);
  }

  #saveChunk(chunk: number, allocated: 0 | 1, next: number): void {
    writeGrowing(this.#memory, at(0, chunk), encodeChunk({ allocated, next }, this.#chunk));
  }

  #save(): void {
    putAddress(this.#header, COUNT_AT - ALLOCATOR_AT, this.#allocated);
    putAddress(this.#header, FREE_HEAD_AT - ALLOCATOR_AT, this.#freeHead);
    writeGrowing(this.#memory, ALLOCATOR_AT, this.#header);
  }
}

function unreadable(chunk: number, problem: string): Unreadable {
  return new Unreadable(`Chunk ${formatAddress(chunk)} ${problem}.`);
}
