/** Recognisers of self-describing encodings: text, JSON, Candid, Protocol Buffers, principals. */
import { readCandid } from '../codecs/candid.ts';
import { CANDID_MAGIC } from '../codecs/candid-types.ts';
import { principalClass } from '../codecs/principal.ts';
import { readFields } from '../codecs/protobuf.ts';
import { isPrintable, JSON_TEXT } from '../codecs/text.ts';
import { decodeUtf8 } from '../utf8.ts';
import { FILE_HEADER_BYTES, fileHeader } from './files.ts';
import type { Likelihood, Samples } from './guess.ts';

/** Minimum share of values that fit an encoding: some may be damaged. */
const MIN_SHARE_OF_SOUND = 0.9;

function single(codec: string, score: number, reason: string): readonly Likelihood[] {
  return [{ codec, score, reason }];
}

export function guessCandid(samples: Samples): readonly Likelihood[] {
  const share = samples.share((sample) => {
    if (!CANDID_MAGIC.startsWith(String.fromCharCode(...sample.subarray(0, 4)).padEnd(4))) return false;
    const reading = readCandid(sample);
    return reading.problem === undefined && reading.length === sample.length;
  });
  return share < MIN_SHARE_OF_SOUND
    ? []
    : single('candid', 0.99 * share, 'It begins with "DIDL", and its type table explains every byte.');
}

export function guessJson(samples: Samples): readonly Likelihood[] {
  const documents = samples.distinct.filter((sample) => JSON_TEXT.decode(sample) !== undefined);
  const share = documents.length / Math.max(1, samples.distinct.length);
  // Numbers, words and strings alone are more likely text. Among arrays and objects they are null and the cases of an enum
  // without fields.
  const structured = documents.filter((sample) => /^\s*[[{]/.test(decodeUtf8(sample) ?? '')).length;
  const isMixed = structured < documents.length;
  if (share < MIN_SHARE_OF_SOUND || structured === 0) return [];
  const others = documents.filter((sample) => !/^\s*(?:[[{"]|null|true|false)/.test(decodeUtf8(sample) ?? ''));
  if (isMixed && (structured < 2 || others.length > structured)) return [];
  return single('json', 0.98 * share, 'It is text, and a complete JSON document.');
}

const WORDS = /[\p{L}\p{N}\p{Emoji_Presentation} _.,:;/@-]/gu;

export function guessText(samples: Samples): readonly Likelihood[] {
  const texts = samples.distinct.map(decodeUtf8).filter(isPrintable);
  const share = texts.length / Math.max(1, samples.distinct.length);
  if (share < MIN_SHARE_OF_SOUND || samples.distinct.length === 0) return [];
  const whole = texts.join('');
  const wordy = (whole.match(WORDS)?.length ?? 0) / Math.max(1, [...whole].length);
  // About 95 of 256 bytes are printable: each additional byte makes an accident less likely.
  const printable = 1 - 0.37 ** samples.bytes;
  const score = 0.97 * printable * share * (wordy < 0.5 ? 0.75 : 1);
  return single('text', samples.maxLength === 1 ? Math.min(score, 0.5) : score, 'All of it is printable UTF-8.');
}

export function guessFile(samples: Samples): readonly Likelihood[] {
  const headers = samples.distinct.map((sample) => fileHeader(sample.subarray(0, FILE_HEADER_BYTES)));
  const found = headers.flatMap((header) => header ?? []);
  const share = found.length / Math.max(1, headers.length);
  const proof = found.reduce((sum, header) => sum + header.proof, 0);
  return share < MIN_SHARE_OF_SOUND || proof < 3
    ? []
    : single('file', share * (proof < 4 ? 0.9 : 0.98), 'It begins like files of its kind.');
}

export function guessPrincipal(samples: Samples): readonly Likelihood[] {
  if (samples.maxLength > 29) return [];
  const classes = samples.distinct.map(principalClass);
  const conclusive =
    classes.filter((kind) => kind === 'canister' || kind === 'self-authenticating').length / Math.max(1, classes.length);
  const strange = classes.includes('other');
  if (conclusive === 0)
    return classes.length > 0 && !strange ? single('principal', 0.3, 'It could be the anonymous principal.') : [];
  if (strange && conclusive < 0.5) return [];
  const reason = 'Length and last bytes are those of canisters and self-authenticating principals.';
  return single('principal', strange ? 0.7 : 0.96, reason);
}

export function guessProtobuf(samples: Samples): readonly Likelihood[] {
  const counts = samples.distinct.map((sample) => {
    const fields = readFields(sample) ?? [];
    // Messages usually begin with a low number, and the numbers do not decrease.
    const isUsual = fields.every(({ number }, index) => number <= 100 && number >= (fields[index - 1]?.number ?? 1));
    return isUsual && (fields[0]?.number ?? 16) < 16 ? fields.length : 0;
  });
  if (counts.length === 0 || counts.includes(0)) return [];
  const fields = counts.reduce((sum, count) => sum + count, 0);
  const score = fields < 2 ? 0.2 : fields < 6 ? 0.45 : 0.85;
  return single('protobuf', score, 'It is a sequence of numbered fields, to the last byte.');
}
