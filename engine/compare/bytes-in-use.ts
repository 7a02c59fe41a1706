import { type ByteRange, byteLength } from '../core/memory/memory.ts';
import type { UsageRuns } from '../core/usage-runs.ts';
import type { FullScan } from '../snapshot/full-scan.ts';
import { inOrder } from '../snapshot/image-usage.ts';
import type { PlacedStructure } from '../snapshot/placed.ts';
import type { Space } from '../snapshot/space.ts';
import { NOT_WALKED, type ScannedStructure } from '../snapshot/walk.ts';

type ScannedSide = readonly [scan: FullScan, placed: PlacedStructure];

/**
 * Returns the bytes of a memory of a structure that it uses before or after; undefined where the full scans do not know them. Both have
 * scanned it without an error, so that all its elements are in these bytes.
 */
export function rangesInUse(before: ScannedSide, after: ScannedSide, index: number): Iterable<ByteRange> | undefined {
  const [old, now] = [before, after].map(([scan, placed]) => {
    const scanned = scan.structures.find((each) => each.placed === placed);
    const runs = scanned && runsOf(scanned, index);
    const memory = placed.structure.memories[index];
    return runs && memory && runs.inUse(0, byteLength(memory));
  });
  return old && now && unionOf(old, now);
}

/** Returns the use of the bytes of a space that only one structure is in. Nothing is known about other bytes of programs. */
export function runsInSpace({ structures, cutShort }: FullScan, space: Space): UsageRuns | undefined {
  const [scanned, ...others] = structures.filter(({ placed }) => placed.spaces.includes(space));
  if (scanned === undefined || others.length > 0 || cutShort !== undefined) return undefined;
  return runsOf(scanned, scanned.placed.structure.memories.indexOf(space.memory));
}

function runsOf({ placed, scan }: ScannedStructure, index: number): UsageRuns | undefined {
  const memory = placed.structure.memories[index];
  if (memory === undefined || scan === NOT_WALKED) return undefined;
  if (scan.runs !== undefined) return scan.runs[index];
  return placed.structure.memories.length === 1 ? inOrder(scan.usage, byteLength(memory)) : undefined;
}

/** Yields the ranges that are in one of two sequences of ranges, both in order. Ranges that touch are joined. */
export function* unionOf(a: Iterable<ByteRange>, b: Iterable<ByteRange>): Generator<ByteRange, void, undefined> {
  const [left, right] = [a[Symbol.iterator](), b[Symbol.iterator]()];
  let [old, now] = [left.next(), right.next()];
  let joined: ByteRange | undefined;
  while (old.done !== true || now.done !== true) {
    let next: ByteRange;
    if (now.done === true || (old.done !== true && old.value.start <= now.value.start)) {
      next = old.value;
      old = left.next();
    } else {
      next = now.value;
      now = right.next();
    }
    if (joined === undefined || next.start > endOf(joined)) {
      if (joined !== undefined) yield joined;
      joined = next;
    } else joined = { start: joined.start, length: Math.max(endOf(joined), endOf(next)) - joined.start };
  }
  if (joined !== undefined) yield joined;
}

/** Yields the ranges from 0 to `bytes` that are between ranges, which are in order. */
export function* rangesBetween(ranges: Iterable<ByteRange>, bytes: number): Generator<ByteRange, void, undefined> {
  let start = 0;
  for (const range of ranges) {
    if (range.start > start) yield { start, length: range.start - start };
    start = endOf(range);
  }
  if (start < bytes) yield { start, length: bytes - start };
}

export function bytesIn(ranges: Iterable<ByteRange>): number {
  let sum = 0;
  for (const { length } of ranges) sum += length;
  return sum;
}

function endOf({ start, length }: ByteRange): number {
  return start + length;
}
