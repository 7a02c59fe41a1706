/**
 * The recogniser of tuples whose members all have a fixed width. Nothing marks the boundaries of members, so each way to split is
 * rated by the usual form of numbers: their high bytes are zero or the same in all values, and a byte that never changes is not
 * between two that do. A split is accepted only if every other split that shows different numbers is clearly worse: bytes are
 * better than wrong numbers.
 */
import { codecOf } from '../codecs.ts';
import type { GuessContext, GuessInner, Likelihood, Samples } from './guess.ts';
import { type Column, columnOf } from './guess-columns.ts';
import { nameOfFixed, tupleOf, WIDTHS } from './guess-members.ts';

/** Widths of members that are more likely hashes, keys or padded principals than numbers. */
const BLOBS = [16, 20, 28, 29, 32, 48, 64] as const;
const MAX_LENGTH = 96;
/** Minimum values that show which bytes change. */
const MIN_VALUES = 8;
/** Minimum values that show that a byte is random. */
const MIN_VALUES_OF_CHANCE = 20;
/** Maximum doubt of a split that is accepted, and minimum difference to all others. */
const MAX_DOUBT = 2.5;
const MIN_MARGIN = 1;

interface Split {
  readonly widths: readonly number[];
  readonly doubt: number;
}

export function guessFixedTuple(samples: Samples, { family }: GuessContext, inner: GuessInner): readonly Likelihood[] {
  const { length, distinct } = samples;
  if (family !== 'stable-structures' || length === undefined || length < 2 || length > MAX_LENGTH) return [];
  if (distinct.length < MIN_VALUES) return [];
  const columns = Array.from({ length }, (_, index) => columnOf(distinct, index));
  // If a number can have this length, it is more likely a number, but few numbers have sixteen bytes.
  const alone = WIDTHS.some((width) => width === length) ? doubtOfNumber(columns) + (length === 16 ? 0.75 : -1.5) : Infinity;
  const [best, ...others] = splitsOf(length)
    .map((widths): Split => ({ widths, doubt: doubtOf(widths, columns, distinct) }))
    .sort((a, b) => a.doubt - b.doubt);
  if (best === undefined || best.doubt > MAX_DOUBT || alone < best.doubt + MIN_MARGIN) return [];
  const rival = others.find(
    ({ doubt, widths }) => doubt < best.doubt + MIN_MARGIN && !showsTheSame(best.widths, widths, distinct),
  );
  if (rival !== undefined) return [];
  const names = cut(samples.all, best.widths).map((member, index) => {
    const width = best.widths[index] ?? 0;
    return width > 16 ? `storable.array(${width})` : nameOfFixed(member, inner);
  });
  // Short members of no recognisable form explain nothing. Only long ones can be hashes.
  if (names.some((name) => /^storable\.array\(\d\)$/.test(name)) || codecOf(tupleOf(names)) === undefined) return [];
  return [
    {
      codec: tupleOf(names),
      score: 0.9 - 0.06 * Math.max(0, best.doubt),
      reason: 'There are high ends of small numbers in the middle.',
    },
  ];
}

/** Returns all splits of a length into two or three usual widths, or into a number and a blob. */
function splitsOf(length: number): readonly (readonly number[])[] {
  const pairs = WIDTHS.flatMap((a) => WIDTHS.filter((b) => a + b === length).map((b) => [a, b]));
  const triples = WIDTHS.flatMap((a) => WIDTHS.flatMap((b) => WIDTHS.filter((c) => a + b + c === length).map((c) => [a, b, c])));
  const blobs = BLOBS.filter((blob) => blob > 16).flatMap((blob) =>
    WIDTHS.filter((width) => width + blob === length).flatMap((width) => [
      [blob, width],
      [width, blob],
    ]),
  );
  return [...pairs, ...triples, ...blobs];
}

/** Returns how unlikely a split is. 0 means that there is no evidence against it. */
function doubtOf(widths: readonly number[], columns: readonly Column[], values: readonly Uint8Array[]): number {
  let doubt = 0.5 * (widths.length - 2);
  let start = 0;
  for (const width of widths) {
    const member = columns.slice(start, start + width);
    // Few programs have numbers of sixteen bytes.
    doubt += width > 16 ? doubtOfBlob(member) : doubtOfNumber(member) + (width === 16 ? 1 : 0);
    if (start > 0) doubt += doubtOfBoundary(start, columns, values);
    start += width;
  }
  return doubt;
}

