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

/** The bins of an overview. It arrives in several answers, and a bin whose cells have all arrived is not made again. */
export class Bins {
  #result: MapResult | undefined;
  #bytes = 0;
  #bins: readonly (Bin | undefined)[] = [];

  /** Returns `count` bins of a result that starts at 0. A bin is undefined if the result has no cells for it. */
  of(result: MapResult, bytes: number, count: number): readonly (Bin | undefined)[] {
    const before = bytes === this.#bytes && count === this.#bins.length ? this.#result : undefined;
    const known = before !== undefined && isContinuation(result, before) ? cellsOf(before) : 0;
    const bytesPerBin = bytes / count;
    const sums = new Sums(result.owners.length);
    const bins = Array.from({ length: count }, (_, bin): Bin | undefined => {
      const first = Math.floor((bin * bytesPerBin) / result.bytesPerCell);
      const end = Math.max(first + 1, Math.ceil(((bin + 1) * bytesPerBin) / result.bytesPerCell));
      return end <= known ? this.#bins[bin] : binOf(result, first, Math.min(end, cellsOf(result)), sums);
    });
    this.#result = result;
    this.#bytes = bytes;
    this.#bins = bins;
    return thickened(bins);
  }
}

/** Returns true if a result begins with another one. They share their owners, which no two answers do. */
function isContinuation(result: MapResult, before: MapResult): boolean {
  return result.bytesPerCell === before.bytesPerCell && result.from === before.from && result.owners[0] === before.owners[0];
}

/** Makes significant bins two lines thick where the next one is not significant: a line of one pixel is hard to see. */
function thickened(bins: readonly (Bin | undefined)[]): readonly (Bin | undefined)[] {
  return bins.map((bin, index) => {
    const before = bins[index - 1];
    if (bin === undefined || before === undefined || SIGNIFICANT.has(bin.use) || !SIGNIFICANT.has(before.use)) return bin;
    const twoBefore = bins[index - 2];
    return twoBefore !== undefined && SIGNIFICANT.has(twoBefore.use) ? bin : before;
  });
}

/** Bytes by owner, and by owner and use. One is used for all bins, which have a hundred thousand parts in an image with many owners. */
class Sums {
  readonly byOwner: Float64Array;
  readonly byLook: Float64Array;
  /** The owners and looks that have bytes, in the order of their first parts. */
  readonly owners: number[] = [];
  readonly looks: number[] = [];

  constructor(owners: number) {
    this.byOwner = new Float64Array(owners);
    this.byLook = new Float64Array(owners * BYTE_USES.length);
  }

  add(owner: number, use: number, bytes: number): void {
    const look = owner * BYTE_USES.length + use;
    if (this.byOwner[owner] === 0) this.owners.push(owner);
    if (this.byLook[look] === 0) this.looks.push(look);
    this.byOwner[owner] = (this.byOwner[owner] ?? 0) + bytes;
    this.byLook[look] = (this.byLook[look] ?? 0) + bytes;
  }

  clear(): void {
    for (const owner of this.owners) this.byOwner[owner] = 0;
    for (const look of this.looks) this.byLook[look] = 0;
    this.owners.length = 0;
    this.looks.length = 0;
  }
}

/** Returns the largest significant part in these cells, or else the largest part. */
function binOf({ firstPart, ownerOf, useOf, bytesOf }: MapResult, first: number, end: number, sums: Sums): Bin | undefined {
  sums.clear();
  for (let part = firstPart[first] ?? 0; part < (firstPart[end] ?? 0); part += 1)
    sums.add(ownerOf[part] ?? 0, useOf[part] ?? 0, bytesOf[part] ?? 0);
  let [best, bestBytes, isBestSignificant] = [-1, 0, false];
  for (const look of sums.looks) {
    const sum = sums.byLook[look] ?? 0;
    const isSignificant = SIGNIFICANT.has(BYTE_USES[look % BYTE_USES.length] ?? 'unknown');
    if ((isSignificant && !isBestSignificant) || (isSignificant === isBestSignificant && sum > bestBytes))
      [best, bestBytes, isBestSignificant] = [look, sum, isSignificant];
  }
  const use = BYTE_USES[best % BYTE_USES.length];
  if (best < 0 || use === undefined) return undefined;
  let [all, largest] = [0, 0];
  for (const owner of sums.owners) {
    const bytes = sums.byOwner[owner] ?? 0;
    all += bytes;
    largest = Math.max(largest, bytes);
  }
  return { owner: largest < OWN_SHARE * all ? MANY : Math.floor(best / BYTE_USES.length), use };
}
