import type { FindingCode } from '../../core/findings.ts';
import { formatCounted, isOrAre } from '../../core/format.ts';
import {
  type Address,
  type AddressRange,
  at,
  holds,
  PAGE_SIZE,
  type ReadableMemory,
  readBytes,
  viewOf,
} from '../../core/memory/memory.ts';
import { bucketsFor, COUNT_AT } from '../memory-manager/layout.ts';
import {
  decodeReference,
  entryAt,
  FREE_AT,
  isTable,
  LINK_LENGTH,
  type LinkedHeader,
  linkAt,
  maxBuckets,
  type Supply,
  tablesBelow,
} from './layout.ts';

/** A wrong link of a chain, or an impossible count. */
interface ChainFault {
  readonly code: Extract<FindingCode, 'mm.chain' | 'mm.free-list' | 'mm.count-outside'>;
  /** The wrong reference, or the count. */
  readonly at: AddressRange;
  readonly message: string;
}

/** All buckets by their owners. */
export interface Chains {
  /** Buckets by memory id, in virtual order; up to the first fault. */
  readonly buckets: readonly (readonly number[])[];
  /** Free buckets in the order in which they are allocated; up to the first fault. */
  readonly free: readonly number[];
  /** The start of the free list and the mark, derived from the chains of the memories. */
  readonly supply: Supply;
  readonly faults: readonly ChainFault[];
}

const NONE = 0;
const FREE = 256;

/**
 * Follows the chain of each memory, and then the free list. The chains of the memories are authoritative. The free list may start
 * with buckets that a memory has, and the mark may be too low: then an operation was interrupted, and its last write is made up
 * for here.
 */
export function walkChains(memory: ReadableMemory, header: LinkedHeader): Chains {
  return new Walk(memory, header).walk();
}

class Walk {
  readonly #links: Links;
  readonly #header: LinkedHeader;
  readonly #most: number;
  /**
   * Number of buckets that are below the mark or in the image. An interrupted grow has enlarged the image before it allocated
   * more buckets.
   */
  readonly #known: number;
  /** Owners by bucket: `NONE`, a memory's id + 1, or `FREE`. */
  readonly #owners: Uint16Array;
  readonly #faults: ChainFault[] = [];
  #owned = 0;
  #highest = -1;

  constructor(memory: ReadableMemory, header: LinkedHeader) {
    this.#links = new Links(memory, header);
    this.#header = header;
    this.#most = maxBuckets(header);
    const inImage = Math.floor((memory.pages - 1) / header.bucketPages);
    this.#known = Math.min(this.#most, Math.max(header.allocatedBuckets, inImage));
    this.#owners = new Uint16Array(this.#known);
  }

  walk(): Chains {
    const buckets = this.#header.entries.map(({ first, pages }, id) =>
      this.#follow(id, first, bucketsFor(pages, this.#header.bucketPages)),
    );
    const allocatedBuckets = Math.max(this.#header.allocatedBuckets, this.#highest + 1);
    this.#checkCounts(allocatedBuckets);
    // If a memory has lost buckets, it is unknown which ones are free.
    const free = this.#faults.length > 0 ? [] : this.#followFree(allocatedBuckets);
    return { buckets, free, supply: { firstFree: free[0], allocatedBuckets }, faults: this.#faults };
  }

  #follow(id: number, first: number | undefined, count: number): readonly number[] {
    const buckets: number[] = [];
    let reference: AddressRange = { start: entryAt(id), length: LINK_LENGTH };
    let bucket = first;
    while (buckets.length < count) {
      const wrong = this.#describeFault(bucket);
      if (bucket === undefined || wrong !== undefined) {
        const place = buckets.length === 0 ? 'starts with' : `continues after bucket ${buckets.at(-1)} with`;
        const message = `The chain of memory ${id}, which needs ${formatCounted(count, 'bucket')}, ${place} ${wrong}.`;
        this.#faults.push({ code: 'mm.chain', at: reference, message });
        break;
      }
      this.#owners[bucket] = id + 1;
      this.#owned += 1;
      this.#highest = Math.max(this.#highest, bucket);
      buckets.push(bucket);
      if (buckets.length === count) break;
      reference = this.#links.spanOf(bucket);
      bucket = this.#links.next(bucket);
    }
    return buckets;
  }

