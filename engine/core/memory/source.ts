import { LRUCache } from 'lru-cache';
import { type Address, assertHolds, copyBytes, PAGE_SIZE, type ReadableMemory } from './memory.ts';

/** A read-only source of an image's bytes: a file or an array. */
export interface ByteSource {
  /** Size in bytes, not necessarily a multiple of the page size. */
  readonly size: number;
  /** Fills `into` with the bytes from `offset` on. The range must be inside `size`. */
  read(offset: number, into: Uint8Array): void;
  /** Returns true if a range is known to have only zeros, because the file has a hole there. The range must be inside `size`. */
  isHole?(offset: number, length: number): boolean;
}

export class BytesSource implements ByteSource {
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get size(): number {
    return this.#bytes.length;
  }

  read(offset: number, into: Uint8Array): void {
    into.set(this.#bytes.subarray(offset, offset + into.length));
  }
}

const CACHED_PAGES = 1024;
/**
 * Maximum length in bytes of a short read. The first short reads of a page do not fetch the whole page, so that scattered headers
 * are cheap to read.
 */
const SHORT_READ = 4_096;
const MAX_TOUCHES = 4;
const MAX_TOUCHED = 4_096;

/** Reads of at least this many bytes bypass the cache: they walk over everything once, and would evict what small reads need again. */
const LONG_READ = 16 * PAGE_SIZE;

/**
 * A source as a memory. Reads go through a cache of whole pages, so that a walk over small nodes needs few calls. When the source
 * ends before the memory does (a file that was cut off or only partly downloaded), the missing bytes read as zero.
 */
export class SourceMemory implements ReadableMemory {
  readonly pages: number;
  readonly #source: ByteSource;
  readonly #cache = new LRUCache<number, Uint8Array>({ max: CACHED_PAGES });
  /** The page that was read last; most reads are from it. */
  #last: Uint8Array = new Uint8Array();
  #lastIndex = -1;
  /** Number of short reads by page. */
  readonly #touches = new Map<number, number>();

  constructor(source: ByteSource, pages = Math.ceil(source.size / PAGE_SIZE)) {
    this.#source = source;
    this.pages = pages;
  }

  read(from: Address, into: Uint8Array): void {
    assertHolds(this, from, into.length);
    if (into.length >= LONG_READ) {
      this.#readFromSource(from, into);
      return;
    }
    let done = 0;
    while (done < into.length) {
      const position = from + done;
      const index = Math.floor(position / PAGE_SIZE);
      const start = position % PAGE_SIZE;
      const length = Math.min(PAGE_SIZE - start, into.length - done);
      if (length > SHORT_READ || !this.#isFirstTouch(index, position + length))
        copyBytes(this.#page(index), start, into, done, length);
      else this.#source.read(position, into.subarray(done, done + length));
      done += length;
    }
  }

  isHole(from: Address, length: number): boolean {
    const there = Math.max(0, Math.min(length, this.#source.size - from));
    return there === 0 || (this.#source.isHole?.(from, there) ?? false);
  }

  /** Returns whether this is one of the first few short reads of a page, and counts it. */
  #isFirstTouch(index: number, end: number): boolean {
    if (end > this.#source.size || this.#lastIndex === index || this.#cache.has(index)) return false;
    const touches = this.#touches.get(index) ?? 0;
    if (touches >= MAX_TOUCHES) return false;
    if (this.#touches.size >= MAX_TOUCHED) this.#touches.clear();
    this.#touches.set(index, touches + 1);
    return true;
  }

  #page(index: number): Uint8Array {
    if (this.#lastIndex === index) return this.#last;
    this.#last = this.#cache.get(index) ?? this.#fetch(index);
    this.#lastIndex = index;
    return this.#last;
  }

  #fetch(index: number): Uint8Array {
    const page = new Uint8Array(PAGE_SIZE);
    this.#readFromSource(index * PAGE_SIZE, page);
    this.#cache.set(index, page);
    return page;
  }

  #readFromSource(start: number, into: Uint8Array): void {
    const there = Math.max(0, Math.min(into.length, this.#source.size - start));
    if (there > 0) this.#source.read(start, there === into.length ? into : into.subarray(0, there));
    into.fill(0, there);
  }
}
