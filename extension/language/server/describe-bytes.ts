import { formatBytes, toHex } from '../../../engine/format.ts';
import { BLOBIFY_ALIASES } from '../../../engine/values/blobify.ts';
import { ORDERED_BLOBIFY_ALIASES } from '../../../engine/values/blobify-ordered.ts';
import { type CodecTable, NO_CODECS } from '../../../engine/values/codec-table.ts';
import { codecOf } from '../../../engine/values/codecs.ts';
import { type Guess, sniff } from '../../../engine/values/sniff.ts';
import { codeSpan, cut } from './markdown.ts';

/** Longer values are not looked into: a hover has to be quick. */
const MOST_BYTES = 256 * 1024;
const MOST_GUESSES = 8;
const MOST_TEXT = 160;
const MOST_HEX = 32;

/** Encodings that Blobify shares with others, and that go by their plain names. */
const SHARED = new Set([...Object.values(BLOBIFY_ALIASES), ...Object.values(ORDERED_BLOBIFY_ALIASES)]);

/**
 * What bytes could say, in Markdown: by the codecs of the user's `own` first, then as values of Motoko's Blobify, the most probable at the top,
 * then in other encodings.
 */
export function describeBytes(bytes: Uint8Array, own: CodecTable = NO_CODECS): string {
  if (bytes.length > MOST_BYTES) return `**${formatBytes(bytes.length)}**, too long to be decoded in passing.`;
  const guesses = [...declaredGuesses(bytes, own), ...guessesOf(bytes)];
  const lines = guesses.slice(0, MOST_GUESSES).map((guess) => describeGuess(guess, bytes, own));
  const title = bytes.length === 0 ? '**No bytes**' : `**${formatBytes(bytes.length)}** ${codeSpan(hexOf(bytes))}`;
  return [title, '', ...(lines.length > 0 ? lines : ['No known encoding explains them.'])].join('\n');
}

/** Those of the user's own codecs that read all of the bytes. */
function declaredGuesses(bytes: Uint8Array, own: CodecTable): readonly Guess[] {
  return [...own.values()].flatMap((codec): readonly Guess[] => {
    const decoded = codec.decode(bytes);
    if (decoded === undefined) return [];
    const reason = 'Declared in the labels of an open snapshot.';
    return [{ codec: codec.name, text: decoded.text, confidence: 'possible', score: 0.5, reason }];
  });
}

function guessesOf(bytes: Uint8Array): readonly Guess[] {
  const guesses = sniff(bytes, { family: 'motoko', role: 'value' }).filter((guess) => guess.codec !== 'bytes');
  const [blobify, others] = [guesses.filter(isBlobify), guesses.filter((guess) => !isBlobify(guess))];
  const nat = codecOf('blobify.nat')?.decode(bytes);
  // Nothing speaks for the zero that no bytes are, or against it.
  if (bytes.length === 0 && nat) {
    blobify.push({
      codec: 'blobify.nat',
      text: nat.text,
      confidence: 'possible',
      score: 0,
      reason: 'No digits are the number 0.',
    });
  }
  return [...blobify, ...others];
}

function isBlobify({ codec }: Guess): boolean {
  return codec.startsWith('blobify') || SHARED.has(codec);
}

function describeGuess({ codec, text, confidence, reason }: Guess, bytes: Uint8Array, own: CodecTable): string {
  const described = codecOf(codec, own);
  const value = codeSpan(cut(described?.quoted ? JSON.stringify(text) : text, MOST_TEXT));
  const what = described ? `${described.description} (${codeSpan(codec)})` : codeSpan(codec);
  const remark = described?.decode(bytes)?.remark;
  return `- ${value} ${confidence}: ${what}. ${reason}${remark === undefined ? '' : ` **${remark}**`}`;
}

function hexOf(bytes: Uint8Array): string {
  const hex = toHex(bytes.subarray(0, MOST_HEX));
  return bytes.length > MOST_HEX ? `${hex}…` : hex;
}
