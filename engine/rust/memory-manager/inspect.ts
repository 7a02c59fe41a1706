import type { Report } from '../../core/findings.ts';
import { type Address, at, type Offset, offsetAt, PAGE_SIZE, type ReadableMemory } from '../../core/memory/memory.ts';
import { PiecedView } from '../../core/memory/pieced-view.ts';
import { bucketsByMemory, checkTables, couldBeManager, freedBuckets, looksLikeManager } from './check.ts';
import {
  BUCKETS_AT,
  checkManager,
  decodeManager,
  MAGIC,
  MAX_BUCKETS,
  type ManagerHeader,
  OWNERS_AT,
  UNOWNED,
  VERSION,
} from './layout.ts';
import { bucketStart } from './mapping.ts';
import { type BucketOrder, bucketOrder, describeOrder } from './order.ts';

/** One of a manager's memories, to be read in an image: what the tables say of it, whether or not all of that is there. */
export class VirtualMemoryView extends PiecedView {
  readonly id: number;
  /** In virtual order. */
  readonly buckets: readonly number[];
  readonly bucketPages: number;
  /** What the next load does to the order of the buckets; undefined where it changes nothing. */
  readonly order: BucketOrder | undefined;

  /** `from`: where the manager begins in the image. */
  constructor(
    image: ReadableMemory,
    { bucketPages, sizes }: ManagerHeader,
    id: number,
    buckets: readonly number[],
    from: Offset | 0 = 0,
  ) {
    // As the size table says; where it says more than its buckets hold, no more than the image has either.
    const pages = Math.min(sizes[id] ?? 0, Math.max(buckets.length * bucketPages, image.pages));
    const starts = buckets.map((bucket) => offsetAt(from, bucketStart(bucket, bucketPages)));
    super(image, pages, { starts, bytesEach: bucketPages * PAGE_SIZE });
    this.id = id;
    this.buckets = buckets;
    this.bucketPages = bucketPages;
    this.order = bucketOrder(id, buckets, pages, bucketPages);
  }
}

/** What a byte behind the manager's page belongs to. */
export interface BucketPlace {
  readonly bucket: number;
  readonly start: Offset;
  /** Undefined when nobody owns the bucket. */
  readonly memory: VirtualMemoryView | undefined;
  /** The byte's address in that memory; at or beyond its size it is slack. */
  readonly address: Address;
}

/** What a manager's page says. */
export class ManagerView {
  readonly version: number;
  readonly bucketPages: number;
  /** The high-water mark: how many buckets were ever handed out. */
  readonly allocatedBuckets: number;
  /** Buckets below the mark that nobody owns, ascending: 0.7.1 reclaimed them; no other release reuses them. */
  readonly freedBuckets: readonly number[];
  /** Those with pages or buckets, by id. None where the layout is not version 1, or has no bucket size. */
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

  /** Buckets that a manager can deal out. */
  get mostBuckets(): number {
    return MAX_BUCKETS;
  }

  /** Pages that can still be dealt out at this bucket size. */
  get capacityLeft(): number {
    return Math.max(0, MAX_BUCKETS - this.allocatedBuckets) * this.bucketPages;
  }

  /** The bucket that an image's byte lies in; undefined for the manager's page and for bytes that no bucket ever had. */
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

/** Where a manager's memory lies. */
export interface ManagerPlace {
  readonly image: ReadableMemory;
  readonly from: Offset;
}

/**
 * Describes the manager at the start of an image; undefined where none is. One whose magic is lost is recognised by its tables,
 * and read. Other layout versions are named, and their memories left alone. `live`: by memory id, the order in which a running
 * canister has its buckets; the tables know only the ascending one, which a load goes by.
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

/** Describes the manager at the start of `memory` by its header, whatever that says. */
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
  for (const { order } of used) if (order) tellOrder(memory, order, report);
  return new ManagerView(header, used);
}

/** The live order, where it is one of the same buckets. */
function sameBuckets(live: readonly number[] | undefined, own: readonly number[]): readonly number[] | undefined {
  if (live?.length !== own.length) return undefined;
  const known = new Set(live);
  return known.size === own.length && own.every((bucket) => known.has(bucket)) ? live : undefined;
}

function tellOrder(memory: ReadableMemory, order: BucketOrder, report: Report): void {
  const [first = 0] = order.reloaded;
  const length = (order.reloaded.at(-1) ?? first) - first + 1;
  report({ code: 'mm.bucket-order', memory, at: { start: at(OWNERS_AT, first), length }, message: describeOrder(order) });
}
