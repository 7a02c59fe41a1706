import type { Report } from '../../findings.ts';
import {
  type Address,
  assertHolds,
  at,
  byteLength,
  type Extent,
  type Offset,
  PAGE_SIZE,
  type ReadableMemory,
} from '../../memory/memory.ts';
import { bucketsByMemory, checkTables, freedBuckets, looksLikeManager } from './check.ts';
import { BUCKETS_AT, checkManager, decodeManager, MAGIC, MAX_BUCKETS, type ManagerHeader, UNOWNED, VERSION } from './layout.ts';
import { bucketStart, eachPiece } from './mapping.ts';

/** One of a manager's memories, to be read in an image: what the tables say of it, whether or not all of that is there. */
export class VirtualMemoryView implements ReadableMemory {
  readonly id: number;
  /** As the size table says; where it says more than its buckets hold, no more than the image has either. */
  readonly pages: number;
  /** In virtual order. */
  readonly buckets: readonly number[];
  readonly bucketPages: number;
  readonly #image: ReadableMemory;

  constructor(image: ReadableMemory, header: ManagerHeader, id: number, buckets: readonly number[]) {
    this.#image = image;
    this.id = id;
    this.buckets = buckets;
    this.bucketPages = header.bucketPages;
    this.pages = Math.min(header.sizes[id] ?? 0, Math.max(buckets.length * header.bucketPages, image.pages));
  }

  /** Bytes that have no place in the image, for want of a bucket or because the image ends too early, read as zero. */
  read(from: Address, into: Uint8Array): void {
    assertHolds(this, from, into.length);
    eachPiece(this, from, into.length, (offset, done, length) => {
      const piece = into.subarray(done, done + length);
      const there = offset === undefined ? 0 : Math.max(0, Math.min(length, byteLength(this.#image) - offset));
      if (offset !== undefined && there > 0) this.#image.read(at(0, offset), piece.subarray(0, there));
      piece.fill(0, there);
    });
  }

  /** Where the bytes of a run lie in the image, in the run's order; those that have no place there are left out. */
  toImage(start: Address, length: number): readonly Extent[] {
    const extents: Extent[] = [];
    eachPiece(this, start, length, (offset, _, piece) => {
      if (offset === undefined) return;
      const there = Math.min(piece, byteLength(this.#image) - offset);
      if (there <= 0) return;
      const last = extents.at(-1);
      if (last && last.start + last.length === offset)
        extents[extents.length - 1] = { start: last.start, length: last.length + there };
      else extents.push({ start: offset, length: there });
    });
    return extents;
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

/**
 * Describes the manager at the start of `image`; undefined where none is. One whose magic is lost is recognised by its tables, and read.
 * Other layout versions are named, and their memories left alone.
 */
export function inspectManager(image: ReadableMemory, report: Report): ManagerView | undefined {
  const header = decodeManager(image);
  if (!header || (header.magic !== MAGIC && !looksLikeManager(header))) return undefined;
  checkManager(image, header, report);
  if (header.version !== VERSION || header.bucketPages === 0) return new ManagerView(header, []);
  const buckets = bucketsByMemory(header);
  const memories = buckets.map((own, id) => new VirtualMemoryView(image, header, id, own));
  const used = memories.filter((memory) => memory.pages > 0 || memory.buckets.length > 0);
  checkTables(image, header, buckets, report);
  return new ManagerView(header, used);
}
