import {
  type Address,
  assertHolds,
  at,
  byteLength,
  type Memory,
  OutOfMemory,
  PAGE_SIZE,
  readBytes,
  writeGrowing,
} from '../../core/memory/memory.ts';
import { moveByCopies, moveBytes } from '../../core/memory/move.ts';
import { Unreadable } from '../../core/unreadable.ts';
import {
  bucketsFor,
  checkManager,
  decodeManager,
  encodeHeader,
  MAGIC,
  MAX_BUCKETS,
  MAX_MEMORIES,
  OWNERS_AT,
  UNOWNED,
  updateHeader,
} from './layout.ts';
import { bucketStart, eachPiece } from './mapping.ts';

/**
 * Policies for giving a freed bucket to a growing memory. `never`: none, as in 0.7.0, 0.7.2 and all releases before 0.7.1.
 * `lowest-first`: the lowest, whoever freed it, as in 0.7.1; a load then puts the buckets into a different order. `ascending`:
 * the lowest above the highest bucket of the memory, so that their order is kept, as in an unreleased build of August 2025.
 */
export const REUSE_NAMES = ['never', 'lowest-first', 'ascending'] as const;

export type BucketReuse = (typeof REUSE_NAMES)[number];

export function isReuseName(name: unknown): name is BucketReuse {
  return REUSE_NAMES.some((known) => known === name);
}

/** The state that a manager keeps in addition to its bytes. It is immutable. */
export interface ManagerState {
  readonly bucketPages: number;
  readonly allocatedBuckets: number;
  readonly sizes: readonly number[];
  readonly buckets: readonly (readonly number[])[];
}

/**
 * Many memories in one memory, with the operations, the write order and the exact bytes of the Rust library's `MemoryManager`
 * (0.7.2).
 */
export class MemoryManager {
  readonly #memory: Memory;
  readonly #reuse: BucketReuse;
  #bucketPages: number;
  #allocated = 0;
  #sizes: number[] = [];
  /** The buckets of each memory, in virtual order, by memory id. */
  #buckets: number[][] = [];
  /** Buckets below the mark without an owner, ascending; undefined until they are needed. */
  #freed: number[] | undefined;
  /** The header as it was last saved; undefined if the state was loaded or restored since. */
  #header: Uint8Array | undefined;
  /** Buffer for a byte of the owner table. */
  readonly #owner = new Uint8Array(1);

  private constructor(memory: Memory, bucketPages: number, reuse: BucketReuse) {
    this.#memory = memory;
    this.#bucketPages = bucketPages;
    this.#reuse = reuse;
  }

  /**
   * Opens the manager in `memory`, or creates one. As in the library, a memory without the magic is silently overwritten (inspect
   * it first if that must not happen), and `bucketPages` is only used for a new manager.
   * @throws Unreadable when there is a manager that the library would reject, or with which it would soon trap.
   */
  static init(memory: Memory, bucketPages = 128, reuse: BucketReuse = 'never'): MemoryManager {
    const manager = new MemoryManager(memory, bucketPages, reuse);
    const magic = memory.pages === 0 ? '' : String.fromCharCode(...readBytes(memory, at(0, 0), MAGIC.length));
    if (magic === MAGIC) manager.reload();
    else manager.#create();
    return manager;
  }

  get bucketPages(): number {
    return this.#bucketPages;
  }

  /** Returns the high-water mark: all buckets that were ever allocated are below it. */
  get allocatedBuckets(): number {
    return this.#allocated;
  }

  /** Returns the buckets below the mark without an owner, ascending. */
  freedBuckets(): readonly number[] {
    return this.#freedBuckets();
  }

