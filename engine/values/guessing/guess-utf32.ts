import { decodeUtf32 } from '../codecs/utf32.ts';
import type { Likelihood, Recogniser } from './guess.ts';

/** What people write: letters, digits, signs and blanks, or marks on them. */
const WRITTEN = /^[\p{L}\p{M}\p{N}\p{P}\p{S}\p{Zs}\p{Emoji_Component}\n\t]*$/u;

/**
 * Text in UTF-32, big-endian. Of four bytes alone, a number is likelier; of eight and more, three zeros in each four and letters
 * between them are no accident.
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
