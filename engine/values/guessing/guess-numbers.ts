/**
 * Recognisers of numbers of fixed width. Small numbers have zeros at their high end, keys come in order, and floats have usual
 * magnitudes.
 */

import { BYTES } from '../codecs/text.ts';
import { codecOf } from '../codecs.ts';
import { constantColumns, type GuessContext, type Likelihood, leading, type Samples, trailing } from './guess.ts';
import { columnOf } from './guess-columns.ts';

/** Names of the numbers of one width in a family, in the usual and in the other byte order. */
interface Names {
  readonly usual: string;
  readonly other: string;
  readonly signedUsual: string;
  readonly signedOther: string;
}

function namesOf(family: GuessContext['family'], width: number): Names {
  const bits = 8 * width;
  if (family === 'stable-structures') {
    return { usual: `u${bits}-be`, other: `u${bits}-le`, signedUsual: `i${bits}-be`, signedOther: `i${bits}-le` };
  }
  return {
    usual: width === 8 ? 'blobify@0.2.nat' : `u${bits}-be`,
    other: `blobify.nat${bits}`,
    signedUsual: `i${bits}-be`,
    signedOther: `blobify.int${bits}`,
  };
}

export function guessIntegers(samples: Samples, context: GuessContext): readonly Likelihood[] {
  const width = samples.length;
  if (width === 1) return guessByte(samples);
  if (width !== 2 && width !== 4 && width !== 8 && width !== 16) return [];
  if (width === 16 && context.family === 'motoko') return [];
  if (context.family === 'stable-structures' && !looksLikeOne(samples, context)) return [];
  const names = namesOf(context.family, width);
  const bytes = `${width} bytes`;
  const high = Math.max(
    meanOf(samples, (sample) => leading(sample, 0)),
    constantColumns(samples.distinct, 'leading') / width,
  );
  const low = Math.max(
    meanOf(samples, (sample) => trailing(sample, 0)),
    constantColumns(samples.distinct, 'trailing') / width,
  );
  const base = baseOf(width, high, context.family);
  const otherBase = otherBaseOf(width, context.family);
  // Round amounts end with a zero byte or two as well. So only more zeros are evidence for the other order, or amounts above
  // 2^56.
  const isHuge = width === 8 && high < 0.02;
  const turned = samples.distinct.length > 2 && low - high > (isHuge ? 0.1 : 0.3) ? 0.15 : 0;
  const usual = base + 0.35 * high + ordered(samples, context, names.usual);
  const other = otherBase + 0.45 * low + turned + ordered(samples, context, names.other);
  const likely: Likelihood[] = [
    { codec: names.usual, score: usual, reason: `Each has ${bytes}, the high ones first.` },
    { codec: names.other, score: other, reason: `Each has ${bytes}, the low ones first.` },
  ];
  const extended = meanOf(samples, (sample) => Math.max(leading(sample, 0), leading(sample, 0xff)));
  if (width > 2 && extended >= high && samples.distinct.some((sample) => width * leading(sample, 0xff) >= 2)) {
    likely.push({ codec: names.signedUsual, score: base + 0.36 * extended, reason: `Each has ${bytes}; some are below zero.` });
  }
  const extendedLow = meanOf(samples, (sample) => Math.max(trailing(sample, 0), trailing(sample, 0xff)));
  if (width > 2 && extendedLow >= low && samples.distinct.some((sample) => width * trailing(sample, 0xff) >= 2)) {
    likely.push({ codec: names.signedOther, score: 0.4 + 0.46 * extendedLow, reason: `Each has ${bytes}; some are below zero.` });
  }
  return likely.map((one) => ({ ...one, score: Math.min(one.score, 0.94) }));
}

/**
 * Returns whether values of eight or sixteen bytes are more likely one number than several: no constant byte is between two that
 * change.
 */
