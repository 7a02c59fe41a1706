/** Recognisers of composed Storable values: options, and tuples that are told by their fillings, sizes and the zeros in front of small numbers. */
import { codecOf } from './codecs.ts';
import { constantColumns, type GuessContext, type GuessInner, type Likelihood, leading, Samples } from './guess.ts';

/** Widths of the members of fixed width that are looked for: integers. */
const WIDTHS = [1, 2, 4, 8, 16] as const;
/** Longer tuples are not looked for. */
const MAX_TUPLE = 1024;
const PRINCIPAL_BYTES = 29;
/** What a further member must explain, in bytes. */
const MEMBER_COST = 0.1;

/** Some: the value, then 01. None: 00. */
export function guessOption(samples: Samples, { family }: GuessContext, inner: GuessInner): readonly Likelihood[] {
  const isNone = (sample: Uint8Array) => sample.length === 1 && sample[0] === 0;
  const somes = samples.distinct.filter((sample) => !isNone(sample));
  const values = somes.map((sample) => sample.subarray(0, -1));
  if (family !== 'stable-structures' || somes.length === 0 || samples.all.some((sample) => sample.length === 0)) return [];
  if (somes.some((sample) => sample.at(-1) !== 1) || values.every((value) => value.length === 0)) return [];
  const value = inner(values);
  const score = somes.length >= 3 ? 0.93 : somes.length < samples.distinct.length ? 0.8 : value.score > 0.9 ? 0.75 : 0.35;
  const reason = 'The last byte says that there is a value, or a lone 00 that there is none.';
  return [{ codec: `storable.option(${value.codec})`, score, reason }];
}

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

