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
  mostBuckets,
  type Supply,
  tablesBelow,
} from './layout.ts';

/** Where a chain does not go on as it must, or a count that cannot be. */
export interface ChainFault {
  readonly code: Extract<FindingCode, 'mm.chain' | 'mm.free-list' | 'mm.count-outside'>;
  /** The reference that leads astray, or the count. */
  readonly at: AddressRange;
  readonly message: string;
}

/** Every bucket and whose it is. */
export interface Chains {
  /** By memory id, in virtual order; up to the first fault. */
  readonly buckets: readonly (readonly number[])[];
  /** In the order in which they are handed out; up to the first fault. */
  readonly free: readonly number[];
  /** What the chains of the memories make the free list's start and the mark to be. */
  readonly supply: Supply;
  readonly faults: readonly ChainFault[];
}

const NOBODY = 0;
const FREE = 256;

/**
 * Follows the chain of each memory, and then the free list. The memories' chains are the truth. The free list may begin with
 * buckets that a memory has, and the mark may be too low: an operation was cut off, and its last write is made up here.
 */
export function walkChains(memory: ReadableMemory, header: LinkedHeader): Chains {
  return new Walk(memory, header).walk();
}

class Walk {
  readonly #links: Links;
  readonly #header: LinkedHeader;
  readonly #most: number;
  /**
   * Buckets that are below the mark or in the image; a grow that was cut off has made the image larger before it handed out more.
   */
  readonly #known: number;
  /** By bucket: `NOBODY`, a memory's id + 1, or `FREE`. */
  readonly #owners: Uint16Array;
  readonly #faults: ChainFault[] = [];
  #owned = 0;
  #highest = -1;

  constructor(memory: ReadableMemory, header: LinkedHeader) {
    this.#links = new Links(memory, header);
    this.#header = header;
    this.#most = mostBuckets(header);
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
    // Where a memory has lost buckets nobody can tell which ones are free.
    const free = this.#faults.length > 0 ? [] : this.#followFree(allocatedBuckets);
    return { buckets, free, supply: { firstFree: free[0], allocatedBuckets }, faults: this.#faults };
  }

  #follow(id: number, first: number | undefined, count: number): readonly number[] {
    const buckets: number[] = [];
    let reference: AddressRange = { start: entryAt(id), length: LINK_LENGTH };
    let bucket = first;
    while (buckets.length < count) {
      const wrong = this.#whyNot(bucket);
      if (bucket === undefined || wrong !== undefined) {
        const place = buckets.length === 0 ? 'begins with' : `goes on behind bucket ${buckets.at(-1)} with`;
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
      const room = `${formatCounted(this.#most, 'bucket')} of this size have room in a stable memory`;
      reportAt(at(FREE_AT, 4), 4, `${formatCounted(mark, 'bucket')} ${isOrAre(mark)} said to be allocated; ${room}.`);
    } else if (migratedBuckets > mark) {
      const message = `${formatCounted(migratedBuckets, 'bucket')} ${isOrAre(migratedBuckets)} said to come from layout version 1, but only ${mark} were ever handed out.`;
      reportAt(COUNT_AT, 2, message);
    }
  }

  /** Just as many as are nobody's else. Those at its front that one memory has are passed over. */
  #followFree(mark: number): readonly number[] {
    const count = mark - tablesBelow(this.#header, mark) - this.#owned;
    const free: number[] = [];
    let reference: AddressRange = { start: FREE_AT, length: LINK_LENGTH };
    let bucket = this.#header.firstFree;
    const step = (from: number): void => {
      reference = this.#links.spanOf(from);
      bucket = this.#links.next(from);
    };
    const owner = bucket === undefined ? NOBODY : this.#ownerOf(bucket);
    for (let left = owner === NOBODY || count === 0 ? 0 : this.#owned; left > 0 && bucket !== undefined; left -= 1) {
      if (this.#ownerOf(bucket) !== owner) break;
      step(bucket);
    }
    while (free.length < count) {
      const wrong = this.#whyNot(bucket, mark);
      if (bucket === undefined || wrong !== undefined) {
        const message = `The free list should have ${formatCounted(count, 'bucket')} and has ${free.length}; then comes ${wrong}.`;
        this.#faults.push({ code: 'mm.free-list', at: reference, message });
        return free;
      }
      this.#owners[bucket] = FREE;
      free.push(bucket);
      step(bucket);
    }
    // A grow that was cut off may have linked the last one to a bucket that it did not come to hand out.
    if (count > 0 && bucket !== undefined && bucket < mark) {
      const message = `The free list should have ${formatCounted(count, 'bucket')}; behind them it goes on with bucket ${bucket}.`;
      this.#faults.push({ code: 'mm.free-list', at: reference, message });
    }
    return free;
  }

  /** Why the next bucket of a chain cannot be this one, as the end of a sentence. */
  #whyNot(bucket: number | undefined, mark = this.#known): string | undefined {
    if (bucket === undefined) return 'nothing';
    if (bucket >= mark) return `bucket ${bucket}, though there are only ${mark}`;
    if (isTable(this.#header, bucket)) return `bucket ${bucket}, which holds links`;
    const owner = this.#ownerOf(bucket);
    if (owner === FREE) return `bucket ${bucket} a second time`;
    return owner === NOBODY ? undefined : `bucket ${bucket}, which memory ${owner - 1} has`;
  }

  #ownerOf(bucket: number): number {
    return this.#owners[bucket] ?? NOBODY;
  }
}

/** Reads links by whole pages, each once. */
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

  /** What a bucket links to; undefined also where the memory ends before its link. */
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
