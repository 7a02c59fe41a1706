/**
 * Release 0.7.1 can leave a memory whose buckets a load puts into an order that it never had. Nothing in the tables says so; but
 * a map's chunks stand in equal steps, so that each bucket tells where in the memory it can have been.
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

/** A memory of a manager, as its tables have it. */
export interface Memory {
  readonly pages: number;
  readonly bucketPages: number;
  readonly buckets: readonly number[];
}

/** An order of the buckets in which they hold a whole map, although in the table's order they do not. */
export interface WholeOrder {
  readonly order: readonly number[];
  readonly structure: Structure;
}

/** Where a structure's header stands, other than at the memory's start. */
export interface Head extends Recognised {
  readonly bucket: number;
}

/** Larger memories are not put in order; nothing was ever seen that large. */
const MAX_BUCKETS = 256;
/** So many orders are tried. */
const MAX_ORDERS = 64;
/** So many places of chunks tell whether a bucket can be where it is put. */
const PLACES = 4;

/** The memory's buckets that begin as a structure does. */
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

/** Looks for an order that makes a map whole. The orders tried are those in which 0.7.1 can have handed the buckets out. */
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
 * The order that the chunks suggest; then every one of two ascending runs: what the memory had before others were freed, and what
 * came then.
 */
function* ordersFrom(first: number, buckets: readonly number[], places: ChunkPlaces): Generator<readonly number[]> {
  yield byPlaces(first, buckets, places);
  const rest = buckets.filter((bucket) => bucket > first);
  const below = buckets.filter((bucket) => bucket < first);
  for (let kept = rest.length; kept >= 0; kept--) yield [first, ...rest.slice(0, kept), ...below, ...rest.slice(kept)];
}

/** At each place the bucket whose chunks fit best; among equals the next higher one, and else the lowest. */
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
 * Whether chunks stand behind a bucket that the table puts before the one that it follows: otherwise the order proves nothing.
 */
function isProof(order: readonly number[], places: ChunkPlaces): boolean {
  return order.some((bucket, index) => index > 0 && bucket < (order[index - 1] ?? 0) && places.fit(index, bucket) > 0);
}

/** Where in the memory a bucket can be, as far as the steps of a map's chunks tell. */
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

  /** How many of the first places of chunks have one, if the bucket is the memory's so manieth. */
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

/** The structure in this order, where a whole walk over it finds no error. */
function wholeIn(
  image: ReadableMemory,
  { pages, bucketPages }: Memory,
  order: readonly number[],
  budget: Budget,
): Structure | undefined {
  const starts = order.map((bucket) => bucketStart(bucket, bucketPages));
  const view = new PiecedView(image, pages, { starts, bytesEach: bucketPages * PAGE_SIZE });
  let sound = true;
  const report = ({ code }: Finding): void => {
    if (FINDINGS[code].severity === 'error') sound = false;
  };
  const [structure] = openStructures([view], report);
  if (structure?.kind !== 'btreemap' && structure?.kind !== 'btreeset') return undefined;
  if (sound) structure.scan(report, budget);
  return sound && budget.cutShort === undefined && structure.length !== 0n ? structure : undefined;
}
