/** Recognisers of CBOR and MessagePack, where each value is one item, to its last byte. */

import type { Codec } from '../codec.ts';
import { CBOR } from '../codecs/cbor.ts';
import { MESSAGEPACK } from '../codecs/messagepack.ts';
import { bitsOfItem, isStructured } from './described.ts';
import type { Likelihood, Samples } from './guess.ts';

/** Minimum share of values that fit an encoding: some may be damaged. */
const MIN_SHARE_OF_SOUND = 0.9;

export function guessCbor(samples: Samples): readonly Likelihood[] {
  const share = shareOf(samples, CBOR);
  if (share < MIN_SHARE_OF_SOUND) return [];
  const score = (value: number) => [{ codec: 'cbor', score: share * value, reason: 'It is one CBOR item, to the last byte.' }];
  const kinds = samples.distinct.map((sample) => (sample[0] ?? 0) >> 5);
  if (kinds.every((major) => major >= 4 && major <= 6)) {
    // An empty array or map is one byte, which is little evidence.
    return score(samples.bytes < 4 ? 0.4 : samples.bytes < 8 ? 0.85 : 0.97);
  }
  const isString = kinds.every((major) => major === 2 || major === 3);
  if (isString && samples.maxLength > 1) return score(Math.min(0.985, 0.4 + 0.29 * lengthsOf(samples)));
  const isLong = samples.length !== undefined && [3, 5, 9].includes(samples.length) && samples.share(hasLongArgument) === 1;
  if (isLong) return score(0.8);
  return score(Math.max(0.25, scoreOfMixed(samples, CBOR, 'cbor'), scoreOfNumbers(samples)));
}

export function guessMessagePack(samples: Samples): readonly Likelihood[] {
  // Every ASCII byte is an item, so only heads of arrays, maps and strings are evidence.
  if (!samples.distinct.some((sample) => sample.length > 1 && isStructured('messagepack', sample[0] ?? 0))) return [];
  const share = shareOf(samples, MESSAGEPACK);
  if (share < MIN_SHARE_OF_SOUND) return [];
  const score = scoreOfMixed(samples, MESSAGEPACK, 'messagepack');
  return score === 0
    ? []
    : [{ codec: 'messagepack', score: share * score, reason: 'It is one MessagePack item, to the last byte.' }];
}

function shareOf(samples: Samples, { decode }: Codec): number {
  return samples.share((sample) => decode(sample) !== undefined);
}

/**
 * Returns the likelihood of items of which some are arrays, maps or strings: an enum with some cases without fields, or an
 * option, which may be null. Items of other kinds prove nothing, and repeated values prove no more than one.
 */
function scoreOfMixed(samples: Samples, codec: Codec, name: 'cbor' | 'messagepack'): number {
  const conclusive = samples.distinct.filter((sample) => isStructured(name, sample[0] ?? 0));
  const decoded = conclusive.flatMap((sample) => codec.decode(sample) ?? []);
  const bits = decoded.reduce((sum, one) => sum + bitsOfItem(one), 0);
  if (bits < 16 || conclusive.length < samples.distinct.length / 8) return 0;
  const mean = bits / samples.distinct.length;
  // Items of one length without text look the same as numbers of a fixed width with a common first byte.
  const isStiff = samples.distinct.length > 1 && samples.length !== undefined;
  if (mean < (isStiff ? 16 : 8) || (lengthsOf(samples) < 3 && mean < 20)) return Math.min(0.55, bits / 100);
  return Math.min(0.97, 0.5 + bits / 80);
}

/** Returns the likelihood of numbers, and null among them, whose lengths match their heads. */
function scoreOfNumbers(samples: Samples): number {
  const long = samples.distinct.filter((sample) => sample.length > 1).length;
  return long < 3 || lengthsOf(samples) < 2 ? 0 : Math.min(0.9, 0.4 + 0.1 * long);
}

function lengthsOf({ distinct }: Samples): number {
  return new Set(distinct.map((sample) => sample.length)).size;
}

/** Returns whether the first byte is a CBOR head with an argument or float in the following bytes. */
function hasLongArgument(sample: Uint8Array): boolean {
  return ((sample[0] ?? 0) & 31) >= 24;
}
