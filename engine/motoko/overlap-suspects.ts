import type { Overlap, ValueIndex } from './memory-buffer/value-index.ts';

/** Overlaps are looked at in such numbers; more tell nothing new. */
const MAX_OVERLAPS = 4_096;

/** The overlaps of one value are told one by one up to so many. */
const MAX_TOLD_SINGLY = 4;

/** Values that share bytes with one that is out of place. */
export interface Clash {
  /** The one whose place or size is wrong; undefined where neither is likelier. */
  readonly suspect: number | undefined;
  /** One of its overlaps. */
  readonly overlap: Overlap;
  /** With how many values the suspect shares bytes, where that is told once. */
  readonly values: number;
}

/**
 * Judges which of two values that share bytes is out of place: the one that clashes with more of them; or whose end is where no other begins, as
 * values lie side by side. `isOut` is true of those that are told already.
 */
export function* findClashes(index: ValueIndex, isOut: (number: number) => boolean): Generator<Clash> {
  const overlaps: Overlap[] = [];
  index.eachOverlap((overlap) => {
    if (!isOut(overlap.first) && !isOut(overlap.second)) overlaps.push(overlap);
    return overlaps.length < MAX_OVERLAPS;
  });
  const counts = new Map<number, number>();
  for (const { first, second } of overlaps) for (const one of [first, second]) counts.set(one, (counts.get(one) ?? 0) + 1);
  const told = new Set<number>();
  for (const overlap of overlaps) {
    const suspect = suspectOf(overlap, index, counts);
    const values = suspect === undefined ? 1 : (counts.get(suspect) ?? 1);
    if (suspect === undefined || values <= MAX_TOLD_SINGLY) yield { suspect, overlap, values: 1 };
    else if (!told.has(suspect)) {
      told.add(suspect);
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
