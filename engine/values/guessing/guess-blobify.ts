/** Recognisers of Motoko's numbers of any size: base-255 digits, so no byte is 0xff, and the highest digit is not zero. */
import { codecOf } from '../codecs.ts';
import { constantColumns, type GuessContext, type Likelihood, type Samples } from './guess.ts';

/** Maximum usual digits. If all values have more, they are more likely hashes than numbers: 24 digits hold 191 bits. */
const USUAL_DIGITS = 24;
const USUAL_MEAN = 12;
const MAX_DIGITS = 40;

export function guessNat(samples: Samples, { family, role }: GuessContext): readonly Likelihood[] {
  if (family !== 'motoko' || samples.maxLength === 0 || samples.maxLength > MAX_DIGITS) return [];
  if (samples.distinct.some((sample) => sample.includes(0xff))) return [];
  // The more bytes there are without any 0xff, the less likely that is by accident.
  const base =
    (samples.maxLength > USUAL_DIGITS && samples.mean((sample) => sample.length) > USUAL_MEAN ? 0.2 : 0.6) +
    Math.min(0.15, samples.bytes / 3000);
  const sameLength = samples.length !== undefined && samples.length > 1 && samples.distinct.length > 3;
  // Values of eight bytes each are more likely the numbers of later versions.
  const fixed = !sameLength ? 0 : samples.length === 8 ? 0.2 : 0.1;
  // If some digits are the same in all numbers, these are usually the high ones.
  const constant = (end: 'leading' | 'trailing') => sameLength && constantColumns(samples.distinct, end) > 0;
  const ends = (constant('trailing') ? 0.1 : 0) - (constant('leading') ? 0.1 : 0);
  const likely: Likelihood[] = [];
  if (samples.distinct.every((sample) => sample.length === 1 || sample.at(-1) !== 0)) {
    const bonus = role === 'key' ? keyOrder(samples, 'blobify.nat') : 0;
    likely.push({
      codec: 'blobify.nat',
      score: base - fixed + ends + bonus,
      reason: 'All bytes are digits of base 255, the lowest first.',
    });
  }
  if (samples.distinct.every((sample) => sample.length === 1 || sample[0] !== 0)) {
    // Blobs of one length in the order of blobs are always in the order of such numbers, too.
    const bonus = role === 'key' && !sameLength ? Math.max(keyOrder(samples, 'blobify.nat-be'), keyOrder(samples, 'bytes')) : 0;
    const reason = 'All bytes are digits of base 255, the highest first.';
    likely.push({ codec: 'blobify.nat-be', score: base - fixed - ends - 0.05 + bonus, reason });
  }
  return likely;
}

export function guessInt(samples: Samples, { family }: GuessContext): readonly Likelihood[] {
  if (family !== 'motoko' || samples.maxLength > MAX_DIGITS || samples.distinct.length === 0) return [];
  const codec = codecOf('blobify.int');
  const isInt = (sample: Uint8Array) =>
    codec?.decode(sample) !== undefined && (sample.length === 1 ? sample[0] === 0 : sample.at(-2) !== 0);
  if (samples.maxLength < 2 || samples.all.some((sample) => !isInt(sample))) return [];
  const score = samples.distinct.length > 2 ? 0.85 : 0.6;
  return [{ codec: 'blobify.int', score, reason: 'All bytes are digits of base 255, and the last is a sign.' }];
}

/** Recognises later encodings, which flip the top bit: small numbers begin with 80 00, and small negative ones with 7f ff. */
export function guessOrderedInt(samples: Samples, { family }: GuessContext): readonly Likelihood[] {
  const width = samples.length;
  if (family !== 'motoko' || (width !== 2 && width !== 4 && width !== 8)) return [];
  const isSmall = (sample: Uint8Array) =>
    (sample[0] === 0x80 && (width === 2 || sample[1] === 0)) || (sample[0] === 0x7f && (width === 2 || sample[1] === 0xff));
  const codec = width === 8 ? 'blobify@0.2.int' : `blobify@0.2.int${8 * width}`;
  const time = width === 8 && samples.share((sample) => ((sample[0] ?? 0) & 0xfe) === 0x96 || ((sample[0] ?? 0) & 0xfe) === 0x98);
  if (time === 1) return [{ codec, score: 0.75, reason: 'As nanoseconds, all are times of recent years.' }];
  if (samples.share(isSmall) < 1 || samples.distinct.length === 0) return [];
  return [
    {
      codec,
      score: samples.distinct.length > 2 ? 0.88 : 0.7,
      reason: 'The top bit is flipped, and the numbers are small.',
    },
  ];
}

function keyOrder(samples: Samples, name: string): number {
  const codec = codecOf(name);
  if (codec === undefined || samples.all.length < 3) return 0;
  return samples.order(codec) === 'rising' ? 0.15 : -0.15;
}
