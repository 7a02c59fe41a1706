import type { Report } from '../../core/findings.ts';
import { type Address, at, type Offset, offsetAt, PAGE_SIZE, type ReadableMemory } from '../../core/memory/memory.ts';
import { PiecedView } from '../../core/memory/pieced-view.ts';
import { bucketsByMemory, checkTables, couldBeManager, freedBuckets, looksLikeManager } from './check.ts';
import {
  BUCKETS_AT,
  checkManager,
  decodeManager,
  MAGIC,
  type ManagerHeader,
  maxBuckets,
  OWNERS_AT,
  UNOWNED,
  VERSION,
} from './layout.ts';
import { bucketStart } from './mapping.ts';
import { type BucketOrder, bucketOrder, describeOrder } from './order.ts';

/** A view of one of a manager's memories in an image, as the tables describe it, whether or not all of it is there. */
export class VirtualMemoryView extends PiecedView {
  readonly id: number;
  /** The buckets, in virtual order. */
  readonly buckets: readonly number[];
  readonly bucketPages: number;
  /** The order after the next load; undefined if it does not change. */
  readonly order: BucketOrder | undefined;

  /** `from`: start of the manager in the image. */
  constructor(
    image: ReadableMemory,
    { bucketPages, sizes }: Pick<ManagerHeader, 'bucketPages' | 'sizes'>,
    id: number,
    buckets: readonly number[],
    from: Offset | 0 = 0,
  ) {
    // The size table counts; if its size exceeds the buckets, it is limited to that of the image.
    const pages = Math.min(sizes[id] ?? 0, Math.max(buckets.length * bucketPages, image.pages));
    const starts = buckets.map((bucket) => offsetAt(from, bucketStart(bucket, bucketPages)));
    super(image, pages, { starts, bytesEach: bucketPages * PAGE_SIZE });
    this.id = id;
    this.buckets = buckets;
    this.bucketPages = bucketPages;
    this.order = bucketOrder(id, buckets, pages, bucketPages);
  }
}

/** The bucket of a byte after the manager's page. */
export interface BucketPlace {
  readonly bucket: number;
  readonly start: Offset;
  /** Undefined if the bucket has no owner. */
  readonly memory: VirtualMemoryView | undefined;
  /** The byte's address in that memory. At or past the size of the memory it is unused. */
  readonly address: Address;
}

/** The content of a manager's page. */
export class ManagerView {
  readonly version: number;
  readonly bucketPages: number;
  /** The high-water mark: the number of buckets that were ever allocated. */
  readonly allocatedBuckets: number;
  /** Buckets below the mark without an owner, ascending. 0.7.1 reclaimed them; no other release reuses them. */
  readonly freedBuckets: readonly number[];
  /** Memories with pages or buckets, by id. Empty if the layout is not version 1, or the bucket size is 0. */
  readonly memories: readonly VirtualMemoryView[];
  readonly #owners: Uint8Array;
  readonly #byId: ReadonlyMap<number, VirtualMemoryView>;

  constructor(header: ManagerHeader, memories: readonly VirtualMemoryView[]) {
    this.version = header.version;
    this.bucketPages = header.bucketPages;
    this.allocatedBuckets = header.allocatedBuckets;
    this.freedBuckets = header.version === VERSION ? freedBuckets(header) : [];
    this.memories = memories;
    this.#owners = header.owners;
    this.#byId = new Map(memories.map((memory) => [memory.id, memory]));
  }

  /** Returns the number of buckets that a manager can allocate. */
  get maxBuckets(): number {
    return maxBuckets(this.bucketPages);
  }

  /** Returns the number of pages that can still be allocated with this bucket size. */
  get capacityLeft(): number {
    return Math.max(0, this.maxBuckets - this.allocatedBuckets) * this.bucketPages;
  }

  /**
   * Returns the bucket that contains a byte of the image; undefined for the manager's page and for bytes outside allocated
   * buckets.
   */
  bucketOf(offset: Offset): BucketPlace | undefined {
    if (offset < BUCKETS_AT || this.bucketPages === 0 || this.version !== VERSION) return undefined;
    const bucketBytes = this.bucketPages * PAGE_SIZE;
    const bucket = Math.floor((offset - BUCKETS_AT) / bucketBytes);
    const owner = this.#owners[bucket] ?? UNOWNED;
    if (owner === UNOWNED && bucket >= this.allocatedBuckets) return undefined;
    const memory = this.#byId.get(owner);
    const start = bucketStart(bucket, this.bucketPages);
    const index = memory?.buckets.indexOf(bucket) ?? 0;
    return { bucket, start, memory, address: at(0, index * bucketBytes + offset - start) };
  }
}

/** The place of a manager's memory. */
export interface ManagerPlace {
  readonly image: ReadableMemory;
  readonly from: Offset;
}

/**
 * Describes the manager at the start of an image; returns undefined if there is none. A manager whose magic is lost is recognised
 * by its tables, and read. The memories of other layout versions are not read. `live`: the order of the buckets in a running
 * canister, by memory id. The tables only have the ascending order, which a load applies.
 */
export function inspectManager(
  memory: ReadableMemory,
  report: Report,
  live: readonly (readonly number[])[] = [],
): ManagerView | undefined {
  const header = decodeManager(memory);
  if (!header || !(header.magic === MAGIC ? couldBeManager(memory, header) : looksLikeManager(header))) return undefined;
  return viewOfManager(memory, header, report, live, { image: memory, from: offsetAt(0, 0) });
}

/** Describes the manager at the start of `memory` by its header, whatever the header contains. */
export function viewOfManager(
  memory: ReadableMemory,
  header: ManagerHeader,
  report: Report,
  live: readonly (readonly number[])[],
  { image, from }: ManagerPlace,
): ManagerView {
  checkManager(memory, header, report);
  if (header.version !== VERSION || header.bucketPages === 0) return new ManagerView(header, []);
  const buckets = bucketsByMemory(header);
  const memories = buckets.map((own, id) => new VirtualMemoryView(image, header, id, sameBuckets(live[id], own) ?? own, from));
  const used = memories.filter(({ pages, buckets: own }) => pages > 0 || own.length > 0);
  checkTables(memory, header, buckets, report);
  for (const { order } of used) if (order) reportOrder(memory, order, report);
  return new ManagerView(header, used);
}

/** Returns the live order if it has the same buckets. */
function sameBuckets(live: readonly number[] | undefined, own: readonly number[]): readonly number[] | undefined {
  if (live?.length !== own.length) return undefined;
  const known = new Set(live);
  return known.size === own.length && own.every((bucket) => known.has(bucket)) ? live : undefined;
}

function reportOrder(memory: ReadableMemory, order: BucketOrder, report: Report): void {
  const [first = 0] = order.reloaded;
  const length = (order.reloaded.at(-1) ?? first) - first + 1;
  report({ code: 'mm.bucket-order', memory, at: { start: at(OWNERS_AT, first), length }, message: describeOrder(order) });
}
