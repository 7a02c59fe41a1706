/** The recogniser of Storable's options. */
import type { GuessContext, GuessInner, Likelihood, Samples } from './guess.ts';

/** Recognises options. Some: the value, then 01. None: 00. */
export function guessOption(samples: Samples, { family }: GuessContext, inner: GuessInner): readonly Likelihood[] {
  const isNone = (sample: Uint8Array) => sample.length === 1 && sample[0] === 0;
  const somes = samples.distinct.filter((sample) => !isNone(sample));
  const values = somes.map((sample) => sample.subarray(0, -1));
  if (family !== 'stable-structures' || somes.length === 0 || samples.all.some((sample) => sample.length === 0)) return [];
  if (somes.some((sample) => sample.at(-1) !== 1) || values.every((value) => value.length === 0)) return [];
  const value = inner(values);
  const score = somes.length >= 3 ? 0.93 : somes.length < samples.distinct.length ? 0.8 : value.score > 0.9 ? 0.75 : 0.35;
  const reason = 'The last byte is 01 after a value, or a single 00 means that there is none.';
  return [{ codec: `storable.option(${value.codec})`, score, reason }];
}
