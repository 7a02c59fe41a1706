/** Divides the whole image into a column of bins for the minimap, one for each line of pixels. */
import { BYTE_USES, type ByteUse, type MapResult } from '../../engine/views/protocol.ts';
import { cellsOf } from './sample.ts';

/** Returns the bytes per cell, a power of two, that shows the image in at most 4096 cells. */
export function overviewZoom(bytes: number): number {
  const MAX_CELLS = 4096;
  let size = 256;
  while (bytes / size > MAX_CELLS) size *= 2;
  return size;
}

export interface Bin {
  /** Index of the owner; `MANY` if many owners share the bin. */
  readonly owner: number;
  readonly use: ByteUse;
}

/** Stands for many owners. Without it, the minimap of a memory in turns would be confetti. */
export const MANY = -1;
/** Minimum share of the largest of many owners for the bin to have its colour. */
const OWN_SHARE = 1 / 4;

/** Uses that are shown even if most of the bin is empty. Otherwise small structures in large buckets would vanish. */
const SIGNIFICANT: ReadonlySet<ByteUse> = new Set(['metadata', 'live', 'leaked', 'missing', 'uncounted']);

/** Returns the bins of an overview that starts at 0. A bin is undefined if the result has no cells for it. */
export function binsOf(result: MapResult, bytes: number, count: number): readonly (Bin | undefined)[] {
  const bytesPerBin = bytes / count;
  const bins = Array.from({ length: count }, (_, bin): Bin | undefined => {
    const first = Math.floor((bin * bytesPerBin) / result.bytesPerCell);
    const end = Math.max(first + 1, Math.ceil(((bin + 1) * bytesPerBin) / result.bytesPerCell));
    return binOf(result, first, Math.min(end, cellsOf(result)));
  });
  // A line of one pixel is hard to see, so a significant bin also takes the next line if that one is not significant.
  return bins.map((bin, index) => {
    const before = bins[index - 1];
    if (bin === undefined || before === undefined || SIGNIFICANT.has(bin.use) || !SIGNIFICANT.has(before.use)) return bin;
    const twoBefore = bins[index - 2];
    return twoBefore !== undefined && SIGNIFICANT.has(twoBefore.use) ? bin : before;
  });
}

/** Returns the largest significant part in these cells, or else the largest part. */
function binOf({ firstPart, ownerOf, useOf, bytesOf }: MapResult, first: number, end: number): Bin | undefined {
  const sums = new Map<number, number>();
  const ownerBytes = new Map<number, number>();
  let bytes = 0;
  for (let part = firstPart[first] ?? 0; part < (firstPart[end] ?? 0); part += 1) {
    const key = (ownerOf[part] ?? 0) * BYTE_USES.length + (useOf[part] ?? 0);
    sums.set(key, (sums.get(key) ?? 0) + (bytesOf[part] ?? 0));
    ownerBytes.set(ownerOf[part] ?? 0, (ownerBytes.get(ownerOf[part] ?? 0) ?? 0) + (bytesOf[part] ?? 0));
    bytes += bytesOf[part] ?? 0;
  }
  let [best, bestBytes, isBestSignificant] = [-1, 0, false];
  for (const [key, sum] of sums) {
    const isSignificant = SIGNIFICANT.has(BYTE_USES[key % BYTE_USES.length] ?? 'unknown');
    if ((isSignificant && !isBestSignificant) || (isSignificant === isBestSignificant && sum > bestBytes))
      [best, bestBytes, isBestSignificant] = [key, sum, isSignificant];
  }
  const use = BYTE_USES[best % BYTE_USES.length];
  if (best < 0 || use === undefined) return undefined;
  const isShared = Math.max(...ownerBytes.values()) < OWN_SHARE * bytes;
  return { owner: isShared ? MANY : Math.floor(best / BYTE_USES.length), use };
}
