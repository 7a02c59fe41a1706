import type { Report } from '../../core/findings.ts';
import { PAGE_SIZE, type ReadableMemory } from '../../core/memory/memory.ts';
import { PiecedView } from '../../core/memory/pieced-view.ts';
import { bucketStart } from '../memory-manager/mapping.ts';
import { type Chains, walkChains } from './chains.ts';
import { checkBucketSize, checkChains } from './check.ts';
import { decodeLinked, LINKED_VERSION, type LinkedHeader, mostBuckets, tableBucket, tablesBelow } from './layout.ts';

/** One of the memories, to be read in an image: what its chain says of it, whether or not all of that is there. */
export class LinkedMemoryView extends PiecedView {
  readonly id: number;
  /** In virtual order, as the image has it: no load changes it. */
  readonly buckets: readonly number[];
  readonly order = undefined;

  constructor(image: ReadableMemory, { bucketPages, entries }: LinkedHeader, id: number, buckets: readonly number[]) {
    // As its entry says; where that says more than its chain holds, no more than the image has either.
    const pages = Math.min(entries[id]?.pages ?? 0, Math.max(buckets.length * bucketPages, image.pages));
    const starts = buckets.map((bucket) => bucketStart(bucket, bucketPages));
    super(image, pages, { starts, bytesEach: bucketPages * PAGE_SIZE });
    this.id = id;
    this.buckets = buckets;
  }
}

/** What a linked manager's header and links say. */
export class LinkedManagerView {
  readonly version = LINKED_VERSION;
  readonly header: LinkedHeader;
  /** The high-water mark. */
  readonly allocatedBuckets: number;
  /** In the order in which they will be handed out. */
  readonly freedBuckets: readonly number[];
  /** Buckets that hold links, ascending. */
  readonly tables: readonly number[];
  /** Those with pages or buckets, by id. */
  readonly memories: readonly LinkedMemoryView[];

  constructor(header: LinkedHeader, memories: readonly LinkedMemoryView[], { free, supply }: Pick<Chains, 'free' | 'supply'>) {
    this.header = header;
    this.memories = memories;
    this.freedBuckets = free;
    this.allocatedBuckets = supply.allocatedBuckets;
    const known = header.bucketPages === 0 ? 0 : tablesBelow(header, Math.min(this.allocatedBuckets, this.mostBuckets));
    this.tables = Array.from({ length: known }, (_, index) => tableBucket(header, index));
  }

  get bucketPages(): number {
    return this.header.bucketPages;
  }

  /** Buckets that a stable memory has room for. */
  get mostBuckets(): number {
    return this.bucketPages === 0 ? 0 : mostBuckets(this.header);
  }

  /** Pages that can still be dealt out: in free buckets, and in those above the mark. */
  get capacityLeft(): number {
    if (this.bucketPages === 0) return 0;
    const above = Math.max(0, this.mostBuckets - this.allocatedBuckets);
    const tables = Math.max(0, tablesBelow(this.header, this.mostBuckets) - this.tables.length);
    return (this.freedBuckets.length + above - tables) * this.bucketPages;
  }
}

/**
 * Describes the linked manager at the start of `image`; undefined where none is. What it costs is limited by what a stable memory
 * can hold.
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
