import { type Address, at, holds, PAGE_SIZE, type ReadableMemory, readBytes, type Span, viewOf } from '../../memory/memory.ts';
import { bucketsFor } from '../memory-manager/layout.ts';
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

/** Where a chain does not go on as it must. */
export interface ChainFault {
  /** The memory whose chain it is; undefined for the free list. */
  readonly memory: number | undefined;
  /** The reference that leads astray. */
  readonly at: Span;
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
 * Follows the chain of each memory, and then the free list. The memories' chains are the truth. The free list may begin with buckets that
 * a memory has, and the mark may be too low: an operation was cut off, and its last write is made up here.
 */
export function walkChains(memory: ReadableMemory, header: LinkedHeader): Chains {
  return new Walk(memory, header).walk();
}

class Walk {
  readonly #links: Links;
  readonly #header: LinkedHeader;
  readonly #most: number;
  /** By bucket: `NOBODY`, a memory's id + 1, or `FREE`. */
  readonly #owners: Uint16Array;
  readonly #faults: ChainFault[] = [];
  #owned = 0;
  #highest = -1;

  constructor(memory: ReadableMemory, header: LinkedHeader) {
    this.#links = new Links(memory, header);
    this.#header = header;
    this.#most = mostBuckets(header);
    this.#owners = new Uint16Array(this.#most);
  }

  walk(): Chains {
    const buckets = this.#header.entries.map(({ first, pages }, id) =>
      this.#follow(id, first, bucketsFor(pages, this.#header.bucketPages)),
    );
    const allocatedBuckets = Math.max(this.#header.allocatedBuckets, this.#highest + 1);
    // Where a memory has lost buckets nobody can tell which ones are free.
    const free = this.#faults.length > 0 ? [] : this.#followFree(allocatedBuckets);
    return { buckets, free, supply: { firstFree: free[0], allocatedBuckets }, faults: this.#faults };
  }

  #follow(id: number, first: number | undefined, count: number): readonly number[] {
    const buckets: number[] = [];
    let reference: Span = { start: entryAt(id), length: LINK_LENGTH };
    let bucket = first;
    while (buckets.length < count) {
      const wrong = this.#whyNot(bucket) ?? this.#taken(bucket);
      if (bucket === undefined || wrong !== undefined) {
        const place = buckets.length === 0 ? 'begins with' : `goes on behind bucket ${buckets.at(-1)} with`;
        this.#fault(id, reference, `The chain of memory ${id}, ${count} long, ${place} ${wrong}.`);
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

  /** Just as many as are nobody's else. Those at its front that a memory has are passed over. */
  #followFree(mark: number): readonly number[] {
    const count = mark - tablesBelow(this.#header, mark) - this.#owned;
    const free: number[] = [];
    if (mark > this.#most) {
      this.#fault(
        undefined,
        { start: at(FREE_AT, LINK_LENGTH), length: LINK_LENGTH },
        `${mark} buckets are said to be allocated; ${this.#most} have room.`,
      );
      return free;
    }
    let reference: Span = { start: FREE_AT, length: LINK_LENGTH };
    let bucket = this.#header.firstFree;
    for (let passed = 0; count > 0 && bucket !== undefined && passed < this.#owned && this.#taken(bucket); passed += 1) {
      reference = this.#links.spanOf(bucket);
      bucket = this.#links.next(bucket);
    }
    for (; free.length < count; ) {
      const wrong =
        this.#whyNot(bucket) ??
        this.#taken(bucket) ??
        (bucket !== undefined && bucket >= mark ? `bucket ${bucket}, which was never handed out` : undefined);
      if (bucket === undefined || wrong !== undefined) {
        this.#fault(
          undefined,
          reference,
          `${count} buckets are nobody's, but the free list has ${free.length}, and then ${wrong}.`,
        );
        return free;
      }
      this.#owners[bucket] = FREE;
      free.push(bucket);
      reference = this.#links.spanOf(bucket);
      bucket = this.#links.next(bucket);
    }
    // A grow that was cut off may have linked the last one to a bucket that it did not come to hand out.
    if (count > 0 && bucket !== undefined && bucket < mark) {
      this.#fault(
        undefined,
        reference,
        `${count} buckets are nobody's, but the free list goes on behind them with bucket ${bucket}.`,
      );
    }
    return free;
  }

  /** Why a reference cannot be one to a memory's bucket, as the end of a sentence. */
  #whyNot(bucket: number | undefined): string | undefined {
    if (bucket === undefined) return 'nothing';
    if (bucket >= this.#most) return `bucket ${bucket}, though only ${this.#most} have room in a stable memory`;
    return isTable(this.#header, bucket) ? `bucket ${bucket}, which holds links` : undefined;
  }

  #taken(bucket: number | undefined): string | undefined {
    const owner = bucket === undefined ? NOBODY : (this.#owners[bucket] ?? NOBODY);
    if (owner === NOBODY) return undefined;
    return owner === FREE ? `bucket ${bucket}, which stands before it` : `bucket ${bucket}, which memory ${owner - 1} has`;
  }

  #fault(memory: number | undefined, where: Span, message: string): void {
    this.#faults.push({ memory, at: where, message });
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

  spanOf(bucket: number): Span {
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
