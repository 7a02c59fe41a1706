import { Budget } from '../../core/budget.ts';
import { formatCounted } from '../../core/format.ts';
import { byteLength, type ReadableMemory } from '../../core/memory/memory.ts';
import type { FoundBuffer, NumberedMemory } from './find.ts';
import { MemoryBufferView } from './inspect.ts';
import { decodeRecords, slotsOf, type ValueRecord } from './layout.ts';

/** A hint about a buffer without headers, from labels or stable variables, for its pointers region. */
export interface BufferHint {
  /** The region with the values. */
  readonly blobs?: number | undefined;
  readonly count?: number | undefined;
  /** Source of the hint, if it is not the labels. */
  readonly source?: string | undefined;
}

/** Minimum records that must fit another region, if there is no hint. */
const MIN_RECORDS = 3;
/** Maximum records that are read in one region. */
const MAX_RECORDS = 2 ** 20;
/** Records in the first batch and maximum records in later batches: usually the first few records decide. */
const FIRST_BATCH = 4;
const MAX_BATCH = 4096;
/** Maximum pairs of regions that are weighed; more are noise that looks like records. */
const MAX_WEIGHED = 1_000_000;

/** A region that may have the values, and the evidence for it. */
interface Candidate<Region> {
  readonly blobs: Region;
  /** Number of leading records that point into it without overlapping. */
  readonly count: number;
  /** The best candidate; the lowest of those with the same count. */
  readonly rank: number;
}

/**
 * Finds the buffers of releases 0.0.1 and 0.0.2 among regions that are not recognised otherwise. Such a buffer has no header: the
 * records of a region must point into another region, to ranges that do not overlap. The buffer ends before the first record that
 * points nowhere or to bytes of an earlier record: removed values leave such records.
 */
export function findHeaderlessBuffers<Region extends NumberedMemory>(
  regions: readonly Region[],
  hints: ReadonlyMap<number, BufferHint>,
): readonly FoundBuffer<Region>[] {
  const free = new FreeRegions(regions);
  const found: FoundBuffer<Region>[] = [];
  const budget = new Budget({ steps: MAX_WEIGHED });
  // Hints come first.
  const inOrder = [...regions].sort((a, b) => Number(hints.has(b.id)) - Number(hints.has(a.id)) || a.id - b.id);
  for (const pointers of inOrder) {
    if (!free.has(pointers)) continue;
    const hint = hints.get(pointers.id);
    const buffer = hint?.blobs === undefined ? inferred(pointers, free, hint, budget) : hinted(pointers, free, hint);
    if (!buffer) continue;
    found.push(buffer);
    free.remove(pointers);
    if (buffer.blobs) free.remove(buffer.blobs);
  }
  return found.sort((a, b) => a.pointers.id - b.pointers.id);
}

/** The regions that do not belong to a buffer yet. */
class FreeRegions<Region extends NumberedMemory> {
  readonly #free: Map<number, Region>;
  /** The widest first. */
  readonly #byWidth: readonly Region[];

  constructor(regions: readonly Region[]) {
    this.#free = new Map(regions.map((region) => [region.id, region]));
    this.#byWidth = [...regions].sort((a, b) => b.pages - a.pages);
  }

  has({ id }: Region): boolean {
    return this.#free.has(id);
  }

  remove({ id }: Region): void {
    this.#free.delete(id);
  }

  /** Returns the region of an id, unless it is `pointers` itself. */
  other(pointers: Region, id: number | undefined): Region | undefined {
    return id === undefined || id === pointers.id ? undefined : this.#free.get(id);
  }

