import { formatCounted } from '../../format.ts';
import { byteLength, type ReadableMemory } from '../../memory/memory.ts';
import type { FoundBuffer, NumberedMemory } from './find.ts';
import { MemoryBufferView } from './inspect.ts';
import { decodeRecords, slotsOf, type ValueRecord } from './layout.ts';

/** What someone says of a buffer without headers, by its pointers region. */
export interface BufferHint {
  /** The region with the values. */
  readonly blobs?: number | undefined;
  readonly count?: number | undefined;
  /** Who says so, where it is not the labels. */
  readonly source?: string | undefined;
}

/** Without a hint so many records have to fit another region. */
const LEAST_RECORDS = 3;
/** In one region more are not looked at. */
const MOST_RECORDS = 2 ** 20;
/** Records are read in runs: mostly the first few tell. */
const FIRST_RUN = 16;
const MOST_IN_RUN = 4096;

/** A region that may have the values, and what speaks for it. */
interface Candidate<Region> {
  readonly blobs: Region;
  /** Leading records that lie in it, none over another. */
  readonly count: number;
  /** Among those with as many the lowest is best. */
  readonly rank: number;
}

/**
 * Finds the buffers of releases 0.0.1 and 0.0.2 among regions that nothing else is known of. Such a buffer has no header: a region's records
 * have to lead to another one, each to some bytes of its own. It ends before the first record that leads nowhere or to bytes that an earlier
 * one has: what removed values leave behind.
 */
export function findHeaderlessBuffers<Region extends NumberedMemory>(
  regions: readonly Region[],
  hints: ReadonlyMap<number, BufferHint>,
): readonly FoundBuffer<Region>[] {
  const used = new Set<Region>();
  const found: FoundBuffer<Region>[] = [];
  // What someone says comes first.
  const inOrder = [...regions].sort((a, b) => Number(hints.has(b.id)) - Number(hints.has(a.id)) || a.id - b.id);
  for (const pointers of inOrder) {
    if (used.has(pointers)) continue;
    const hint = hints.get(pointers.id);
    const others = regions.filter((region) => region !== pointers && !used.has(region));
    const buffer = hint?.blobs === undefined ? inferred(pointers, others, hint) : said(pointers, others, hint);
    if (!buffer) continue;
    found.push(buffer);
    used.add(pointers);
    if (buffer.blobs) used.add(buffer.blobs);
  }
  return found.sort((a, b) => a.pointers.id - b.pointers.id);
}

function said<Region extends NumberedMemory>(
  pointers: Region,
  others: readonly Region[],
  hint: BufferHint,
): FoundBuffer<Region> | undefined {
  const blobs = others.find(({ id }) => id === hint.blobs);
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
  others: readonly Region[],
  hint: BufferHint | undefined,
): FoundBuffer<Region> | undefined {
  const widest = others.reduce((end, region) => Math.max(end, byteLength(region)), 0);
  const records = leadingRecords(pointers, widest);
  if (records.length < LEAST_RECORDS) return undefined;
  const apart = records.slice(0, countApart(records));
  const candidates = others
    .map((blobs) => weigh(pointers, blobs, apart))
    .filter(({ count }) => count >= LEAST_RECORDS)
    .sort((a, b) => b.count - a.count || a.rank - b.rank);
  const [best, rival] = candidates;
  // Who cannot be told apart is not paired.
  if (!best || (rival && rival.count === best.count && rival.rank === best.rank)) return undefined;
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
  // A buffer makes its blobs region right after its pointers region, and grows it no more than it has to.
  return { blobs, count, rank: blobs.id === pointers.id + 1 ? 0 : bytes - end };
}

/** The records up to the first that leads to no bytes of a region of `end` bytes. */
function leadingRecords(pointers: ReadableMemory, end: number): readonly ValueRecord[] {
  const found: ValueRecord[] = [];
  const slots = Math.min(slotsOf(pointers, 0), MOST_RECORDS);
  for (let from = 0, length = FIRST_RUN; from < slots; from += length, length = Math.min(2 * length, MOST_IN_RUN)) {
    for (const record of decodeRecords(pointers, from, Math.min(from + length, slots), 0)) {
      if (record.size === 0 || record.address + record.size > end) return found;
      found.push(record);
    }
  }
  return found;
}

/** How many of the first records have all bytes for themselves. */
function countApart(records: readonly ValueRecord[]): number {
  let count = records.length;
  for (let before = count + 1; count < before; ) {
    before = count;
    const order = Uint32Array.from({ length: count }, (_, index) => index).sort(
      (a, b) => (records[a]?.address ?? 0) - (records[b]?.address ?? 0) || a - b,
    );
    let reach = 0;
    let last = 0;
    // Of each two that overlap one has to go, the later; with the first of those goes all that follows it.
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
