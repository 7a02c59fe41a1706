import type { Report } from '../../core/findings.ts';
import { PAGE_SIZE, type ReadableMemory } from '../../core/memory/memory.ts';
import { PiecedView } from '../../core/memory/pieced-view.ts';
import { bucketStart } from '../memory-manager/mapping.ts';
import { type Chains, walkChains } from './chains.ts';
import { checkBucketSize, checkChains } from './check.ts';
import { decodeLinked, LINKED_VERSION, type LinkedHeader, maxBuckets, tableBucket, tablesBelow } from './layout.ts';

/** A view of one of the memories in an image, as its chain describes it, whether or not all of it is there. */
export class LinkedMemoryView extends PiecedView {
  readonly id: number;
  /** The buckets in virtual order, as stored in the image. A load does not change it. */
  readonly buckets: readonly number[];
  readonly order = undefined;

  constructor(image: ReadableMemory, { bucketPages, entries }: LinkedHeader, id: number, buckets: readonly number[]) {
    // The entry counts; if its size exceeds the chain, it is limited to that of the image.
    const pages = Math.min(entries[id]?.pages ?? 0, Math.max(buckets.length * bucketPages, image.pages));
    const starts = buckets.map((bucket) => bucketStart(bucket, bucketPages));
    super(image, pages, { starts, bytesEach: bucketPages * PAGE_SIZE });
    this.id = id;
    this.buckets = buckets;
  }
}

/** The header and the links of a linked manager. */
export class LinkedManagerView {
  readonly version = LINKED_VERSION;
  readonly header: LinkedHeader;
  /** The high-water mark. */
  readonly allocatedBuckets: number;
  /** Free buckets in the order in which they will be allocated. */
  readonly freedBuckets: readonly number[];
  /** Buckets that hold links, ascending. */
  readonly tables: readonly number[];
  /** Memories with pages, by id. */
  readonly memories: readonly LinkedMemoryView[];

  constructor(header: LinkedHeader, memories: readonly LinkedMemoryView[], { free, supply }: Pick<Chains, 'free' | 'supply'>) {
    this.header = header;
    this.memories = memories;
    this.freedBuckets = free;
    this.allocatedBuckets = supply.allocatedBuckets;
    const known = header.bucketPages === 0 ? 0 : tablesBelow(header, Math.min(this.allocatedBuckets, this.maxBuckets));
    this.tables = Array.from({ length: known }, (_, index) => tableBucket(header, index));
  }

  get bucketPages(): number {
    return this.header.bucketPages;
  }

  /** Returns the number of buckets that a stable memory has room for. */
  get maxBuckets(): number {
    return this.bucketPages === 0 ? 0 : maxBuckets(this.header);
  }

  /** Returns the number of pages that can still be allocated, in free buckets and above the mark. */
  get capacityLeft(): number {
    if (this.bucketPages === 0) return 0;
    const above = Math.max(0, this.maxBuckets - this.allocatedBuckets);
    const tables = Math.max(0, tablesBelow(this.header, this.maxBuckets) - this.tables.length);
    return (this.freedBuckets.length + above - tables) * this.bucketPages;
  }
}

/**
 * Describes the linked manager at the start of `image`. Returns undefined if there is none. The cost is limited by the maximum
 * size of a stable memory.
 */
export function inspectLinkedManager(image: ReadableMemory, report: Report): LinkedManagerView | undefined {
  const header = decodeLinked(image);
  if (header === undefined) return undefined;
  if (!checkBucketSize(image, header, report)) return new LinkedManagerView(header, [], { free: [], supply: header });
  const chains = walkChains(image, header);
  checkChains(image, header, chains, report);
  const memories = chains.buckets.map((own, id) => new LinkedMemoryView(image, header, id, own));
  return new LinkedManagerView(
    header,
    memories.filter(({ pages }) => pages > 0),
    chains,
  );
}
