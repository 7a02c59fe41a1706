const TOKEN =
  /\s*(?:([[\]{},:])|("(?:[^"\\\p{Cc}]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*")|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)/uy;
/** A token that may be cut at the end of the text. */
const CUT_TOKEN = /\s*(?:"(?:[^"\\\p{Cc}]|\\.)*\\?|[-+.\w]*)$/uy;

/**
 * Returns whether a text can be the beginning of a JSON array or object: all tokens but the last are complete, and each is in a
 * valid place.
 */
export function beginsJson(text: string): boolean {
  const open: ('[' | '{')[] = [];
  /** The token that may come next: a value, a key, a colon, or a comma or an end. */
  let next: 'value' | 'key' | 'colon' | 'comma' = 'value';
  let justOpened = false;
  for (let position = 0; ; position = TOKEN.lastIndex) {
    TOKEN.lastIndex = position;
    const [token, punctuation, string] = TOKEN.exec(text) ?? [];
    if (token === undefined) {
      CUT_TOKEN.lastIndex = position;
      return open.length > 0 && CUT_TOKEN.test(text);
    }
    const closes = punctuation === ']' ? '[' : punctuation === '}' ? '{' : undefined;
    if (closes !== undefined) {
      if (open.pop() !== closes || !(next === 'comma' || justOpened) || open.length === 0) return false;
      next = 'comma';
      justOpened = false;
      continue;
    }
    justOpened = false;
    if (punctuation === ',') {
      if (next !== 'comma') return false;
      next = open.at(-1) === '{' ? 'key' : 'value';
    } else if (punctuation === ':') {
      if (next !== 'colon') return false;
      next = 'value';
    } else if (next === 'key') {
      if (string === undefined) return false;
      next = 'colon';
    } else if (next !== 'value') {
      return false;
    } else if (punctuation === '[' || punctuation === '{') {
      open.push(punctuation);
      next = punctuation === '{' ? 'key' : 'value';
      justOpened = true;
    } else {
      if (open.length === 0) return false;
      next = 'comma';
    }
  }
}