  /** Returns all regions but `pointers`. */
  others(pointers: Region): readonly Region[] {
    return [...this.#free.values()].filter((region) => region !== pointers);
  }

  /** Returns the size in bytes of the widest region, except for `pointers`. */
  widest(pointers: Region): number {
    const region = this.#byWidth.find((each) => each !== pointers && this.has(each));
    return region === undefined ? 0 : byteLength(region);
  }
}

function hinted<Region extends NumberedMemory>(
  pointers: Region,
  free: FreeRegions<Region>,
  hint: BufferHint,
): FoundBuffer<Region> | undefined {
  const blobs = free.other(pointers, hint.blobs);
  if (!blobs) return undefined;
  const records = leadingRecords(pointers, byteLength(blobs));
  return foundBuffer(
    pointers,
    blobs,
    countApart(records),
    hint,
    hint.source === undefined ? 'the labels say so' : `the ${hint.source} says so`,
  );
}

function inferred<Region extends NumberedMemory>(
  pointers: Region,
  free: FreeRegions<Region>,
  hint: BufferHint | undefined,
  budget: Budget,
): FoundBuffer<Region> | undefined {
  const records = leadingRecords(pointers, free.widest(pointers));
  if (records.length < MIN_RECORDS || budget.cutShort !== undefined) return undefined;
  const apart = records.slice(0, countApart(records));
  const candidates = free
    .others(pointers)
    .filter(() => budget.spend())
    .map((blobs) => weigh(pointers, blobs, apart))
    .filter(({ count }) => count >= MIN_RECORDS)
    .sort((a, b) => b.count - a.count || a.rank - b.rank);
  const [best, rival] = candidates;
  // If not all were weighed, another could be as good. Two equal candidates cannot be told apart.
  if (!best || budget.cutShort !== undefined || (rival && rival.count === best.count && rival.rank === best.rank))
    return undefined;
  const reason = `every one of its ${formatCounted(best.count, 'pointer')} lies in region ${best.blobs.id} and none overlap`;
  return foundBuffer(pointers, best.blobs, best.count, hint, reason);
}

function foundBuffer<Region extends NumberedMemory>(
  pointers: Region,
  blobs: Region,
  count: number,
  hint: BufferHint | undefined,
  reason: string,
): FoundBuffer<Region> {
  const facts = {
    release: '0.0',
    headerBytes: 0,
    pairedBecause: reason,
    ...(hint?.count === undefined
      ? { countInferred: true, countFrom: 'leading records that lead to bytes of their own' }
      : { countFrom: hint.source ?? 'labels' }),
  };
  const length = BigInt(hint?.count ?? count);
  return { view: new MemoryBufferView(pointers, blobs, { header: 0, length, facts }), pointers, blobs };
}

function weigh<Region extends NumberedMemory>(
  pointers: Region,
  blobs: Region,
  records: readonly ValueRecord[],
): Candidate<Region> {
  const bytes = byteLength(blobs);
  let end = 0;
  let count = 0;
  for (const { address, size } of records) {
    if (address + size > bytes) break;
    end = Math.max(end, address + size);
    count += 1;
  }
  // A buffer makes its blobs region right after its pointers region, and grows it no more than necessary.
  return { blobs, count, rank: blobs.id === pointers.id + 1 ? 0 : bytes - end };
}

/** Returns the records before the first one that is empty or does not point into a region of `end` bytes. */
function leadingRecords(pointers: ReadableMemory, end: number): readonly ValueRecord[] {
  const found: ValueRecord[] = [];
  const slots = Math.min(slotsOf(pointers, 0), MAX_RECORDS);
  for (let from = 0, length = FIRST_BATCH; from < slots; from += length, length = Math.min(2 * length, MAX_BATCH)) {
    for (const record of decodeRecords(pointers, from, Math.min(from + length, slots), 0)) {
      if (record.size === 0 || record.address + record.size > end) return found;
      found.push(record);
    }
  }
  return found;
}

/** Returns the number of leading records that do not overlap. */
function countApart(records: readonly ValueRecord[]): number {
  let count = records.length;
  for (let before = count + 1; count < before; ) {
    before = count;
    const order = Uint32Array.from({ length: count }, (_, index) => index).sort(
      (a, b) => (records[a]?.address ?? 0) - (records[b]?.address ?? 0) || a - b,
    );
    let reach = 0;
    let last = 0;
    // Of two that overlap, the later one goes, and with it all records that follow.
    for (const index of order) {
      const { address, size } = records[index] ?? { address: 0, size: 0 };
      if (address < reach) count = Math.min(count, Math.max(index, last));
      if (address + size <= reach) continue;
      reach = address + size;
      last = index;
    }
  }
  return count;
}