/** Whether a member is always zero, or the same in all of many: rather the high end of a larger number, or a mark. */
function saysNothing(member: readonly Uint8Array[]): boolean {
  const { distinct } = new Samples(member);
  return (distinct.length < 2 && member.length > 2) || distinct.every((value) => leading(value, 0) === 1);
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

function nameOfFixed(values: readonly Uint8Array[], inner: GuessInner): string {
  const width = values[0]?.length ?? 0;
  const codec = codecOf(inner(values).codec);
  return codec?.bound?.fixed && codec.bound.max === width ? codec.name : `storable.array(${width})`;
}

function tupleOf(names: readonly string[]): string {
  return `storable.tuple(${names.join(', ')})`;
}

/** How a pair divides its bytes: where B begins, and how many bytes the sizes have at the end; none of a member of fixed width. */
interface Division {
  readonly maxA: number;
  readonly maxB: number;
  readonly widthA: number;
  readonly widthB: number;
}

/** Pairs with members of varying length: each is filled with zeros to its maximum, and its size stands at the end. */
export function guessPair(samples: Samples, { family }: GuessContext, inner: GuessInner): readonly Likelihood[] {
  const { length } = samples;
  if (family !== 'stable-structures' || length === undefined || length < 3 || length > MAX_TUPLE) return [];
  for (const division of divisions(length)) {
    const members = divide(samples, division);
    if (members === undefined) continue;
    const [a, b] = members;
    const filling = samples.all.length * length - [...a, ...b].reduce((sum, value) => sum + value.length, 0);
    if (members.some((member) => new Samples(member).distinct.every((value) => leading(value, 0) === 1))) continue;
    const names = [
      nameOfMember(a, division.maxA, division.widthA, inner),
      nameOfMember(b, division.maxB, division.widthB, inner),
    ];
    const isFilled = filling >= 8 + samples.all.length * (division.widthA + division.widthB);
    if (!isFilled && !names.includes('principal')) continue;
    if (names.some((name, index) => name.startsWith('storable.blob') && isStiff(members[index] ?? []))) continue;
    const codec = codecOf(tupleOf(names));
    if (codec === undefined || samples.all.some((sample) => codec.decode(sample) === undefined)) continue;
    const score = Math.min(0.95, 0.55 + 0.1 * samples.distinct.length);
    return [
      { codec: codec.name, score, reason: 'Two members, filled with zeros to their maximum; their sizes stand at the end.' },
    ];
  }
  return [];
}

/** Whether values that may have any length all have the same: then what looks like their size is rather a value itself. */
function isStiff(values: readonly Uint8Array[]): boolean {
  return values.length > 1 && new Samples(values).length !== undefined;
}

/** The divisions of a length to try, principals first: they are the usual members of varying length. */
function divisions(length: number): readonly Division[] {
  const found: Division[] = [];
  const add = (maxA: number, fixedA: boolean, fixedB: boolean) => {
    const widthA = fixedA ? 0 : sizeWidth(maxA);
    for (const widthB of fixedB ? [0] : [1, 2]) {
      const maxB = length - maxA - widthA - widthB;
      if (maxB > 0 && (fixedB || sizeWidth(maxB) === widthB)) found.push({ maxA, maxB, widthA, widthB });
    }
  };
  add(PRINCIPAL_BYTES, false, false);
  add(PRINCIPAL_BYTES, false, true);
  add(length - PRINCIPAL_BYTES - 2, false, false);
  for (const width of [...WIDTHS, 32]) {
    add(width, true, false);
    for (const sizes of [1, 2]) add(length - width - sizes, false, true);
  }
  for (let maxA = 1; maxA < length - 2; maxA++) add(maxA, false, false);
  return found;
}

function sizeWidth(max: number): number {
  return max <= 0xff ? 1 : 2;
}

/** The members of all samples by this division; undefined where a size is too large, a filling not zero, or a member always empty. */
function divide(samples: Samples, { maxA, maxB, widthA, widthB }: Division): readonly [Uint8Array[], Uint8Array[]] | undefined {
  const a: Uint8Array[] = [];
  const b: Uint8Array[] = [];
  for (const sample of samples.all) {
    const sizesAt = maxA + maxB;
    const sizeA = widthA === 0 ? maxA : readSize(sample, sizesAt, widthA);
    const sizeB = widthB === 0 ? maxB : readSize(sample, sizesAt + widthA, widthB);
    if (sizeA > maxA || sizeB > maxB) return undefined;
    if (leading(sample.subarray(sizeA, maxA), 0) < 1 && sizeA < maxA) return undefined;
    if (leading(sample.subarray(maxA + sizeB, sizesAt), 0) < 1 && sizeB < maxB) return undefined;
    a.push(sample.subarray(0, sizeA));
    b.push(sample.subarray(maxA, maxA + sizeB));
  }
  return [a, b].some((member) => member.every((value) => value.length === 0)) ? undefined : [a, b];
}

function readSize(bytes: Uint8Array, at: number, width: number): number {
  return width === 1 ? (bytes[at] ?? 0) : (bytes[at] ?? 0) * 256 + (bytes[at + 1] ?? 0);
}

function nameOfMember(values: readonly Uint8Array[], max: number, width: number, inner: GuessInner): string {
  if (width === 0) return nameOfFixed(values, inner);
  const codec = codecOf(inner(values).codec);
  return codec?.bound && !codec.bound.fixed && codec.bound.max === max ? codec.name : `storable.blob(${max})`;
}

/** Triples with members of varying length: a byte of widths, then each member, behind its size where it needs one; the last to the end. */
export function guessTriple(samples: Samples, { family }: GuessContext, inner: GuessInner): readonly Likelihood[] {
  if (family !== 'stable-structures' || samples.distinct.length < 2 || samples.all.some((sample) => sample.length < 3)) return [];
  const found: Likelihood[] = [];
  for (const a of [undefined, ...WIDTHS]) {
    for (const b of [undefined, ...WIDTHS]) {
      const members = a === undefined || b === undefined ? cutTriple(samples, a, b) : undefined;
      if (members === undefined) continue;
      if ([a, b].some((width, index) => (width === undefined ? isStiff : saysNothing)(members[index] ?? []))) continue;
      const guesses = members.map((values) => inner(values));
      // Sizes alone can be found in anything.
      if (guesses.every((guess) => guess.score < 0.85)) continue;
      const names = guesses.map((guess, index) => {
        if (index === 2) return guess.codec;
        return [a, b][index] === undefined ? unfixed(guess.codec) : nameOfFixed(members[index] ?? [], inner);
      });
      const codec = codecOf(tupleOf(names));
      if (codec === undefined || samples.all.some((sample) => codec.decode(sample) === undefined)) continue;
      const score = guesses.reduce((sum, guess) => sum + guess.score, 0) / 3;
      found.push({ codec: codec.name, score, reason: 'Three members, with sizes in front of those of varying length.' });
    }
  }
  return found.sort((one, other) => other.score - one.score).slice(0, 1);
}

/** A member that has a size in front of it is of no fixed width, whatever its bytes look like. */
function unfixed(name: string): string {
  return codecOf(name)?.bound?.fixed ? 'bytes' : name;
}

/** The members of all samples, A and B of this width or with sizes; undefined where a sample is no such triple, or a member always empty. */
function cutTriple(
  samples: Samples,
  widthA: number | undefined,
  widthB: number | undefined,
): readonly Uint8Array[][] | undefined {
  const members: Uint8Array[][] = [[], [], []];
  for (const sample of samples.all) {
    const sizes = sample[0] ?? 0xff;
    if (sizes > 15) return undefined;
    let position = 1;
    for (const [index, [width, bytesOfSize]] of [
      [widthA, (sizes >> 2) + 1] as const,
      [widthB, (sizes & 3) + 1] as const,
    ].entries()) {
      if (bytesOfSize > 2) return undefined;
      const size = width ?? readSize(sample, position, bytesOfSize);
      position += width === undefined ? bytesOfSize : 0;
      members[index]?.push(sample.subarray(position, position + size));
      position += size;
    }
    if (position > sample.length) return undefined;
    members[2]?.push(sample.subarray(position));
  }
  return members.some((values) => values.every((value) => value.length === 0)) ? undefined : members;
}