function looksLikeOne({ distinct, length = 0 }: Samples, { role }: GuessContext): boolean {
  if (length < 8 || distinct.length < MIN_VALUES) return true;
  const columns = Array.from({ length }, (_, index) => columnOf(distinct, index));
  const changing = columns.flatMap(({ constant }, index) => (constant === undefined ? [index] : []));
  const isBroken = (changing.at(-1) ?? 0) - (changing[0] ?? 0) >= changing.length;
  // Numbers of sixteen bytes are amounts. An id after a smaller number looks different.
  const isTwo = length === 16 && (changing[0] ?? 16) < 8 && columns.slice(8).every(({ isRandom }) => isRandom);
  // Multiples of 2^32 are more likely a small number before a zero.
  const isHalf = length === 8 && (changing[0] ?? 0) > 0 && (changing.at(-1) ?? 7) < 4;
  // Sixteen bytes of a key are rarely one number, so zeros in the first eight may be a separate member.
  const isPair = length === 16 && role === 'key' && (changing[0] ?? 0) >= 8;
  return !isBroken && !isTwo && !isHalf && !isPair;
}

/** Minimum values that show which bytes change. */
const MIN_VALUES = 4;

/** Returns the prior likelihood that values of this width are numbers in the usual order. */
function baseOf(width: number, high: number, family: GuessContext['family']): number {
  // Sixteen random bytes are more likely an id or a hash than a number.
  if (width === 16) return high > 0.05 ? 0.45 : 0.35;
  return family === 'motoko' ? 0.48 : 0.6;
}

function otherBaseOf(width: number, family: GuessContext['family']): number {
  if (width === 16) return 0.2;
  return family === 'motoko' ? 0.36 : 0.4;
}

function guessByte(samples: Samples): readonly Likelihood[] {
  const isBool = samples.share((sample) => (sample[0] ?? 0) < 2) === 1;
  return [
    { codec: 'u8', score: 0.6, reason: 'Each has one byte.' },
    { codec: 'i8', score: 0.3, reason: 'Each has one byte.' },
    ...(isBool ? [{ codec: 'bool', score: samples.all.length > 2 ? 0.62 : 0.5, reason: 'Each has one byte, 0 or 1.' }] : []),
  ];
}

/** Returns the mean of a measure over all samples except zero, which does not show its byte order. */
function meanOf(samples: Samples, measure: (sample: Uint8Array) => number): number {
  const conclusive = samples.distinct.filter((sample) => leading(sample, 0) < 1);
  return conclusive.reduce((sum, sample) => sum + measure(sample), 0) / Math.max(1, conclusive.length);
}

/**
 * Returns a bonus for keys in the order of their numbers. It is small if they are also in the order of bytes, because that is the
 * order of big-endian numbers, too.
 */
function ordered(samples: Samples, context: GuessContext, name: string): number {
  const codec = context.role === 'key' ? codecOf(name) : undefined;
  if (codec === undefined || samples.order(codec) === undefined) return 0;
  return samples.order(BYTES) === 'rising' ? 0.03 : 0.15;
}

export function guessFloats(samples: Samples, context: GuessContext): readonly Likelihood[] {
  const width = samples.length;
  const chance = width === 8 ? 0.1 : 0.3;
  if ((width !== 4 && width !== 8) || samples.distinct.length === 0) return [];
  if (context.family === 'motoko') return width === 8 ? guessFloat(samples, 'blobify@0.2.float', chance) : [];
  return ['be', 'le'].flatMap((order) => guessFloat(samples, `f${8 * width}-${order}`, chance));
}

/** `chance` is the probability that random bytes are a float of usual magnitude. */
function guessFloat(samples: Samples, name: string, chance: number): readonly Likelihood[] {
  const codec = codecOf(name);
  const numbers = samples.distinct.map((sample) => Number(codec?.decode(sample)?.text));
  if (!numbers.every(isMiddling) || numbers.every((number) => number === 0)) return [];
  const score = 0.45 + 0.48 * (1 - chance ** numbers.length);
  return [{ codec: name, score, reason: 'As floating-point numbers, all have usual magnitudes.' }];
}

function isMiddling(number: number): boolean {
  const size = Math.abs(number);
  return number === 0 || (size >= 1e-9 && size <= 1e15);
}
