/** The recogniser of pairs with a member of varying length. */

import { MAX_PRINCIPAL_BYTES } from '../codecs/principal.ts';
import { codecOf } from '../codecs.ts';
import { type GuessContext, type GuessInner, type Likelihood, leading, Samples } from './guess.ts';
import { isStiff, nameOfFixed, readSize, tupleOf, WIDTHS } from './guess-members.ts';

/** Maximum length of a pair. */
const MAX_PAIR = 512;

/**
 * The division of a pair's bytes: the maximum sizes of both members, and the widths of the sizes at the end, which are 0 for a
 * member of fixed width.
 */
interface Division {
  readonly maxA: number;
  readonly maxB: number;
  readonly widthA: number;
  readonly widthB: number;
}

/** Recognises pairs with members of varying length: each is padded with zeros to its maximum, and its size is at the end. */
export function guessPair(samples: Samples, { family }: GuessContext, inner: GuessInner): readonly Likelihood[] {
  const { length } = samples;
  if (family !== 'stable-structures' || length === undefined || length < 3 || length > MAX_PAIR) return [];
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
      { codec: codec.name, score, reason: 'Two members, padded with zeros to their maximum, with their sizes at the end.' },
    ];
  }
  return [];
}

/** Returns the divisions of a length to try, with principals first: they are the most usual members of varying length. */
function divisions(length: number): readonly Division[] {
  const found: Division[] = [];
  const add = (maxA: number, fixedA: boolean, fixedB: boolean) => {
    const widthA = fixedA ? 0 : sizeWidth(maxA);
    for (const widthB of fixedB ? [0] : [1, 2]) {
      const maxB = length - maxA - widthA - widthB;
      if (maxB > 0 && (fixedB || sizeWidth(maxB) === widthB)) found.push({ maxA, maxB, widthA, widthB });
    }
  };
  add(MAX_PRINCIPAL_BYTES, false, false);
  add(MAX_PRINCIPAL_BYTES, false, true);
  add(length - MAX_PRINCIPAL_BYTES - 2, false, false);
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

/**
 * Returns the members of all samples by this division, or undefined if a size is too large, padding is not zero, or a member is
 * always empty.
 */
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

function nameOfMember(values: readonly Uint8Array[], max: number, width: number, inner: GuessInner): string {
  if (width === 0) return nameOfFixed(values, inner);
  const codec = codecOf(inner(values).codec);
  return codec?.bound && !codec.bound.fixed && codec.bound.max === max ? codec.name : `storable.blob(${max})`;
}
