/** A token of a decoded value's text, coloured as in a debugger: name, string, number or word. Accepts any text. */
export interface Token {
  readonly kind: 'name' | 'string' | 'number' | 'word' | 'plain';
  readonly text: string;
}

/** Matches strings (to the end if a quote is open), then numbers, then words. */
const TOKEN = /"(?:[^"\\]|\\.)*(?:"|$)|(?<![\w.])[-+]?\d[\w.]*|[A-Za-z_]\w*/g;
/** Maximum characters that are coloured, more than a screen. */
const MAX_COLOURED = 20_000;

export function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let done = 0;
  for (const match of text.slice(0, MAX_COLOURED).matchAll(TOKEN)) {
    if (match.index > done) tokens.push({ kind: 'plain', text: text.slice(done, match.index) });
    const [word] = match;
    done = match.index + word.length;
    tokens.push({ kind: kindOf(word, text.slice(done, done + 4)), text: word });
  }
  if (done < text.length) tokens.push({ kind: 'plain', text: text.slice(done) });
  return tokens;
}

function kindOf(word: string, after: string): Token['kind'] {
  // `"a": 1` in JSON and CBOR, `name = 1` in Candid.
  if (/^\s*[:=](?![=:])/.test(after)) return 'name';
  if (word.startsWith('"')) return 'string';
  return /^[-+]?\d/.test(word) ? 'number' : 'word';
}
