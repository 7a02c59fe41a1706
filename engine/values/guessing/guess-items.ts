/** Recognisers of CBOR and MessagePack: each value is one item, to its last byte. */

import type { Codec } from '../codec.ts';
import { CBOR } from '../codecs/cbor.ts';
import { MESSAGEPACK } from '../codecs/messagepack.ts';
import { bitsOfItem, isStructured } from './described.ts';
import type { Likelihood, Samples } from './guess.ts';

/** Among damaged values the sound ones still tell the encoding. */
const ENOUGH = 0.9;

export function guessCbor(samples: Samples): readonly Likelihood[] {
  const share = shareOf(samples, CBOR);
  if (share < ENOUGH) return [];
  const score = (value: number) => [{ codec: 'cbor', score: share * value, reason: 'It is one CBOR item, to the last byte.' }];
  const kinds = samples.distinct.map((sample) => (sample[0] ?? 0) >> 5);
  if (kinds.every((major) => major >= 4 && major <= 6)) {
    // An empty array or map is one byte, and a byte says little.
    return score(samples.bytes < 4 ? 0.4 : samples.bytes < 8 ? 0.85 : 0.97);
  }
  const isString = kinds.every((major) => major === 2 || major === 3);
  if (isString && samples.maxLength > 1) return score(Math.min(0.985, 0.4 + 0.29 * lengthsOf(samples)));
  const isLong = samples.length !== undefined && [3, 5, 9].includes(samples.length) && samples.share(hasLongArgument) === 1;
  if (isLong) return score(0.8);
  return score(Math.max(0.25, scoreOfMixed(samples, CBOR, 'cbor'), scoreOfNumbers(samples)));
}

export function guessMessagePack(samples: Samples): readonly Likelihood[] {
  // Every byte of ASCII is an item: only heads of arrays, maps and strings speak for it.
  if (!samples.distinct.some((sample) => sample.length > 1 && isStructured('messagepack', sample[0] ?? 0))) return [];
  const share = shareOf(samples, MESSAGEPACK);
  if (share < ENOUGH) return [];
  const score = scoreOfMixed(samples, MESSAGEPACK, 'messagepack');
  return score === 0
    ? []
    : [{ codec: 'messagepack', score: share * score, reason: 'It is one MessagePack item, to the last byte.' }];
}

function shareOf(samples: Samples, { decode }: Codec): number {
  return samples.share((sample) => decode(sample) !== undefined);
}

/**
 * Returns how likely items are of which some are arrays, maps or strings: an enum, some cases of which have no fields; an option,
 * which may be null. Items of another kind prove nothing, and what is proved is proved by different values: one that is there
 * twice proves no more.
 */
function scoreOfMixed(samples: Samples, codec: Codec, name: 'cbor' | 'messagepack'): number {
  const telling = samples.distinct.filter((sample) => isStructured(name, sample[0] ?? 0));
  const decoded = telling.flatMap((sample) => codec.decode(sample) ?? []);
  const bits = decoded.reduce((sum, one) => sum + bitsOfItem(one), 0);
  if (bits < 16 || telling.length < samples.distinct.length / 8) return 0;
  const mean = bits / samples.distinct.length;
  // Items of one length without text are the same as numbers of a fixed width that begin alike.
  const isStiff = samples.distinct.length > 1 && samples.length !== undefined;
  if (mean < (isStiff ? 16 : 8) || (lengthsOf(samples) < 3 && mean < 20)) return Math.min(0.55, bits / 100);
  return Math.min(0.97, 0.5 + bits / 80);
}

/** Returns how likely numbers are that are as long as their heads say, and null among them. */
function scoreOfNumbers(samples: Samples): number {
  const long = samples.distinct.filter((sample) => sample.length > 1).length;
  return long < 3 || lengthsOf(samples) < 2 ? 0 : Math.min(0.9, 0.4 + 0.1 * long);
}

function lengthsOf({ distinct }: Samples): number {
  return new Set(distinct.map((sample) => sample.length)).size;
}

/** Returns whether the first byte, and it alone, is a CBOR head of an argument or float that fills the rest. */
function hasLongArgument(sample: Uint8Array): boolean {
  return ((sample[0] ?? 0) & 31) >= 24;
}
