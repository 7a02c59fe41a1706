import type { Codec } from './codec.ts';

const OPENING = '([{';
const CLOSING = ')]}';

/** Splits the text of a tuple into those of its members: `(1, "a, b")` into `1` and `"a, b"`. Undefined for any other text. */
export function memberTexts(text: string): readonly string[] | undefined {
  const inner = /^\s*\((.*)\)\s*$/s.exec(text)?.[1];
  if (inner === undefined) return undefined;
  const members: string[] = [];
  let depth = 0;
  let isQuoted = false;
  let start = 0;
  for (let index = 0; index < inner.length; index += 1) {
    const letter = inner[index] ?? '';
    if (letter === '"') isQuoted = !isQuoted;
    else if (isQuoted && letter === '\\') index += 1;
    else if (isQuoted) continue;
    else if (OPENING.includes(letter)) depth += 1;
    else if (CLOSING.includes(letter)) depth -= 1;
    else if (letter === ',' && depth === 0) {
      members.push(inner.slice(start, index).trim());
      start = index + 1;
    }
  }
  return [...members, inner.slice(start).trim()];
}

/** Encodes the text of a value that is inside another value, where some texts are in quotes. Undefined if it is invalid. */
export function encodeInside(codec: Codec, text: string): Uint8Array | undefined {
  return codec.encode?.(codec.quoted && text.startsWith('"') ? unquote(text) : text);
}

function unquote(text: string): string {
  try {
    return String(JSON.parse(text));
  } catch {
    return text;
  }
}
