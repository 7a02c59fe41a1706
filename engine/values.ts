/** Reads bytes as values: codecs by name, guesses, and the labels that name and type what bytes cannot say. */
export type { LabelProblem } from './snapshot/labels.ts';
export { labelProblems } from './snapshot/labels.ts';
export type { Bound, Codec, Decoded, Excerpt, Reading, ValuePart } from './values/codec.ts';
export type { CodecTable, CustomBlobify } from './values/codec-table.ts';
export { codecOfBlobify, registerCodec } from './values/codec-table.ts';
export { formatPrincipal, parsePrincipal } from './values/codecs/principal.ts';
export type { CodecChoice } from './values/codecs.ts';
export { CODEC_CHOICES, codecOf } from './values/codecs.ts';
export type { GuessContext } from './values/guessing/guess.ts';
export type { Confidence, Guess } from './values/guessing/sniff.ts';
export { guessCodec, sniff } from './values/guessing/sniff.ts';
