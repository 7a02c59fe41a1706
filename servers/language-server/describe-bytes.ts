import { cut, formatBytes, toHex } from '../../engine/core/format.ts';
import { codeSpan, markdownText } from '../../engine/core/markdown.ts';
import { type CodecTable, NO_CODECS } from '../../engine/values/codec-table.ts';
import { codecOf } from '../../engine/values/codecs.ts';
import { type Guess, sniff } from '../../engine/values/guessing/sniff.ts';

/** Maximum bytes of a value that is decoded, because a hover must be fast. */
const MAX_BYTES = 256 * 1024;
const MAX_OTHERS = 7;
const MAX_TEXT = 160;
const MAX_OTHER_TEXT = 40;
const MAX_HEX = 32;

/**
 * Describes what bytes could be, in Markdown: the best guess in a paragraph, the others on one line after it. The user's `own`
 * codecs come first, then the most probable guesses for a value of a Motoko program. (A hover cannot fold: `<details>` needs
 * HTML, which is not allowed in Markdown from a language server.)
 */
export function describeBytes(bytes: Uint8Array, own: CodecTable = NO_CODECS): string {
  if (bytes.length > MAX_BYTES) return `**${formatBytes(bytes.length)}**, too long to decode in a hover.`;
  const [best, ...others] = [...declaredGuesses(bytes, own), ...guessesOf(bytes)];
  const title = bytes.length === 0 ? '**No bytes**' : `**${formatBytes(bytes.length)}** ${codeSpan(hexOf(bytes))}`;
  if (best === undefined) return [title, '', 'No known encoding matches.'].join('\n');
  const also = others.slice(0, MAX_OTHERS).map((guess) => describeOther(guess, bytes, own));
  return [title, '', describeBest(best, bytes, own), ...(also.length > 0 ? ['', `also: ${also.join(', ')}`] : [])].join('\n');
}

/** Returns guesses by the user's own codecs that decode all of the bytes. */
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
  const nat = codecOf('blobify.nat')?.decode(bytes);
  if (bytes.length > 0 || nat === undefined) return guesses;
  // An empty value may be the number 0. There is no evidence either way.
  const reason = 'Zero digits encode the number 0.';
  return [...guesses, { codec: 'blobify.nat', text: nat.text, confidence: 'possible', score: 0, reason }];
}

function describeBest({ codec, text, confidence, reason }: Guess, bytes: Uint8Array, own: CodecTable): string {
  const described = codecOf(codec, own);
  const value = codeSpan(cut(described?.quoted ? JSON.stringify(text) : text, MAX_TEXT));
  const what = described ? `${markdownText(described.description)} (${codeSpan(codec)})` : codeSpan(codec);
  return `${value} ${confidence}: ${what}. ${markdownText(reason)}${remarkOn(codec, bytes, own)}`;
}

function describeOther({ codec, text }: Guess, bytes: Uint8Array, own: CodecTable): string {
  const value = codeSpan(cut(codecOf(codec, own)?.quoted ? JSON.stringify(text) : text, MAX_OTHER_TEXT));
  return `${value} (${codeSpan(codec)})${remarkOn(codec, bytes, own)}`;
}

function remarkOn(codec: string, bytes: Uint8Array, own: CodecTable): string {
  const remark = codecOf(codec, own)?.decode(bytes)?.remark;
  return remark === undefined ? '' : ` **${markdownText(remark)}**`;
}

function hexOf(bytes: Uint8Array): string {
  const hex = toHex(bytes.subarray(0, MAX_HEX));
  return bytes.length > MAX_HEX ? `${hex}…` : hex;
}
