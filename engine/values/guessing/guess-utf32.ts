import { decodeUtf32 } from '../codecs/utf32.ts';
import type { Likelihood, Recogniser } from './guess.ts';

/** Text that people write: letters, digits, symbols and blanks, with their marks. */
const WRITTEN = /^[\p{L}\p{M}\p{N}\p{P}\p{S}\p{Zs}\p{Emoji_Component}\n\t]*$/u;

/**
 * Recognises text in UTF-32, big-endian. Four bytes alone are more likely a number. In eight or more bytes, letters separated by
 * three zeros are not an accident.
 */
export const guessUtf32: Recogniser = (samples): readonly Likelihood[] => {
  let characters = 0;
  let longest = 0;
  for (const bytes of samples.distinct) {
    const text = decodeUtf32(bytes);
    if (text === undefined || !WRITTEN.test(text)) return [];
    characters += bytes.length / 4;
    longest = Math.max(longest, bytes.length);
  }
  if (characters === 0) return [];
  const score = longest >= 12 && characters >= 4 ? 0.96 : longest >= 8 ? 0.62 : 0.3;
  return [{ codec: 'utf32-be', score, reason: 'Every four bytes are a character of Unicode, from the highest byte on.' }];
};
