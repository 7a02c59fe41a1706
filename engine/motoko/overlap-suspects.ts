import type { Overlap, ValueIndex } from './memory-buffer/value-index.ts';

/** Maximum overlaps that are examined; more add no information. */
const MAX_OVERLAPS = 4_096;

/** Maximum overlaps of one value that are reported one by one. */
const MAX_REPORTED_SINGLY = 4;

/** Two values that share bytes, of which one may be out of place. */
export interface Clash {
  /** The one whose place or size is wrong, or undefined if neither is likelier. */
  readonly suspect: number | undefined;
  /** One of its overlaps. */
  readonly overlap: Overlap;
  /** Number of values that the suspect shares bytes with, if they are reported together; otherwise 1. */
  readonly values: number;
}

/**
 * Decides which of two values that share bytes is out of place: the one that overlaps more values, or the one with no direct
 * neighbours, since values are next to each other. `isOut` returns true for values that are already reported.
 */
export function* findClashes(index: ValueIndex, isOut: (number: number) => boolean): Generator<Clash> {
  const overlaps: Overlap[] = [];
  index.eachOverlap((overlap) => {
    if (!isOut(overlap.first) && !isOut(overlap.second)) overlaps.push(overlap);
    return overlaps.length < MAX_OVERLAPS;
  });
  const counts = new Map<number, number>();
  for (const { first, second } of overlaps) for (const one of [first, second]) counts.set(one, (counts.get(one) ?? 0) + 1);
  const reported = new Set<number>();
  for (const overlap of overlaps) {
    const suspect = suspectOf(overlap, index, counts);
    const values = suspect === undefined ? 1 : (counts.get(suspect) ?? 1);
    if (suspect === undefined || values <= MAX_REPORTED_SINGLY) yield { suspect, overlap, values: 1 };
    else if (!reported.has(suspect)) {
      reported.add(suspect);
      yield { suspect, overlap, values };
    }
  }
}

function suspectOf({ first, second }: Overlap, index: ValueIndex, counts: ReadonlyMap<number, number>): number | undefined {
  const more = (counts.get(first) ?? 0) - (counts.get(second) ?? 0);
  if (more !== 0) return more > 0 ? first : second;
  const [one, other] = [index.neighboursOf(first), index.neighboursOf(second)];
  const touches = one.before + one.after - other.before - other.after;
  if (touches !== 0) return touches < 0 ? first : second;
  if (one.after !== other.after) return one.after < other.after ? first : second;
  return undefined;
}
