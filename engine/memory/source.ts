import { LRUCache } from 'lru-cache';
import { type Address, assertHolds, copyBytes, PAGE_SIZE, type ReadableMemory } from './memory.ts';

/** Where an image's bytes come from: a file, an array. There is no way to write to one. */
export interface ByteSource {
  /** Size in bytes; any number, also none of whole pages. */
  readonly size: number;
  /** Fills `into` with the bytes from `offset` on. The caller stays inside `size`. */
  read(offset: number, into: Uint8Array): void;
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
 * A source seen as a memory: reads go through a cache of whole pages, so that a walk over small nodes costs few calls.
 * Where the source ends before the memory does (a cut or half-downloaded file) the missing bytes read as zero.
 */
export class SourceMemory implements ReadableMemory {
  readonly pages: number;
  readonly #source: ByteSource;
  readonly #cache = new LRUCache<number, Uint8Array>({ max: CACHED_PAGES });
  /** The page that was read last: most reads are of the same one. */
  #last: Uint8Array = new Uint8Array();
  #lastIndex = -1;

  constructor(source: ByteSource, pages = Math.ceil(source.size / PAGE_SIZE)) {
    this.#source = source;
    this.pages = pages;
  }

  read(from: Address, into: Uint8Array): void {
    assertHolds(this, from, into.length);
    let done = 0;
    while (done < into.length) {
      const position = from + done;
      const page = this.#page(Math.floor(position / PAGE_SIZE));
      const start = position % PAGE_SIZE;
      const length = Math.min(PAGE_SIZE - start, into.length - done);
      copyBytes(page, start, into, done, length);
      done += length;
    }
  }

  #page(index: number): Uint8Array {
    if (this.#lastIndex === index) return this.#last;
    this.#last = this.#cache.get(index) ?? this.#fetch(index);
    this.#lastIndex = index;
    return this.#last;
  }

  #fetch(index: number): Uint8Array {
    const page = new Uint8Array(PAGE_SIZE);
    const start = index * PAGE_SIZE;
    const there = Math.min(PAGE_SIZE, this.#source.size - start);
    if (there > 0) this.#source.read(start, there === PAGE_SIZE ? page : page.subarray(0, there));
    this.#cache.set(index, page);
    return page;
  }
}
