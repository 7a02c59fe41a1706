import { at, type OffsetRange, offsetAt, PAGE_SIZE, type ReadableMemory } from '../core/memory/memory.ts';
import { numberOf } from '../core/part-ids.ts';
import { type Sliced, within } from '../core/slices.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { Space } from '../snapshot/space.ts';
import { EqualPages } from './equal-pages.ts';

/** A memory or region, or another range of the image, that differs between two snapshots. */
export interface MemoryDifference {
  /** `memory/0`, `region/16`, `image` */
  readonly part: string;
  /** Its name, or what the range is: `stable variables`, `unmanaged`. */
  readonly name?: string;
  /** Left out where a side does not have it. */
  readonly before?: MemoryState;
  readonly after?: MemoryState;
  /** Buckets or blocks at the same place in the memory that are at another place in the image. */
  readonly moved: number;
  /** Pages with other bytes, where neither side has a structure that is compared. Pages that a side lacks count, too. */
  readonly changedPages?: number;
  /** A sentence, where such bytes cannot be compared. */
  readonly incomplete?: string;
}

export interface MemoryState {
  readonly pages: number;
  /** The kinds of what is in it; empty if nothing is known. */
  readonly kinds: readonly string[];
  /** Numbers of its buckets or blocks, in the order of its addresses. */
  readonly pieces: readonly number[];
}

export const LACKS_BYTES = 'The snapshot lacks some of its bytes: it is not downloaded completely, or its file was cut.';

/**
 * Compares the memories and regions of two snapshots. Returns those that differ, or that cannot be compared. `areEqual`: all bytes
 * that are in use are known to be equal.
 */
export function* compareMemories(before: Snapshot, after: Snapshot, areEqual: boolean): Sliced<readonly MemoryDifference[]> {
  const differences: MemoryDifference[] = [];
  const parts = new Set([...before.spaces, ...after.spaces].map(({ part }) => part));
  for (const [index, part] of [...parts].entries()) {
    const [old, now] = [before, after].map((snapshot) =>
      snapshot.spaces.find((space) => space.part === part && space.memory.pages > 0),
    );
    if (old === undefined && now === undefined) continue;
    const [was, is] = [old && stateOf(before, old), now && stateOf(after, now)];
    const name = now?.name ?? old?.name;
    const raw =
      old && now && was && is
        ? yield* within(
            compareContents(before, [old, was], after, [now, is], areEqual),
            index / parts.size,
            (index + 1) / parts.size,
          )
        : {};
    const moved = old && now ? movedPieces(old, now) : 0;
    const difference = {
      part,
      ...(name !== undefined && { name }),
      ...(was && { before: was }),
      ...(is && { after: is }),
      moved,
      ...raw,
    };
    if (isListed(difference)) differences.push(difference);
  }
  return [...differences, ...(yield* compareOtherRanges(before, after))];
}

/** Returns whether something is known to differ. */
export function hasChanged({ before, after, moved, changedPages = 0, incomplete }: MemoryDifference): boolean {
  if (before === undefined || after === undefined || moved > 0 || changedPages > 0) return true;
  if (before.pages !== after.pages || String(before.pieces) !== String(after.pieces)) return true;
  // What is in missing bytes is not recognised.
  return incomplete === undefined && kindsDiffer(before, after);
}

/** Returns whether something differs, or cannot be compared. */
function isListed(difference: MemoryDifference): boolean {
  return difference.incomplete !== undefined || hasChanged(difference);
}

/** Returns whether there is something else in the memory. An empty set looks like a map. */
export function kindsDiffer(before: MemoryState, after: MemoryState): boolean {
  const nameOf = ({ kinds }: MemoryState): string => [...kinds].sort().join().replace('btreeset', 'btreemap');
  return nameOf(before) !== nameOf(after);
}

function stateOf({ structures, unread }: Snapshot, space: Space): MemoryState {
  const kinds = [
    ...structures.filter(({ spaces }) => spaces.includes(space)).map(({ structure }) => structure.kind),
    ...unread.filter((each) => each.space === space).map(({ kind }) => kind),
  ];
  return { pages: space.memory.pages, kinds, pieces: space.pieces.map(({ part }) => numberOf(part)) };
}

