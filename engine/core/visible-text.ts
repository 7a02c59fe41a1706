/**
 * Characters that a terminal or a text viewer obeys instead of showing: control characters (Cc), format characters such as those
 * that change the direction of text (Cf), line and paragraph separators, and unpaired surrogates. The two joiners are kept,
 * because scripts and emoji need them.
 */
const OBEYED = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]|(?![\u200c\u200d])\p{Cf}/gu;

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** Escapes a text of unknown origin so that all of it is visible, on one line: `\n`, `\u{1b}`. */
export function visibleText(text: string): string {
  if (isPlain(text)) return text;
  return text.replace(OBEYED, (character) => SHORT[character] ?? `\\u{${character.codePointAt(0)?.toString(16)}}`);
}

/** Returns a line of JSON with the same values, but without characters that a terminal would obey: `\u202e`. */
export function visibleJson(json: string): string {
  if (isPlain(json)) return json;
  return json.replace(OBEYED, (character) => character.split('').map(escapeUnit).join(''));
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** Returns whether a text is printable ASCII only. Most texts are, and this check is fast. */
function isPlain(text: string): boolean {
  return !/[^ -~]/.test(text);
}
