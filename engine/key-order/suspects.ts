import type { Compare } from './orders.ts';

/** The possibly damaged ones among keys that should ascend but do not. */
export interface Suspects {
  /** The minimum number of keys to remove so that the others ascend. */
  readonly removals: number;
  /** The indexes of all keys that are not part of every longest ascending subsequence. Each of them may be damaged. */
  readonly indexes: readonly number[];
}

/** Finds the keys that are out of order among their neighbours. Takes time quadratic in their number. */
export function suspectsAmong(keys: readonly Uint8Array[], compare: Compare): Suspects {
  const upTo = lengthsUpTo(keys.length, (a, b) => isBefore(keys, compare, a, b));
  const from = lengthsUpTo(keys.length, (a, b) => isBefore(keys, compare, keys.length - 1 - b, keys.length - 1 - a)).reverse();
  const longest = Math.max(0, ...upTo);
  const rivals = new Map<number, number>();
  const isIn = (index: number): boolean => (upTo[index] ?? 0) + (from[index] ?? 0) - 1 === longest;
  for (let index = 0; index < keys.length; index += 1) {
    const level = upTo[index] ?? 0;
    if (isIn(index)) rivals.set(level, (rivals.get(level) ?? 0) + 1);
  }
  const indexes = keys.flatMap((_, index) => (isIn(index) && rivals.get(upTo[index] ?? 0) === 1 ? [] : [index]));
  return { removals: keys.length - longest, indexes };
}

function isBefore(keys: readonly Uint8Array[], compare: Compare, a: number, b: number): boolean {
  const [one, other] = [keys[a], keys[b]];
  return one !== undefined && other !== undefined && compare(one, other) < 0;
}

/** Returns, for each index, the length of the longest ascending subsequence that ends there. */
function lengthsUpTo(count: number, before: (a: number, b: number) => boolean): number[] {
  const lengths: number[] = [];
  for (let index = 0; index < count; index += 1) {
    let longest = 0;
    for (let earlier = 0; earlier < index; earlier += 1) {
      const length = lengths[earlier] ?? 0;
      if (length > longest && before(earlier, index)) longest = length;
    }
    lengths.push(longest + 1);
  }
  return lengths;
}
