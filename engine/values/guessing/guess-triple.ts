/** The recogniser of triples with a member of varying length. */
import { codecOf } from '../codecs.ts';
import type { GuessContext, GuessInner, Likelihood, Samples } from './guess.ts';
import { isConstant, isStiff, nameOfFixed, readSize, tupleOf, WIDTHS } from './guess-members.ts';

/** Minimum values. Fewer values that all have one length are more likely members of fixed width. */
const MIN_STIFF = 8;

/**
 * Recognises triples with members of varying length: a byte of widths, then each member, after its size if it needs one. The last
 * extends to the end.
 */
export function guessTriple(samples: Samples, { family }: GuessContext, inner: GuessInner): readonly Likelihood[] {
  if (family !== 'stable-structures' || samples.distinct.length < 2 || samples.all.some((sample) => sample.length < 3)) return [];
  const found: Likelihood[] = [];
  for (const a of [undefined, ...WIDTHS]) {
    for (const b of [undefined, ...WIDTHS]) {
      const members = a === undefined || b === undefined ? cutTriple(samples, a, b) : undefined;
      if (members === undefined) continue;
      if ([a, b].some((width, index) => (width === undefined ? isStiff : isConstant)(members[index] ?? []))) continue;
      const guesses = members.map((values) => inner(values));
      if (samples.length !== undefined && samples.distinct.length < MIN_STIFF) continue;
      // Any bytes can look like sizes.
      if (guesses.every((guess) => guess.score < 0.85)) continue;
      const names = guesses.map((guess, index) => {
        if (index === 2) return guess.codec;
        return [a, b][index] === undefined ? unfixed(guess.codec) : nameOfFixed(members[index] ?? [], inner);
      });
      const codec = codecOf(tupleOf(names));
      if (codec === undefined || samples.all.some((sample) => codec.decode(sample) === undefined)) continue;
      const score = guesses.reduce((sum, guess) => sum + guess.score, 0) / 3;
      found.push({ codec: codec.name, score, reason: 'Three members, with sizes before those of varying length.' });
    }
  }
  return found.sort((one, other) => other.score - one.score).slice(0, 1);
}

/** Returns the codec of a member after a size, which does not have a fixed width, whatever its bytes look like. */
function unfixed(name: string): string {
  return codecOf(name)?.bound?.fixed ? 'bytes' : name;
}

/**
 * Returns the members of all samples, with A and B of these widths or with sizes. Undefined if a sample is not such a triple, or
 * a member is always empty.
 */
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