  #checkCounts(mark: number): void {
    const { migratedBuckets } = this.#header;
    const reportAt = (start: Address, length: number, message: string): void => {
      this.#faults.push({ code: 'mm.count-outside', at: { start, length }, message });
    };
    if (mark > this.#most) {
      const room = `a stable memory has room for ${formatCounted(this.#most, 'bucket')} of this size`;
      reportAt(at(FREE_AT, 4), 4, `${formatCounted(mark, 'bucket')} ${isOrAre(mark)} counted as allocated, but ${room}.`);
    } else if (migratedBuckets > mark) {
      const message = `${formatCounted(migratedBuckets, 'bucket')} ${isOrAre(migratedBuckets)} counted as migrated from layout version 1, but only ${mark} were ever allocated.`;
      reportAt(COUNT_AT, 2, message);
    }
  }

  /** Follows the free list, for as many buckets as have no owner. Buckets of one memory at its start are skipped. */
  #followFree(mark: number): readonly number[] {
    const count = mark - tablesBelow(this.#header, mark) - this.#owned;
    const free: number[] = [];
    let reference: AddressRange = { start: FREE_AT, length: LINK_LENGTH };
    let bucket = this.#header.firstFree;
    const step = (from: number): void => {
      reference = this.#links.spanOf(from);
      bucket = this.#links.next(from);
    };
    const owner = bucket === undefined ? NONE : this.#ownerOf(bucket);
    for (let left = owner === NONE || count === 0 ? 0 : this.#owned; left > 0 && bucket !== undefined; left -= 1) {
      if (this.#ownerOf(bucket) !== owner) break;
      step(bucket);
    }
    while (free.length < count) {
      const wrong = this.#describeFault(bucket, mark);
      if (bucket === undefined || wrong !== undefined) {
        const message = `The free list should have ${formatCounted(count, 'bucket')}, but has ${free.length}; then comes ${wrong}.`;
        this.#faults.push({ code: 'mm.free-list', at: reference, message });
        return free;
      }
      this.#owners[bucket] = FREE;
      free.push(bucket);
      step(bucket);
    }
    // An interrupted grow may have linked the last bucket to one that it did not allocate any more.
    if (count > 0 && bucket !== undefined && bucket < mark) {
      const message = `The free list should have ${formatCounted(count, 'bucket')}, but it continues with bucket ${bucket}.`;
      this.#faults.push({ code: 'mm.free-list', at: reference, message });
    }
    return free;
  }

  /** Returns the reason why this cannot be the next bucket of a chain, as the end of a sentence. */
  #describeFault(bucket: number | undefined, mark = this.#known): string | undefined {
    if (bucket === undefined) return 'nothing';
    if (bucket >= mark) return `bucket ${bucket}, though there are only ${mark}`;
    if (isTable(this.#header, bucket)) return `bucket ${bucket}, which holds links`;
    const owner = this.#ownerOf(bucket);
    if (owner === FREE) return `bucket ${bucket} a second time`;
    return owner === NONE ? undefined : `bucket ${bucket}, which belongs to memory ${owner - 1}`;
  }

  #ownerOf(bucket: number): number {
    return this.#owners[bucket] ?? NONE;
  }
}

/** Reads links by whole pages, each page once. */
class Links {
  readonly #memory: ReadableMemory;
  readonly #header: LinkedHeader;
  readonly #pages = new Map<number, DataView>();

  constructor(memory: ReadableMemory, header: LinkedHeader) {
    this.#memory = memory;
    this.#header = header;
  }

  spanOf(bucket: number): AddressRange {
    return { start: linkAt(this.#header, bucket), length: LINK_LENGTH };
  }

  /** Returns the bucket that a bucket links to; undefined if there is none, or the memory ends before the link. */
  next(bucket: number): number | undefined {
    const address: Address = linkAt(this.#header, bucket);
    const page = Math.floor(address / PAGE_SIZE);
    let view = this.#pages.get(page);
    if (view === undefined) {
      if (!holds(this.#memory, page * PAGE_SIZE, PAGE_SIZE)) return undefined;
      view = viewOf(readBytes(this.#memory, at(0, page * PAGE_SIZE), PAGE_SIZE));
      this.#pages.set(page, view);
    }
    return decodeReference(view.getUint32(address - page * PAGE_SIZE, true));
  }
}
