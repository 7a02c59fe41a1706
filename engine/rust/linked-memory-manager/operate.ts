import { type Address, at, type Memory, PAGE_SIZE, readBytes } from '../../core/memory/memory.ts';
import { MAX_PAGES } from '../../core/memory/overlay.ts';
import { Unreadable } from '../../core/unreadable.ts';
import { bucketsFor, MAX_MEMORIES } from '../memory-manager/layout.ts';
import { bucketStart } from '../memory-manager/mapping.ts';
import { VirtualMemory } from '../memory-manager/operate.ts';
import {
  encodeEntry,
  encodeLinks,
  encodeStart,
  encodeSupply,
  entryAt,
  FREE_AT,
  type Geometry,
  isTable,
  LINKS_IN_PAGE,
  linkAt,
  tableOf,
} from './layout.ts';
import { repair } from './repair.ts';

const ZEROS = new Uint8Array(PAGE_SIZE);

/**
 * Many memories in one memory, each of which can be freed. Freed buckets are reused by any memory that grows, before the image
 * grows, and are cleared first. Every operation takes effect with one write of eight bytes. If it is interrupted between any two
 * writes, the manager opens as it was before or after the operation.
 */
export class LinkedMemoryManager {
  readonly #memory: Memory;
  #geometry: Geometry;
  #allocated = 0;
  #pages: number[] = [];
  /** Buckets by memory id, in virtual order. */
  #buckets: number[][] = [];
  /** Free buckets. The last one is allocated next. */
  #free: number[] = [];

  private constructor(memory: Memory, geometry: Geometry) {
    this.#memory = memory;
    this.#geometry = geometry;
  }

  /**
   * Opens the manager in `memory`, or creates one if the memory is empty. `bucketPages` is only used for a new manager. @throws
   * Unreadable when there is anything else; nothing is overwritten. Use `migrate` for a manager of version 1.
   */
  static init(memory: Memory, bucketPages = 128): LinkedMemoryManager {
    if (isEmpty(memory)) create(memory, bucketPages);
    const manager = new LinkedMemoryManager(memory, { bucketPages, migratedBuckets: 0 });
    manager.reload();
    return manager;
  }

  get bucketPages(): number {
    return this.#geometry.bucketPages;
  }

  /** Returns the high-water mark: all buckets that were ever allocated, and those with links, are below it. */
  get allocatedBuckets(): number {
    return this.#allocated;
  }

