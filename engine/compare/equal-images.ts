import { type ByteRange, byteLength } from '../core/memory/memory.ts';
import type { Sliced } from '../core/slices.ts';
import type { Area } from '../snapshot/areas.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { bytesIn, rangesBetween, runsInSpace, unionOf } from './bytes-in-use.ts';
import { EqualPages } from './equal-pages.ts';
import { hasErrors, type ScannedSnapshot } from './scanned-snapshot.ts';

/** The bytes that two images have in common: all, all that either one uses, or neither. */
export type CommonBytes = 'all' | 'in use' | 'not all in use';

/** Maximum free bytes that are compared. In more, images that are mostly holes would take minutes to read. */
const MAX_FREE = 2 ** 30;

/**
 * Compares the bytes of two images that have the same size and lack the same bytes. Those in use on either side come first. Yields
 * the part that is done.
 */
export function* compareImages(before: ScannedSnapshot, after: ScannedSnapshot): Sliced<CommonBytes> {
  const [old, now] = [before.snapshot, after.snapshot];
  if (old.bytes !== now.bytes || old.memory.pages !== now.memory.pages || lacking(old) !== lacking(now)) return 'not all in use';
  const bytes = byteLength(old.memory);
  const inUse = (): Iterable<ByteRange> =>
    haveSameAreas(old, now) ? unionOf(usedIn(before), usedIn(after)) : [{ start: 0, length: bytes }];
  const pages = new EqualPages(old.memory, now.memory);
  if (!(yield* pages.areEqualIn(inUse()))) return 'not all in use';
  const free = bytes - bytesIn(inUse());
  if (free > MAX_FREE) return 'in use';
  return free === 0 || (yield* pages.areEqualIn(rangesBetween(inUse(), bytes))) ? 'all' : 'in use';
}

function lacking({ missing }: Snapshot): string {
  return missing.map(({ start, length }) => `${start}+${length}`).join();
}

function haveSameAreas({ areas: before }: Snapshot, { areas: after }: Snapshot): boolean {
  return before.length === after.length && before.every((area, index) => isSameArea(area, after[index]));
}

function isSameArea(before: Area, after: Area | undefined): boolean {
  const textOf = (area: Area | undefined): string => {
    if (area === undefined) return '';
    const { kind, part, extent } = area;
    return [
      kind,
      part,
      extent.start,
      extent.length,
      ...('space' in area ? [area.space.part, area.address, area.used] : []),
    ].join();
  };
  return textOf(before) === textOf(after);
}

/** Yields the ranges of an image that are in use, in order. All are, where damage may hide what is. */
function* usedIn(side: ScannedSnapshot): Generator<ByteRange, void, undefined> {
  const { areas, memory, residualDump } = side.snapshot;
  if (residualDump !== undefined || hasErrors(side)) {
    yield { start: 0, length: byteLength(memory) };
    return;
  }
  for (const area of areas) {
    if (area.kind === 'named') yield area.extent;
    else if (area.kind !== 'freed') yield* usedInSpace(side, area);
  }
}

function* usedInSpace(
  { scan }: ScannedSnapshot,
  area: Extract<Area, { readonly used: number }>,
): Generator<ByteRange, void, undefined> {
  const { space, extent, address } = area;
  const used = Math.min(area.used, extent.length);
  const runs = runsInSpace(scan, space);
  if (runs === undefined) yield { start: extent.start, length: used };
  else
    for (const { start, length } of runs.inUse(address, address + used))
      yield { start: extent.start + (start - address), length };
}
