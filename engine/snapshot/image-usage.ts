import { byteLength, offsetAt } from '../core/memory/memory.ts';
import type { StructureScan } from '../core/structure.ts';
import {
  type ByteUse,
  type PackedUsage,
  USAGE_CLASSES,
  type Usage,
  type UsageBytes,
  type UsageClass,
  UsageRuns,
} from '../core/usage-runs.ts';
import { type Area, areaIndexAt } from './areas.ts';
import type { PlacedStructure } from './placed.ts';
import type { Snapshot } from './snapshot.ts';

/** Maximum segments kept for an image, regardless of the number of its memories. */
const MAX_SEGMENTS = 1_048_576;

/** The usage class of each byte of an image, as a full scan has found it: runs for each space that was scanned. */
export class ImageUsage {
  readonly #runs = new Map<string, UsageRuns>();
  #segments = 0;
  #grain = 1;

  static unpacked(packed: PackedUsage): ImageUsage {
    const usage = new ImageUsage();
    for (const [part, runs] of packed) usage.add(part, UsageRuns.unpacked(runs));
    return usage;
  }

  packed(): PackedUsage {
    return [...this.#runs].map(([part, runs]) => [part, runs.packed()]);
  }

  /** Returns the runs of a space; undefined where nothing is known about its bytes. */
  runs(part: string): UsageRuns | undefined {
    return this.#runs.get(part);
  }

  /** Adds the runs of a space. Of two structures in one space the first counts. */
  add(part: string, runs: UsageRuns): void {
    if (this.#runs.has(part)) return;
    const kept = this.#grain > 1 ? runs.coarsened(this.#grain) : runs;
    this.#runs.set(part, kept);
    this.#segments += kept.segments;
    while (this.#segments > MAX_SEGMENTS) this.#coarsen();
  }

  #coarsen(): void {
    this.#grain = Math.max(256, 2 * this.#grain);
    this.#segments = 0;
    for (const [part, runs] of this.#runs) {
      const coarser = runs.coarsened(this.#grain);
      this.#runs.set(part, coarser);
      this.#segments += coarser.segments;
    }
  }
}

/** Adds the result of walking a structure to the usage of its spaces. */
export function addScanned(where: ImageUsage, { structure, spaces }: PlacedStructure, { usage, runs }: StructureScan): void {
  const [first] = spaces;
  if (runs === undefined && first !== undefined) where.add(first.part, inOrder(usage, byteLength(first.memory)));
  for (const [index, memory] of structure.memories.entries()) {
    const [space, own] = [spaces.find((each) => each.memory === memory) ?? spaces[index], runs?.[index]];
    if (space !== undefined && own !== undefined) where.add(space.part, own);
  }
}

/** Returns runs for a structure that has only sums: one run for each class, one after the other. */
export function inOrder(usage: UsageBytes, bytes: number): UsageRuns {
  const runs = new UsageRuns();
  for (const each of ['metadata', 'live', 'leaked', 'unknown'] as const) runs.add(usage[each], each);
  runs.addUntil(bytes, 'free');
  return runs;
}

/**
 * Uses in the image for the usage classes of a structure. Its headers are live: in an image only the manager's bytes are
 * metadata.
 */
const USE_OF: Readonly<Record<UsageClass, ByteUse>> = {
  metadata: 'live',
  live: 'live',
  free: 'free',
  leaked: 'leaked',
  unknown: 'unknown',
};

/** Callback for bytes of one area with one use. Their number may be a fraction where they are shares of a mixed segment. */
export type AddBytes = (area: Area, use: ByteUse, bytes: number) => void;

/**
 * Adds up the usage of the image's bytes from `start` to `end`, area by area. Without `usage`, the bytes of spaces are not
 * counted yet. Bytes that the file does not have count as missing.
 */
export function tallyImage(snapshot: Snapshot, usage: ImageUsage | undefined, start: number, end: number, add: AddBytes): void {
  const { areas, missing } = snapshot;
  let gap = firstEndingAfter(missing, start);
  for (let index = areaIndexAt(areas, offsetAt(0, start)) ?? areas.length; index < areas.length; index += 1) {
    const area = areas[index];
    if (area === undefined || area.extent.start >= end) return;
    const last = Math.min(area.extent.start + area.extent.length, end);
    for (let from = Math.max(area.extent.start, start); from < last; ) {
      const next = missing[gap];
      const to = Math.min(next?.start ?? last, last);
      if (to > from) tallyPresent(area, from - area.extent.start, to - area.extent.start, usage, add);
      from = Math.max(from, to);
      if (next === undefined || next.start >= last) break;
      const gapEnd = Math.min(next.start + next.length, last);
      add(area, 'missing', gapEnd - from);
      from = gapEnd;
      if (next.start + next.length <= last) gap += 1;
    }
  }
}

/** Adds up the bytes of an area from `from` to `to`, counted from its start. */
function tallyPresent(area: Area, from: number, to: number, usage: ImageUsage | undefined, add: AddBytes): void {
  switch (area.kind) {
    case 'named':
      add(area, area.use, to - from);
      return;
    case 'freed':
      add(area, 'free', to - from);
      return;
    case 'plain':
    case 'piece': {
      const used = Math.min(area.used, to);
      if (from < used) tallySpace(area, from, used, usage, add);
      if (to > Math.max(from, area.used)) add(area, 'slack', to - Math.max(from, area.used));
    }
  }
}

function tallySpace(
  area: Extract<Area, { readonly kind: 'plain' | 'piece' }>,
  from: number,
  to: number,
  usage: ImageUsage | undefined,
  add: AddBytes,
): void {
  const runs = usage?.runs(area.space.part);
  if (runs === undefined) {
    add(area, usage === undefined ? 'uncounted' : 'unknown', to - from);
    return;
  }
  const counts = new Float64Array(USAGE_CLASSES.length);
  runs.tally(area.address + from, area.address + to, counts);
  for (const [index, each] of USAGE_CLASSES.entries()) {
    const bytes = counts[index] ?? 0;
    if (bytes > 0) add(area, USE_OF[each], bytes);
  }
}

function firstEndingAfter(extents: Snapshot['missing'], offset: number): number {
  let [low, high] = [0, extents.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const extent = extents[middle];
    if (extent !== undefined && extent.start + extent.length <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Adds up the usage of the whole image. Missing bytes count as unknown. */
export function usageOf(snapshot: Snapshot, usage: ImageUsage): Usage {
  const sums = { metadata: 0, live: 0, free: 0, slack: 0, leaked: 0, unmanaged: 0, unknown: 0 };
  tallyImage(snapshot, usage, 0, snapshot.bytes, (_, use, bytes) => {
    sums[use === 'missing' || use === 'uncounted' ? 'unknown' : use] += bytes;
  });
  return rounded(sums, snapshot.bytes);
}

/** Rounds the shares of mixed segments, so that the sum is `bytes`. */
function rounded(sums: Usage, bytes: number): Usage {
  const whole = {
    metadata: Math.round(sums.metadata),
    live: Math.round(sums.live),
    free: Math.round(sums.free),
    slack: Math.round(sums.slack),
    leaked: Math.round(sums.leaked),
    unmanaged: Math.round(sums.unmanaged),
    unknown: Math.round(sums.unknown),
  };
  const rest = bytes - Object.values(whole).reduce((sum, each) => sum + each, 0);
  return rest === 0 ? whole : { ...whole, live: whole.live + rest };
}