function doubtOfNumber(columns: readonly Column[]): number {
  const [first] = columns;
  const width = columns.length;
  const begin = columns.findIndex(({ constant }) => constant === undefined);
  if (first === undefined) return 0;
  // A member that is the same in all values shows only its end, and a narrow one not even that.
  if (begin < 0) return width < 4 ? 2.5 : 2;
  const end = columns.findLastIndex(({ constant }) => constant === undefined);
  // A byte that never changes is never between two that do, and rarely at the low end, where it belongs to round amounts.
  let doubt = columns.slice(begin, end + 1).filter(({ constant }) => constant !== undefined).length > 0 ? 4 : 0;
  if (end < width - 1) doubt += 2;
  const high = columns.slice(0, begin);
  if (high.length > 0 && high.every(({ constant }) => constant === 0)) return doubt + doubtOfSize(columns.slice(begin));
  // The same in all values, but not zero: the high end of times, which have eight bytes.
  if (high.length > 0) return doubt + (width === 8 ? 0 : 0.75);
  if (!first.isRandom) return doubt + (first.max < 0x40 || width === 1 ? 0.25 : 0.5);
  // Random numbers fill eight bytes.
  return doubt + (width === 8 ? 0 : 1);
}

/**
 * Returns how unusual the size of a number with leading zeros is. A few bits before four random bytes, or more than five bytes,
 * are more likely two numbers.
 */
function doubtOfSize(columns: readonly Column[]): number {
  const [first, ...others] = columns;
  if (first === undefined || first.isRandom || others.length < 4 || !others.every(({ isRandom }) => isRandom)) return 0;
  return others.length === 4 ? 1.25 : 1.75;
}

function doubtOfBlob(columns: readonly Column[]): number {
  const conclusive = columns.slice(0, -2);
  return conclusive.every(({ isRandom }) => isRandom)
    ? 0
    : 1 + conclusive.filter(({ constant }) => constant !== undefined).length;
}

/**
 * Returns how unlikely a boundary is. It is clear if a byte that changes comes before one that does not: the high end of a small
 * number, or of a time.
 */
function doubtOfBoundary(at: number, columns: readonly Column[], values: readonly Uint8Array[]): number {
  const [before, after] = [columns[at - 1], columns[at]];
  if (before === undefined || after === undefined) return 0;
  if (after.constant !== undefined) return before.constant === undefined ? 0 : 0.25;
  if (before.isRandom) return values.length < MIN_VALUES_OF_CHANCE ? 3 : 2;
  // This may be a small number before an id. Fewer random bytes after a small one form one number with it.
  if (!columns.slice(at, at + 4).every(({ isRandom }) => isRandom)) return 2.25;
  return values.length >= MIN_VALUES_OF_CHANCE && isIndependent(at, values) ? 1 : 3;
}

/**
 * Returns whether a byte is random for the lowest and the highest of the few values of the byte before it. If both were in one
 * number, it would be low for the highest value.
 */
function isIndependent(at: number, values: readonly Uint8Array[]): boolean {
  const before = values.map((value) => value[at - 1] ?? 0);
  // Among amounts of all sizes few are so large that they need the higher byte.
  if (before.filter((byte) => byte === 0).length > values.length / 2) return false;
  if (new Set(before).size > 8) return true;
  return [Math.min(...before), Math.max(...before)].every((edge) => {
    const bytes = values.filter((value) => value[at - 1] === edge).map((value) => value[at] ?? 0);
    return bytes.length >= 6 && Math.max(...bytes) > 0xb0 && Math.min(...bytes) < 0x50;
  });
}

/** Returns whether two splits show the same numbers, which can happen if members are zero in all values. */
function showsTheSame(a: readonly number[], b: readonly number[], values: readonly Uint8Array[]): boolean {
  if (a.length !== b.length) return false;
  return values.every((value) => {
    const [first, second] = [a, b].map((widths) => cut([value], widths).map(([member]) => significant(member ?? value)));
    return first?.every((member, index) => member === second?.[index]);
  });
}

/** Returns the bytes of a number without leading zeros, as text. */
function significant(member: Uint8Array): string {
  const start = member.findIndex((byte) => byte !== 0);
  return start < 0 ? '' : String(member.subarray(start));
}

function cut(values: readonly Uint8Array[], widths: readonly number[]): readonly (readonly Uint8Array[])[] {
  let start = 0;
  return widths.map((width) => {
    start += width;
    return values.map((value) => value.subarray(start - width, start));
  });
}
