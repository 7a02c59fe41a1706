const TOKEN =
  /\s*(?:([[\]{},:])|("(?:[^"\\\p{Cc}]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*")|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)/uy;
/** A token that the end of the text may have cut. */
const CUT_TOKEN = /\s*(?:"(?:[^"\\\p{Cc}]|\\.)*\\?|[-+.\w]*)$/uy;

/**
 * Returns whether a text is how a longer JSON array or object can begin: all tokens but the last are whole, and each is where one
 * may be.
 */
export function beginsJson(text: string): boolean {
  const open: ('[' | '{')[] = [];
  /** What may come next: a value, a key, a colon, or a comma or an end. */
  let next: 'value' | 'key' | 'colon' | 'comma' = 'value';
  let opened = false;
  for (let position = 0; ; position = TOKEN.lastIndex) {
    TOKEN.lastIndex = position;
    const [token, punctuation, string] = TOKEN.exec(text) ?? [];
    if (token === undefined) {
      CUT_TOKEN.lastIndex = position;
      return open.length > 0 && CUT_TOKEN.test(text);
    }
    const closes = punctuation === ']' ? '[' : punctuation === '}' ? '{' : undefined;
    if (closes !== undefined) {
      if (open.pop() !== closes || !(next === 'comma' || opened) || open.length === 0) return false;
      next = 'comma';
      opened = false;
      continue;
    }
    opened = false;
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
      opened = true;
    } else {
      if (open.length === 0) return false;
      next = 'comma';
    }
  }
}
