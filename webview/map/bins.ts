/** The whole image in one column of bins, top to bottom: what the minimap draws, a bin for each line of pixels. */
import { BYTE_USES, type ByteUse, type MapResult } from '../../engine/views/protocol.ts';
import { cellsOf } from './sample.ts';

/** A power of two that shows `bytes` in a few thousand cells. */
export function overviewZoom(bytes: number): number {
  const MAX_CELLS = 4096;
  let size = 256;
  while (bytes / size > MAX_CELLS) size *= 2;
  return size;
}

export interface Bin {
  readonly owner: number;
  readonly use: ByteUse;
}

/** What holds something; it shows in a bin even where most of the bin is empty, else small structures in large buckets would vanish. */
const TELLING: ReadonlySet<ByteUse> = new Set(['metadata', 'live', 'leaked', 'missing', 'uncounted']);

/** The bins of an overview that begins at 0. Undefined where the answer has no cells for a bin. */
export function binsOf(result: MapResult, bytes: number, count: number): readonly (Bin | undefined)[] {
  const bytesPerBin = bytes / count;
  const bins = Array.from({ length: count }, (_, bin): Bin | undefined => {
    const first = Math.floor((bin * bytesPerBin) / result.bytesPerCell);
    const end = Math.max(first + 1, Math.ceil(((bin + 1) * bytesPerBin) / result.bytesPerCell));
    return binOf(result, first, Math.min(end, cellsOf(result)));
  });
  // A line of one pixel is hard to see: what tells something takes the next line too, if that tells nothing.
  return bins.map((bin, index) => {
    const before = bins[index - 1];
    if (bin === undefined || before === undefined || TELLING.has(bin.use) || !TELLING.has(before.use)) return bin;
    const twoBefore = bins[index - 2];
    return twoBefore !== undefined && TELLING.has(twoBefore.use) ? bin : before;
  });
}

/** Of all parts in these cells the largest that holds something, or else the largest. */
function binOf({ firstPart, ownerOf, useOf, bytesOf }: MapResult, first: number, end: number): Bin | undefined {
  const sums = new Map<number, number>();
  for (let part = firstPart[first] ?? 0; part < (firstPart[end] ?? 0); part += 1) {
    const key = (ownerOf[part] ?? 0) * BYTE_USES.length + (useOf[part] ?? 0);
    sums.set(key, (sums.get(key) ?? 0) + (bytesOf[part] ?? 0));
  }
  let [best, bestBytes, bestTells] = [-1, 0, false];
  for (const [key, bytes] of sums) {
    const tells = TELLING.has(BYTE_USES[key % BYTE_USES.length] ?? 'unknown');
    if ((tells && !bestTells) || (tells === bestTells && bytes > bestBytes)) [best, bestBytes, bestTells] = [key, bytes, tells];
  }
  const use = BYTE_USES[best % BYTE_USES.length];
  return best < 0 || use === undefined ? undefined : { owner: Math.floor(best / BYTE_USES.length), use };
}