function movedPieces(before: Space, after: Space): number {
  return before.pieces.filter(({ extent }, index) => {
    const other = after.pieces[index];
    return other !== undefined && other.extent.start !== extent.start;
  }).length;
}

/** Compares what is in a memory where no structures are compared: those without any, and those with another kind than before. */
function* compareContents(
  before: Snapshot,
  [old, was]: readonly [Space, MemoryState],
  after: Snapshot,
  [now, is]: readonly [Space, MemoryState],
  areEqual: boolean,
): Sliced<Pick<MemoryDifference, 'changedPages' | 'incomplete'>> {
  const areRaw = was.kinds.length === 0 && is.kinds.length === 0;
  if (!areRaw && !kindsDiffer(was, is)) return {};
  if (before.places.arePartlyMissing([old]) || after.places.arePartlyMissing([now])) return { incomplete: LACKS_BYTES };
  if (!areRaw) return {};
  return { changedPages: areEqual ? 0 : yield* new EqualPages(old.memory, now.memory).differing() };
}

/** Areas of the image in no memory whose bytes are a program's. */
const OTHER_RANGES = ['stable variables', 'unmanaged'] as const;

/** Compares the data of an upgrade, and what no manager knows: the ranges of each name, in their order. */
function* compareOtherRanges(before: Snapshot, after: Snapshot): Sliced<readonly MemoryDifference[]> {
  const differences: MemoryDifference[] = [];
  for (const name of OTHER_RANGES) {
    const [old, now] = [rangesNamed(before, name), rangesNamed(after, name)];
    const [was, is] = [stateOfRanges(old), stateOfRanges(now)];
    const raw = was && is ? yield* compareRanges(before, old, after, now) : {};
    const difference = { part: 'image', name, ...(was && { before: was }), ...(is && { after: is }), moved: 0, ...raw };
    if ((was || is) && isListed(difference)) differences.push(difference);
  }
  return differences;
}

function rangesNamed({ areas }: Snapshot, name: string): readonly OffsetRange[] {
  return areas.flatMap((area) => (area.kind === 'named' && area.name === name ? [area.extent] : []));
}

function stateOfRanges(ranges: readonly OffsetRange[]): MemoryState | undefined {
  if (ranges.length === 0) return undefined;
  return { pages: sum(ranges.map(pagesOf)), kinds: [], pieces: [] };
}

function pagesOf({ length }: OffsetRange): number {
  return Math.ceil(length / PAGE_SIZE);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, each) => all + each, 0);
}

function* compareRanges(before: Snapshot, old: readonly OffsetRange[], after: Snapshot, now: readonly OffsetRange[]) {
  const isLacking = old.some((range) => before.places.lacks(range)) || now.some((range) => after.places.lacks(range));
  if (isLacking) return { incomplete: LACKS_BYTES };
  let changedPages = 0;
  for (let index = 0; index < Math.max(old.length, now.length); index += 1) {
    const [was, is] = [old[index], now[index]];
    if (was && is)
      changedPages += yield* new EqualPages(new RangeMemory(before.memory, was), new RangeMemory(after.memory, is)).differing();
    else changedPages += pagesOf(was ?? is ?? { start: offsetAt(0, 0), length: 0 });
  }
  return { changedPages };
}

/** A range of an image as a memory. Its last page continues with zeros. */
class RangeMemory implements ReadableMemory {
  readonly pages: number;
  readonly #image: ReadableMemory;
  readonly #range: OffsetRange;

  constructor(image: ReadableMemory, range: OffsetRange) {
    this.pages = Math.ceil(range.length / PAGE_SIZE);
    this.#image = image;
    this.#range = range;
  }

  read(from: number, into: Uint8Array): void {
    const there = Math.max(0, Math.min(into.length, this.#range.length - from));
    this.#image.read(at(0, this.#range.start + from), into.subarray(0, there));
    into.fill(0, there);
  }
}