  get(id: number): VirtualMemory {
    if (!Number.isInteger(id) || id < 0 || id >= MAX_MEMORIES)
      throw new RangeError(`There is no memory ${id}; ids are 0 to 254.`);
    return new VirtualMemory(this, this.#memory, id);
  }

  /** Returns the size of memory `id` in pages. */
  pagesOf(id: number): number {
    return this.#sizes[id] ?? 0;
  }

  /** Returns the buckets of memory `id`, in virtual order. */
  bucketsOf(id: number): readonly number[] {
    return this.#buckets[id] ?? [];
  }

  /**
   * Loads the state from the bytes again, after someone else has changed them. Memories obtained before use the new state. The
   * buckets of a memory are in ascending order then, as after every load of the library. After `lowest-first` reuse that may
   * differ from their previous order.
   */
  reload(): void {
    const header = decodeManager(this.#memory);
    if (!header) throw new Unreadable('The memory is empty.');
    checkManager(this.#memory, header, (finding) => {
      throw new Unreadable(finding.message);
    });
    this.#bucketPages = header.bucketPages;
    this.#allocated = header.allocatedBuckets;
    this.#sizes = [...header.sizes];
    this.#buckets = header.sizes.map(() => []);
    this.#freed = undefined;
    this.#header = undefined;
    const { owners } = header;
    for (let bucket = 0; bucket < owners.length; bucket += 1) {
      const owner = owners[bucket] ?? UNOWNED;
      if (owner !== UNOWNED) this.#buckets[owner]?.push(bucket);
    }
  }

  /** Returns the current state, for `restore`. */
  save(): ManagerState {
    const buckets = this.#buckets.map((own) => [...own]);
    return { bucketPages: this.#bucketPages, allocatedBuckets: this.#allocated, sizes: [...this.#sizes], buckets };
  }

  /** Restores a state, after its bytes were restored. Unlike `reload` it knows the order of reused buckets. */
  restore(state: ManagerState): void {
    this.#bucketPages = state.bucketPages;
    this.#allocated = state.allocatedBuckets;
    this.#sizes = [...state.sizes];
    this.#buckets = state.buckets.map((own) => [...own]);
    this.#freed = undefined;
    this.#header = undefined;
  }

  /**
   * Grows memory `id` by pages. Returns its old size in pages, or -1 when too few buckets are left; then nothing has changed.
   * @throws OutOfMemory when the base memory cannot grow.
   */
  grow(id: number, by: number): number {
    const before = this.pagesOf(id);
    const own = this.#buckets[id] ?? [];
    const needed = bucketsFor(before + by, this.#bucketPages) - bucketsFor(before, this.#bucketPages);
    const freed = this.#reuse === 'never' ? [] : this.#freedBuckets();
    if (needed - freed.length + this.#allocated > MAX_BUCKETS) return -1;
    for (let i = 0; i < needed; i += 1) {
      const bucket = this.#takeFreed(freed, own) ?? this.#allocated++;
      own.push(bucket);
      this.#setOwner(bucket, id);
    }
    this.#growBase();
    this.#saveSize(id, before + by);
    return before;
  }

  /** Frees all buckets of memory `id`, as 0.7.1 did; their bytes stay. Returns the number of freed pages. */
  reclaim(id: number): number {
    const own = this.bucketsOf(id);
    if (own.length === 0) return 0;
    for (const bucket of own) this.#setOwner(bucket, UNOWNED);
    if (this.#freed) this.#freed = [...this.#freed, ...own.filter((bucket) => bucket < this.#allocated)].sort((a, b) => a - b);
    this.#buckets[id] = [];
    this.#saveSize(id, 0);
    return own.length * this.#bucketPages;
  }

  #create(): void {
    this.#sizes = new Array<number>(MAX_MEMORIES).fill(0);
    this.#buckets = this.#sizes.map(() => []);
    this.#saveHeader();
    this.#memory.write(OWNERS_AT, new Uint8Array(MAX_BUCKETS).fill(UNOWNED));
  }

  #freedBuckets(): number[] {
    if (this.#freed) return this.#freed;
    const owned = new Set(this.#buckets.flat());
    this.#freed = Array.from({ length: this.#allocated }, (_, bucket) => bucket).filter((bucket) => !owned.has(bucket));
    return this.#freed;
  }

  /** Removes the next bucket to reuse from `freed`. Returns undefined if a new bucket must be allocated. */
  #takeFreed(freed: number[], own: readonly number[]): number | undefined {
    if (freed.length === 0) return undefined;
    if (this.#reuse === 'lowest-first') return freed.shift();
    const highest = own.at(-1) ?? -1;
    const index = freed.findIndex((bucket) => bucket > highest);
    return index === -1 ? undefined : freed.splice(index, 1)[0];
  }

  /**
   * Grows the base memory so that all allocated buckets are inside it. @throws OutOfMemory when it cannot grow; the library
   * traps.
   */
  #growBase(): void {
    const missing = bucketStart(this.#allocated, this.#bucketPages) / PAGE_SIZE - this.#memory.pages;
    if (missing > 0 && this.#memory.grow(missing) === -1) throw new OutOfMemory(missing);
  }

  #setOwner(bucket: number, owner: number): void {
    this.#owner[0] = owner;
    this.#memory.write(at(OWNERS_AT, bucket), this.#owner);
  }

  /** Sets the size of memory `id`. The whole header is written, as in the library. */
  #saveSize(id: number, pages: number): void {
    this.#sizes[id] = pages;
    if (this.#header) updateHeader(this.#header, this.#allocated, id, pages);
    this.#saveHeader();
  }

  #saveHeader(): void {
    this.#header ??= encodeHeader({
      allocatedBuckets: this.#allocated,
      bucketPages: this.#bucketPages,
      sizes: this.#sizes,
    });
    writeGrowing(this.#memory, at(0, 0), this.#header);
  }
}

/** The part of a manager, of any layout, that a virtual memory needs. */
export type BucketOwner = Pick<MemoryManager, 'bucketPages' | 'pagesOf' | 'bucketsOf' | 'grow'>;

/** One of a manager's memories. Several objects for one id are the same memory. */
export class VirtualMemory implements Memory {
  readonly id: number;
  readonly #manager: BucketOwner;
  readonly #base: Memory;
  /**
   * The bucket that was found last: its range of addresses in the memory, the distance to their place in the base memory, and the
   * list that it is from.
   */
  #from = 0;
  #to = 0;
  #shift = 0;
  #buckets: readonly number[] | undefined;

  constructor(manager: BucketOwner, base: Memory, id: number) {
    this.#manager = manager;
    this.#base = base;
    this.id = id;
  }

  get pages(): number {
    return this.#manager.pagesOf(this.id);
  }

  grow(by: number): number {
    return this.#manager.grow(this.id, by);
  }

  read(from: Address, into: Uint8Array): void {
    const place = this.#placeOf(from, into.length);
    if (place !== undefined) this.#base.read(place, into);
    else this.#eachPiece(from, into.length, (place, done, length) => this.#base.read(place, into.subarray(done, done + length)));
  }

  write(to: Address, bytes: Uint8Array): void {
    const place = this.#placeOf(to, bytes.length);
    if (place !== undefined) this.#base.write(place, bytes);
    else this.#eachPiece(to, bytes.length, (place, done, length) => this.#base.write(place, bytes.subarray(done, done + length)));
  }

  move(from: Address, to: Address, length: number): void {
    const source = this.#placeOf(from, length);
    const target = this.#placeOf(to, length);
    if (source !== undefined && target !== undefined) moveBytes(this.#base, source, target, length);
    else moveByCopies(this, from, to, length);
  }

  /** Returns the place in the base memory of a range that is in one bucket, as nearly all are; undefined for any other range. */
  #placeOf(start: Address, length: number): Address | undefined {
    if (!this.#isNear(start, length)) {
      assertHolds(this, start, length);
      this.#find(start);
      if (!this.#isNear(start, length)) return undefined;
    }
    return at(start, this.#shift);
  }

  /**
   * Returns whether a range is in the bucket that was found last. A manager only appends to a memory's list of buckets, or
   * replaces the list.
   */
  #isNear(start: Address, length: number): boolean {
    return start >= this.#from && start + length <= this.#to && this.#buckets === this.#manager.bucketsOf(this.id);
  }

  /** Finds the bucket of an address in the memory. */
  #find(address: Address): void {
    const { bucketPages } = this.#manager;
    const bucketBytes = bucketPages * PAGE_SIZE;
    const index = Math.floor(address / bucketBytes);
    this.#buckets = this.#manager.bucketsOf(this.id);
    const bucket = this.#buckets[index];
    this.#from = index * bucketBytes;
    this.#to = bucket === undefined ? this.#from : Math.min(this.#from + bucketBytes, byteLength(this));
    this.#shift = bucketStart(bucket ?? 0, bucketPages) - this.#from;
  }

  #eachPiece(start: Address, length: number, visit: (place: Address, done: number, length: number) => void): void {
    const mapping = { buckets: this.#manager.bucketsOf(this.id), bucketPages: this.#manager.bucketPages };
    eachPiece(mapping, start, length, (offset, done, piece) => {
      if (offset === undefined) throw new Unreadable(`Memory ${this.id} owns too few buckets for address ${start + done}.`);
      visit(at(0, offset), done, piece);
    });
  }
}