  get(id: number): VirtualMemory {
    if (!Number.isInteger(id) || id < 0 || id >= MAX_MEMORIES)
      throw new RangeError(`There is no memory ${id}; ids are 0 to 254.`);
    return new VirtualMemory(this, this.#memory, id);
  }

  /** Returns the size of memory `id` in pages. */
  pagesOf(id: number): number {
    return this.#pages[id] ?? 0;
  }

  /** Returns the buckets of memory `id`, in virtual order. */
  bucketsOf(id: number): readonly number[] {
    return this.#buckets[id] ?? [];
  }

  /** Returns the buckets without an owner, in the order in which they are allocated. */
  freedBuckets(): readonly number[] {
    return this.#free.toReversed();
  }

  /** Loads the state from the bytes again, after someone else has changed them, and completes an interrupted operation. */
  reload(): void {
    const { header, chains } = repair(this.#memory);
    this.#geometry = header;
    this.#allocated = header.allocatedBuckets;
    this.#pages = header.entries.map(({ pages }) => pages);
    this.#buckets = chains.buckets.map((own) => [...own]);
    this.#free = chains.free.toReversed();
  }

  /**
   * Grows memory `id` by zeroed pages: from free buckets first, then from new ones. Returns its old size in pages, or -1 when the
   * base memory cannot grow; then nothing has changed.
   */
  grow(id: number, by: number): number {
    const before = this.pagesOf(id);
    const own = this.#buckets[id];
    if (own === undefined || before + by > MAX_PAGES) return -1;
    if (by === 0) return before;
    const needed = bucketsFor(before + by, this.bucketPages) - own.length;
    const reused = this.#free.slice(this.#free.length - Math.min(needed, this.#free.length)).reverse();
    const fresh = this.#freshBuckets(needed - reused.length);
    const mark = fresh.length === 0 ? this.#allocated : (fresh.at(-1) ?? 0) + 1;
    const pagesThere = this.#memory.pages;
    if (!this.#growBase(mark)) return -1;

    // These writes have no effect until the entry is written: they go to buckets without an owner, and to links past the ends of
    // lists.
    for (const bucket of reused) this.#clear(bucket);
    for (const bucket of fresh) {
      if (bucketStart(bucket, this.bucketPages) >= pagesThere * PAGE_SIZE) break;
      this.#clear(bucket);
    }
    this.#linkFresh(fresh);
    const taken = reused.concat(fresh);
    if (reused.length > 0 && fresh.length > 0) this.#link(reused.at(-1), fresh[0]);
    if (taken.length > 0) this.#link(own.at(-1), taken[0]);

    for (const bucket of taken) own.push(bucket);
    this.#pages[id] = before + by;
    this.#saveEntry(id);
    if (taken.length > 0) {
      this.#free.length -= reused.length;
      this.#allocated = mark;
      this.#saveSupply();
    }
    return before;
  }

  /** Frees all buckets of memory `id` at once, whatever their number. Its size is then 0. Returns the number of freed pages. */
  reclaim(id: number): number {
    const own = this.#buckets[id];
    if (own === undefined || own.length === 0) return 0;
    this.#link(own.at(-1), this.#free.at(-1));
    for (const bucket of own.toReversed()) this.#free.push(bucket);
    this.#saveSupply();
    this.#buckets[id] = [];
    this.#pages[id] = 0;
    this.#saveEntry(id);
    return own.length * this.bucketPages;
  }

  /** Returns the next `count` buckets above the mark, except those with links. */
  #freshBuckets(count: number): number[] {
    const fresh: number[] = [];
    for (let bucket = this.#allocated; fresh.length < count; bucket += 1) {
      if (!isTable(this.#geometry, bucket)) fresh.push(bucket);
    }
    return fresh;
  }

  /** Grows the base memory so that all buckets below `mark` are inside it. */
  #growBase(mark: number): boolean {
    const missing = bucketStart(mark, this.bucketPages) / PAGE_SIZE - this.#memory.pages;
    return missing <= 0 || this.#memory.grow(missing) !== -1;
  }

  /** Clears a bucket. Pages that are already zero are not written, so a page that was never used stays unused. */
  #clear(bucket: number): void {
    const start = bucketStart(bucket, this.bucketPages);
    for (let page = 0; page < this.bucketPages; page += 1) {
      const place = at(0, start + page * PAGE_SIZE);
      if (hasBytes(this.#memory, place)) this.#memory.write(place, ZEROS);
    }
  }

  /** Links new buckets into one chain. Consecutive links are one write. */
  #linkFresh(fresh: readonly number[]): void {
    for (let from = 0; from < fresh.length; ) {
      const first = fresh[from] ?? 0;
      const table = tableOf(this.#geometry, first);
      let to = from;
      while (to < fresh.length && to - from < LINKS_IN_PAGE && tableOf(this.#geometry, fresh[to] ?? 0) === table) to += 1;
      const links = fresh.slice(from + 1, to + 1);
      this.#memory.write(linkAt(this.#geometry, first), encodeLinks(to === fresh.length ? [...links, undefined] : links));
      from = to;
    }
  }

  #link(from: number | undefined, to: number | undefined): void {
    if (from !== undefined) this.#memory.write(linkAt(this.#geometry, from), encodeLinks([to]));
  }

  #saveEntry(id: number): void {
    this.#memory.write(entryAt(id), encodeEntry({ first: this.bucketsOf(id)[0], pages: this.pagesOf(id) }));
  }

  #saveSupply(): void {
    this.#memory.write(FREE_AT, encodeSupply({ firstFree: this.#free.at(-1), allocatedBuckets: this.#allocated }));
  }
}

/** Returns whether the memory has nothing that could be lost. */
function isEmpty(memory: Memory): boolean {
  return memory.pages === 0 || (memory.pages === 1 && !hasBytes(memory, at(0, 0)));
}

/** Returns whether a page has any nonzero bytes. */
function hasBytes(memory: Memory, page: Address): boolean {
  return new Uint32Array(readBytes(memory, page, PAGE_SIZE).buffer).some((word) => word !== 0);
}

/** Creates the manager with one write; all its tables are zero. */
function create(memory: Memory, bucketPages: number): void {
  if (!Number.isInteger(bucketPages) || bucketPages < 1 || bucketPages > 0xffff) {
    throw new RangeError(`A bucket cannot have ${bucketPages} pages; the size must be 1 to 65,535 pages.`);
  }
  if (memory.pages === 0 && memory.grow(1) === -1)
    throw new Unreadable('The memory cannot grow by the page that a manager needs.');
  memory.write(at(0, 0), encodeStart({ bucketPages, migratedBuckets: 0 }));
}
