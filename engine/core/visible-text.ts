/**
 * Characters that a terminal or a reader of text obeys instead of showing: controls (Cc), formats such as those that turn the direction of
 * text (Cf), line and paragraph separators, and halves of surrogate pairs. The two joiners stay: scripts and emoji need them.
 */
const OBEYED = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]|(?![\u200c\u200d])\p{Cf}/gu;

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** Returns a text of unknown origin so that all of it is seen, on one line: `\n`, `\u{1b}`. */
export function visibleText(text: string): string {
  if (isPlain(text)) return text;
  return text.replace(OBEYED, (character) => SHORT[character] ?? `\\u{${character.codePointAt(0)?.toString(16)}}`);
}

/** Returns a line of JSON with the same values and nothing that a terminal would obey: `\u202e`. */
export function visibleJson(json: string): string {
  if (isPlain(json)) return json;
  return json.replace(OBEYED, (character) => character.split('').map(escapeUnit).join(''));
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** Whether a text is printable ASCII alone, as most is: that is found out quicker. */
function isPlain(text: string): boolean {
  return !/[^ -~]/.test(text);
}
