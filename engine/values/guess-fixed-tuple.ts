/** The recogniser of tuples whose members all have a fixed width: nothing marks them but where their numbers begin and end. */
import { constantColumns, type GuessContext, type GuessInner, type Likelihood, leading, Samples } from './guess.ts';
import { nameOfFixed, saysNothing, tupleOf, WIDTHS } from './guess-members.ts';

/** What a further member must explain, in bytes. */
const MEMBER_COST = 0.1;

/** Members of fixed width one after the other: where bytes that vary come before zeros, or before bytes that do not, a number ends. */
export function guessFixedTuple(samples: Samples, { family }: GuessContext, inner: GuessInner): readonly Likelihood[] {
  const { length } = samples;
  if (family !== 'stable-structures' || length === undefined || length > 48 || samples.distinct.length === 0) return [];
  const reversed = samples.distinct.map((sample) => sample.toReversed());
  const alone = Math.max(headroom(samples.distinct), headroom(reversed), signRoom(samples.distinct), signRoom(reversed));
  let best: { widths: readonly number[]; gain: number } | undefined;
  for (const widths of partitions(length)) {
    const members = split(samples, widths);
    if (members.some(saysNothing)) continue;
    const gain =
      members.reduce((sum, member) => sum + headroom(new Samples(member).distinct), 0) - alone - MEMBER_COST * widths.length;
    if (best === undefined || gain > best.gain) best = { widths, gain };
  }
  const few = samples.distinct.length < 3;
  // A length that a number can have is rather one; any other is rather several, if it begins as numbers do.
  const isNumber = WIDTHS.some((width) => width === length);
  const needed = isNumber ? 0.6 : headroom(samples.distinct) >= 1.5 ? -0.5 : 0.3;
  if (best === undefined || best.gain < needed || (isNumber && few)) return [];
  const names = split(samples, best.widths).map((member) => nameOfFixed(member, inner));
  // Members that look like nothing explain nothing; only long ones can be hashes.
  if (names.some((name) => /^storable\.array\(\d\)$/.test(name))) return [];
  const score = (few ? 0.45 : 0.7) + Math.min(0.2, best.gain / 20);
  return [{ codec: tupleOf(names), score, reason: 'The high ends of small numbers stand in the middle.' }];
}

/** Bytes at the high end that do not matter: zeros, or the same in all. */
function headroom(values: readonly Uint8Array[]): number {
  const zeros = values.reduce((sum, value) => sum + value.length * leading(value, 0), 0) / Math.max(1, values.length);
  return Math.max(zeros, constantColumns(values, 'leading'));
}

/** The same of numbers of which some are below zero. */
function signRoom(values: readonly Uint8Array[]): number {
  const room = values.map((value) => value.length * Math.max(leading(value, 0), leading(value, 0xff)));
  return room.reduce((sum, bytes) => sum + bytes, 0) / Math.max(1, values.length);
}

/** All ways to make a length of two or three usual widths. */
function partitions(length: number): readonly (readonly number[])[] {
  const pairs = WIDTHS.flatMap((a) => WIDTHS.filter((b) => a + b === length).map((b) => [a, b]));
  const triples = WIDTHS.flatMap((a) => WIDTHS.flatMap((b) => WIDTHS.filter((c) => a + b + c === length).map((c) => [a, b, c])));
  return [...pairs, ...triples];
}

function split(samples: Samples, widths: readonly number[]): readonly (readonly Uint8Array[])[] {
  let start = 0;
  return widths.map((width) => {
    start += width;
    return samples.all.map((sample) => sample.subarray(start - width, start));
  });
}
