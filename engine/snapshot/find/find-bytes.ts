import type { Budget } from '../../core/budget.ts';
import { type Address, at, byteLength, type Offset, offsetAt, PAGE_SIZE } from '../../core/memory/memory.ts';
import type { Area } from '../areas.ts';
import type { Snapshot } from '../snapshot.ts';
import type { Match, Needle } from './needles.ts';

/** Bytes that are read at a time: enough to bypass the cache of pages, and few enough for that of the processor. */
const WINDOW = 16 * PAGE_SIZE;

/** A match in the image. Its bytes are contiguous in their space, or in the image where they are in none. */
export interface Found {
  readonly offset: Offset;
  readonly length: number;
  readonly area: Area;
  /** Address of the first byte in its space; undefined where it is in none. */
  readonly address: Address | undefined;
  readonly text: string;
}

/** A bucket or block, or an image without any. */
type PlacedArea = Extract<Area, { readonly address: Address }>;

/**
 * Searches all bytes of an image, in the order of the image: what is in use, and what is left in freed buckets, in slack and after the
 * ends of structures. A match may begin in one bucket and end in the next one of its memory, wherever that is in the image. `isWanted`
 * chooses the areas. Between matches it yields the part of the image that was searched, from 0 to 1.
 */
export function* findBytes(
  snapshot: Pick<Snapshot, 'memory' | 'areas'>,
  needles: readonly Needle[],
  isWanted: (area: Area) => boolean,
  budget: Budget,
): Generator<Found | number, void, undefined> {
  const { memory, areas } = snapshot;
  const reach = Math.max(...needles.map((needle) => needle.reach));
  const followers = new Map<string, PlacedArea>();
  for (const area of areas) if (isPlaced(area)) followers.set(placeOf(area, area.address), area);
  /** Reads a part of an area. */
  const read = ({ extent }: Area, from: number, to: number, into: Uint8Array): Uint8Array => {
    const bytes = into.subarray(0, to - from);
    memory.read(at(0, extent.start + from), bytes);
    return bytes;
  };
  const window = new Uint8Array(WINDOW + 2 * reach);
  for (const area of areas) {
    if (!isWanted(area)) continue;
    const { length } = area.extent;
    const ends = needles.map(() => 0);
    for (let from = 0; from < length; from += WINDOW) {
      const to = Math.min(length, from + WINDOW);
      if (!budget.spend(to - from)) return;
      const first = Math.max(0, from - reach);
      const bytes = read(area, first, Math.min(length, to + reach), window);
      const found = needles.flatMap((needle, index) => {
        const matches = matchesOf(needle, bytes, Math.max(from, ends[index] ?? 0) - first, to - first);
        const last = matches.at(-1);
        if (last) ends[index] = first + last.start + last.length;
        return matches;
      });
      for (const match of inOrder(found)) yield foundIn(area, first, match);
      yield (area.extent.start + to) / byteLength(memory);
    }
    const next = isPlaced(area) ? followers.get(placeOf(area, area.address + length)) : undefined;
    if (next === undefined) continue;
    const tail = read(area, Math.max(0, length - reach), length, window);
    const both = new Uint8Array(tail.length + Math.min(next.extent.length, reach));
    both.set(tail);
    read(next, 0, both.length - tail.length, both.subarray(tail.length));
    const across = needles.flatMap((needle) =>
      matchesOf(needle, both, 0, tail.length).filter(({ start, length: size }) => start + size > tail.length),
    );
    for (const match of inOrder(across)) yield foundIn(area, length - tail.length, match);
  }
}

/** Returns the matches whose pattern begins from `from` on and before `to`. They do not overlap. */
function matchesOf(needle: Needle, bytes: Uint8Array, from: number, to: number): readonly Match[] {
  const matches: Match[] = [];
  const { pattern } = needle;
  for (let place = from; place < to; ) {
    const next = pattern.next(bytes, place, bytes.length);
    if (next === -1 || next >= to) break;
    matches.push(needle.match(bytes, next, 0, bytes.length));
    place = next + pattern.length;
  }
  return matches;
}

function inOrder(matches: readonly Match[]): readonly Match[] {
  return matches
    .toSorted((left, right) => left.start - right.start || right.length - left.length)
    .filter(({ start, length }, index, all) => all[index - 1]?.start !== start || all[index - 1]?.length !== length);
}

function foundIn(area: Area, from: number, { start, length, text }: Match): Found {
  const offset = offsetAt(area.extent.start, from + start);
  return { offset, length, area, address: isPlaced(area) ? at(area.address, from + start) : undefined, text };
}

function isPlaced(area: Area): area is PlacedArea {
  return area.kind === 'piece' || area.kind === 'plain';
}

function placeOf({ space }: PlacedArea, address: number): string {
  return `${space.part} ${address}`;
}
