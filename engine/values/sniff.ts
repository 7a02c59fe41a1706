/** What bytes could say: one value on its own, or all values of a structure. */
import { codecOf } from './codecs.ts';
import { type GuessContext, type GuessInner, type Likelihood, type Recogniser, Samples } from './guess.ts';
import { guessInt, guessNat, guessOrderedInt } from './guess-blobify.ts';
import { guessCandid, guessCbor, guessJson, guessPrincipal, guessProtobuf, guessText } from './guess-described.ts';
import { guessFixedTuple } from './guess-fixed-tuple.ts';
import { guessFloats, guessIntegers } from './guess-numbers.ts';
import { guessOption } from './guess-option.ts';
import { guessPair } from './guess-pair.ts';
import { guessTriple } from './guess-triple.ts';

export type Confidence = 'certain' | 'likely' | 'possible';

/** One way to read bytes. */
export interface Guess {
  /** The codec's name. */
  readonly codec: string;
  /** What the bytes say by it. */
  readonly text: string;
  readonly confidence: Confidence;
  /** The same as a number, 0 to 1. */
  readonly score: number;
  /** Why, in a sentence. */
  readonly reason: string;
}

/** More samples tell nothing new. */
const MAX_SAMPLES = 64;
/** Tuples in tuples are looked for, but not deeper. */
const MAX_DEPTH = 2;

const RECOGNISERS: readonly Recogniser[] = [
  guessOption,
  guessPair,
  guessTriple,
  guessFixedTuple,
  guessCandid,
  guessJson,
  guessCbor,
  guessPrincipal,
  guessText,
  guessProtobuf,
  guessIntegers,
  guessFloats,
  guessInt,
  guessNat,
  guessOrderedInt,
];

const ANY: Likelihood = { codec: 'bytes', score: 0.4, reason: 'Any bytes are bytes.' };

/** All ways to read these bytes as one whole value, the best first; the last resort is always among them. */
export function sniff(
  bytes: Uint8Array,
  context: GuessContext = { family: 'stable-structures', role: 'value' },
): readonly Guess[] {
  return rank([bytes], context).flatMap(({ codec, score, reason }) => {
    const decoded = codecOf(codec)?.decode(bytes);
    return decoded ? [{ codec, text: decoded.text, confidence: confidenceOf(score), score, reason }] : [];
  });
}

/** The name of the codec that explains all of a structure's keys or values best. Keys come in the structure's order. */
export function guessCodec(samples: readonly Uint8Array[], context: GuessContext): string {
  const best = rank(samples, context)[0]?.codec ?? ANY.codec;
  const codec = context.role === 'key' && context.family === 'stable-structures' ? codecOf(best) : undefined;
  const isReversed = codec !== undefined && best !== ANY.codec && new Samples(samples).order(codec) === 'falling';
  return isReversed ? `storable.reverse(${best})` : best;
}

function rank(values: readonly Uint8Array[], context: GuessContext, depth = 0): readonly Likelihood[] {
  const samples = new Samples(values.slice(0, MAX_SAMPLES));
  const inner: GuessInner = (members) =>
    depth === MAX_DEPTH ? ANY : (rank(members, { ...context, role: 'value' }, depth + 1)[0] ?? ANY);
  const likely = RECOGNISERS.flatMap((recognise) => recognise(samples, context, inner));
  return [...likely, ANY].sort((a, b) => b.score - a.score);
}

function confidenceOf(score: number): Confidence {
  return score >= 0.95 ? 'certain' : score >= 0.6 ? 'likely' : 'possible';
}
