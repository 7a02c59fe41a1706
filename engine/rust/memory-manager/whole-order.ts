/**
 * Release 0.7.1 can leave a memory whose buckets a load puts into an order that they never had. The tables do not show it. But
 * the chunks of a map are at equal distances, so the content of each bucket shows where in the memory it can have been.
 */
import type { Budget } from '../../core/budget.ts';
import { FINDINGS, type Finding } from '../../core/findings.ts';
import { at, PAGE_SIZE, type ReadableMemory, readBytes } from '../../core/memory/memory.ts';
import { PiecedView } from '../../core/memory/pieced-view.ts';
import { MemoryWindow } from '../../core/memory/window.ts';
import type { Structure } from '../../core/structure.ts';
import { CHUNK_HEADER_LENGTH, CHUNK_MAGIC, CHUNKS_AT, decodeHeader } from '../btree/layout.ts';
import { openStructures } from '../open.ts';
import { type Recognised, recognise } from '../recognise.ts';
import { bucketStart } from './mapping.ts';

/** A memory of a manager, according to the tables. */
export interface Memory {
  readonly pages: number;
  readonly bucketPages: number;
  readonly buckets: readonly number[];
}

/** An order of the buckets in which they contain an intact map, although they do not in the order of the table. */
export interface WholeOrder {
  readonly order: readonly number[];
  readonly structure: Structure;
}

/** A structure's header at the start of a bucket. */
export interface Head extends Recognised {
  readonly bucket: number;
}

/** Maximum buckets of a memory that is put in order. No larger case is known. */
const MAX_BUCKETS = 256;
/** Maximum orders tried. */
const MAX_ORDERS = 64;
/** Number of chunk places checked to decide whether a bucket can be at a position. */
const PLACES = 4;

/** Returns the headers at the start of the memory's buckets. */
export function headsIn(image: ReadableMemory, { buckets, bucketPages }: Memory, budget: Budget): readonly Head[] {
  const heads: Head[] = [];
  for (const bucket of buckets) {
    const start = bucketStart(bucket, bucketPages);
    if (start + PAGE_SIZE > image.pages * PAGE_SIZE) continue;
    if (!budget.spend(PAGE_SIZE)) break;
    for (const known of recognise(new MemoryWindow(image, at(0, start), 1))) if (known.whole) heads.push({ ...known, bucket });
  }
  return heads;
}

/** Searches for an order in which a map is intact. It tries the orders in which 0.7.1 can have allocated the buckets. */
export function findWholeOrder(
  image: ReadableMemory,
  memory: Memory,
  heads: readonly Head[],
  budget: Budget,
): WholeOrder | undefined {
  if (memory.buckets.length > MAX_BUCKETS) return undefined;
  let tried = 0;
  for (const { kind, bucket } of heads) {
    if (kind !== 'btreemap') continue;
    const places = new ChunkPlaces(image, memory, bucket, budget);
    for (const order of ordersFrom(bucket, memory.buckets, places)) {
      if (++tried > MAX_ORDERS || budget.cutShort !== undefined) return undefined;
      const structure = wholeIn(image, memory, order, budget);
      if (structure && isProof(order, places)) return { order, structure };
    }
  }
  return undefined;
}

/**
 * Yields the order that the chunks suggest; then every order of two ascending runs: the buckets that the memory had before others
 * were freed, and those that it got afterwards.
 */
function* ordersFrom(first: number, buckets: readonly number[], places: ChunkPlaces): Generator<readonly number[]> {
  yield byPlaces(first, buckets, places);
  const rest = buckets.filter((bucket) => bucket > first);
  const below = buckets.filter((bucket) => bucket < first);
  for (let kept = rest.length; kept >= 0; kept--) yield [first, ...rest.slice(0, kept), ...below, ...rest.slice(kept)];
}

/** Returns the order with the best fitting bucket at each position; among equals the next higher one, or else the lowest. */
function byPlaces(first: number, buckets: readonly number[], places: ChunkPlaces): readonly number[] {
  const order = [first];
  const left = new Set(buckets.filter((bucket) => bucket !== first));
  while (left.size > 0) {
    const before = order.at(-1) ?? first;
    const rated = [...left].map((bucket) => ({ bucket, fit: places.fit(order.length, bucket), after: bucket > before ? 1 : 0 }));
    const [best] = rated.sort((a, b) => b.fit - a.fit || b.after - a.after || a.bucket - b.bucket);
    if (!best) break;
    order.push(best.bucket);
    left.delete(best.bucket);
  }
  return order;
}

/**
 * Returns whether a bucket that the table puts before its predecessor has chunks in the right places. Otherwise the order proves
 * nothing.
 */
function isProof(order: readonly number[], places: ChunkPlaces): boolean {
  return order.some((bucket, index) => index > 0 && bucket < (order[index - 1] ?? 0) && places.fit(index, bucket) > 0);
}

/** Checks, by the distances between a map's chunks, where in the memory a bucket can be. */
class ChunkPlaces {
  readonly #image: ReadableMemory;
  readonly #bucketPages: number;
  readonly #stride: number;
  readonly #budget: Budget;

  constructor(image: ReadableMemory, { bucketPages }: Memory, first: number, budget: Budget) {
    const header = decodeHeader(new MemoryWindow(image, at(0, bucketStart(first, bucketPages)), 1));
    this.#image = image;
    this.#bucketPages = bucketPages;
    this.#stride = header.pageSize + CHUNK_HEADER_LENGTH;
    this.#budget = budget;
  }

  /** Returns how many of the first chunk places have a chunk, if the bucket is at position `index` of the memory. */
  fit(index: number, bucket: number): number {
    const length = this.#bucketPages * PAGE_SIZE;
    const start = bucketStart(bucket, this.#bucketPages);
    const chunk = Math.max(0, Math.ceil((index * length - CHUNKS_AT) / this.#stride));
    for (let place = 0; place < PLACES; place++) {
      const within = CHUNKS_AT + (chunk + place) * this.#stride - index * length;
      const there = within + 4 <= length && start + within + 4 <= this.#image.pages * PAGE_SIZE && this.#budget.spend(4);
      if (!there || !isChunk(this.#image, start + within)) return place;
    }
    return PLACES;
  }
}

function isChunk(image: ReadableMemory, offset: number): boolean {
  return String.fromCharCode(...readBytes(image, at(0, offset), 4)) === `${CHUNK_MAGIC}\x01`;
}

/** Returns the structure in this order, if a full scan of it finds no error. */
function wholeIn(
  image: ReadableMemory,
  { pages, bucketPages }: Memory,
  order: readonly number[],
  budget: Budget,
): Structure | undefined {
  const starts = order.map((bucket) => bucketStart(bucket, bucketPages));
  const view = new PiecedView(image, pages, { starts, bytesEach: bucketPages * PAGE_SIZE });
  let isIntact = true;
  const report = ({ code }: Finding): void => {
    if (FINDINGS[code].severity === 'error') isIntact = false;
  };
  const [structure] = openStructures([view], report);
  if (structure?.kind !== 'btreemap' && structure?.kind !== 'btreeset') return undefined;
  if (isIntact) structure.scan(report, budget);
  return isIntact && budget.cutShort === undefined && structure.length !== 0n ? structure : undefined;
}
