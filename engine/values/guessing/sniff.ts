/** Guesses about the encoding of a single value, or of all values of a structure. */
import { codecOf } from '../codecs.ts';
import { DESCRIBED, type Sample } from './described.ts';
import { type GuessContext, type GuessInner, type Likelihood, type Recogniser, Samples } from './guess.ts';
import { guessInt, guessNat, guessOrderedInt } from './guess-blobify.ts';
import { guessCandid, guessFile, guessJson, guessPrincipal, guessProtobuf, guessText } from './guess-described.ts';
import { guessFixedTuple } from './guess-fixed-tuple.ts';
import { guessCbor, guessMessagePack } from './guess-items.ts';
import { guessMixture } from './guess-mixture.ts';
import { guessFloats, guessIntegers } from './guess-numbers.ts';
import { guessOption } from './guess-option.ts';
import { guessPair } from './guess-pair.ts';
import { guessTriple } from './guess-triple.ts';
import { guessUtf32 } from './guess-utf32.ts';
import { guessWrapped, paddedName } from './guess-wrapped.ts';

export type Confidence = 'certain' | 'likely' | 'possible';

/** One possible reading of bytes. */
export interface Guess {
  /** The codec's name. */
  readonly codec: string;
  /** Text of the value in this codec. */
  readonly text: string;
  readonly confidence: Confidence;
  /** The confidence as a number from 0 to 1. */
  readonly score: number;
  /** The reason in a sentence. */
  readonly reason: string;
}

/** Maximum samples that are examined; more add no information. */
const MAX_SAMPLES = 64;
/** Maximum nesting of tuples that are looked for. */
const MAX_DEPTH = 2;

const RECOGNISERS: readonly Recogniser[] = [
  guessOption,
  guessPair,
  guessTriple,
  guessFixedTuple,
  guessCandid,
  guessJson,
  guessCbor,
  guessMessagePack,
  guessPrincipal,
  guessText,
  guessFile,
  guessProtobuf,
  guessUtf32,
  guessIntegers,
  guessFloats,
  guessInt,
  guessNat,
  guessOrderedInt,
];

const CERTAIN = 0.95;
const PLAUSIBLE = 0.6;
/** Minimum values, of those that self-describing encodings do not explain, that are guessed. */
const MIN_REST = 4;

const ANY: Likelihood = { codec: 'bytes', score: 0.4, reason: 'Any bytes are bytes.' };

/** Returns all possible readings of bytes as one whole value, the best first. Raw bytes are always among them. */
export function sniff(
  bytes: Uint8Array,
  context: GuessContext = { family: 'stable-structures', role: 'value' },
): readonly Guess[] {
  return rank([bytes], context).flatMap(({ codec, score, reason }) => {
    const decoded = codecOf(codec)?.decode(bytes);
    return decoded ? [{ codec, text: decoded.text, confidence: confidenceOf(score), score, reason }] : [];
  });
}

/** Returns the name of the codec that best explains all keys or values of a structure. Keys must be in the structure's order. */
export function guessCodec(samples: readonly Uint8Array[], context: GuessContext): string {
  return guessCodecs(samples.map(whole), context)[0];
}

/**
 * Returns the codecs that explain a structure's keys or values, the best first. The others are for values that the first does not
 * fit: a structure can have several encodings.
 */
export function guessCodecs(samples: readonly Sample[], context: GuessContext): readonly [string, ...string[]] {
  const present = samples.filter(({ size }) => size > 0);
  // An empty value does not show the encoding of the others, but in Motoko's encodings it can be the number 0.
  const few = (context.family === 'stable-structures' && present.length > 0 ? present : samples).slice(0, MAX_SAMPLES);
  const wholes = few.filter(({ bytes, size }) => bytes.length === size).map(({ bytes }) => bytes);
  const isCut = wholes.length < few.length;
  const likely = rank(wholes, context);
  // A codec that cannot explain long values is not the right one.
  const best = (isCut ? likely.find(({ codec }) => DESCRIBED.has(codec)) : likely[0]) ?? ANY;
  if (!isCut && best.score >= PLAUSIBLE) return [inOrder(best.codec, wholes, context)];
  const conclusive = few.filter(({ size }) => size > 0);
  const wrapped = isCut ? guessWrapped(conclusive, true).toSorted((a, b) => b.score - a.score)[0] : undefined;
  const [first, ...others] = wrapped === undefined ? guessMixture(conclusive) : [wrapped.codec];
  if (first === undefined) return [isCut ? ANY.codec : best.codec];
  const rest = wrapped === undefined ? guessRest(wholes, [first, ...others], context) : [];
  const padded = isCut ? [first, ...others].flatMap((codec) => paddedName(codec) ?? []) : [];
  return [first, ...others, ...padded, ...rest];
}

/**
 * Returns the codec of the values that none of the others can read, such as numbers that a program wrote before it replaced them
 * with something larger.
 */
function guessRest(values: readonly Uint8Array[], names: readonly string[], context: GuessContext): readonly string[] {
  const codecs = names.flatMap((name) => codecOf(name) ?? []);
  const rest = values.filter((value) => value.length > 0 && codecs.every(({ decode }) => decode(value) === undefined));
  const [best] = rest.length < MIN_REST ? [] : rank(rest, context);
  return best === undefined || best.score < PLAUSIBLE ? [] : [best.codec];
}

function inOrder(codec: string, samples: readonly Uint8Array[], { role, family }: GuessContext): string {
  const found = role === 'key' && family === 'stable-structures' ? codecOf(codec) : undefined;
  const isReversed = found !== undefined && codec !== ANY.codec && new Samples(samples).order(found) === 'falling';
  return isReversed ? `storable.reverse(${codec})` : codec;
}

function whole(bytes: Uint8Array): Sample {
  return { bytes, size: bytes.length };
}

function rank(values: readonly Uint8Array[], context: GuessContext, depth = 0): readonly Likelihood[] {
  const samples = new Samples(values.slice(0, MAX_SAMPLES));
  const inner: GuessInner = (members) =>
    depth === MAX_DEPTH ? ANY : (rank(members, { ...context, role: 'value' }, depth + 1)[0] ?? ANY);
  const likely = RECOGNISERS.flatMap((recognise) => recognise(samples, context, inner));
  // Wrapped values are looked for only if no plain codec is certain, and not inside tuples.
  const isCertain = depth > 0 || likely.some(({ score }) => score >= CERTAIN);
  const wrapped = isCertain ? [] : guessWrapped(samples.distinct.map(whole), false);
  return [...likely, ...wrapped, ANY].sort((a, b) => b.score - a.score);
}

function confidenceOf(score: number): Confidence {
  return score >= CERTAIN ? 'certain' : score >= PLAUSIBLE ? 'likely' : 'possible';
}
