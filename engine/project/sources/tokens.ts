/** A tokenizer of Rust. It knows just enough to skip comments and to find the ends of texts, and never throws. */

export interface Token {
  /** `mark`: an operator or a bracket. Only `::`, `->`, `=>` and `..` have more than one letter. */
  readonly kind: 'word' | 'number' | 'text' | 'mark';
  /** As written; of a text its content, with escapes as they are. */
  readonly text: string;
  /** Line in the file; 1 is the first. */
  readonly line: number;
}

/** Maximum characters that are read. Longer files are generated. */
const MAX_TEXT = 2 ** 20;

const BLANK = /\s+/y;
const LINE_COMMENT = /[^\n]*/y;
const WORD = /[\p{L}_][\p{L}\p{N}_]*/uy;
const NUMBER = /\d\w*(?:\.\d\w*)?/y;
/** The rest of a text after its first quote. */
const REST_OF_TEXT = /[^"\\]*(?:\\[\s\S][^"\\]*)*/y;
const LETTER = /'(?:\\(?:u\{[^}]*\}|x[0-9a-fA-F]{2}|[\s\S])|[^\\'])'/uy;
/** The beginning of a text: `b"`, `c"`, `r#"`, `br"`. */
const TEXT_START = /[bc]?(?:r(#*))?"/y;
const MARKS = ['::', '->', '=>', '..'];

/** Splits the text of a file into tokens. Leaves out comments, lifetimes and letters in single quotes. */
export function tokensOf(source: string): readonly Token[] {
  const reader = new Reader(source.slice(0, MAX_TEXT));
  while (reader.next());
  return reader.tokens;
}

class Reader {
  readonly tokens: Token[] = [];
  readonly #text: string;
  #position = 0;
  #line = 1;
  #newline: number;

  constructor(text: string) {
    this.#text = text;
    this.#newline = text.indexOf('\n');
  }

  /** Reads one token, or what is between two. Returns false at the end. */
  next(): boolean {
    const text = this.#text;
    const start = this.#position;
    const letter = text[start];
    if (letter === undefined) return false;
    if (letter <= ' ') this.#position = this.#endOf(BLANK);
    else if (isDigit(letter)) this.#take('number', this.#endOf(NUMBER));
    else if ((letter === '"' || letter === 'r' || letter === 'b' || letter === 'c') && this.#endOf(TEXT_START) > start)
      this.#readText();
    else if (letter === 'b' && text[start + 1] === "'") this.#position = start + 1;
    else if (letter === 'r' && text[start + 1] === '#') this.#position = start + 2;
    else if (isLetter(letter)) this.#take('word', this.#endOf(WORD));
    else if (letter === '/' && text[start + 1] === '/') this.#position = this.#endOf(LINE_COMMENT);
    else if (letter === '/' && text[start + 1] === '*') this.#position = endOfComment(text, start);
    else if (letter === "'") this.#position = this.#endOfQuote();
    else this.#take('mark', start + (MARKS.includes(text.slice(start, start + 2)) ? 2 : 1));
    this.#position = Math.max(start + 1, this.#position);
    for (; this.#newline >= 0 && this.#newline < this.#position; this.#newline = text.indexOf('\n', this.#newline + 1)) {
      this.#line += 1;
    }
    return true;
  }

  #take(kind: Token['kind'], end: number): void {
    if (kind === 'text' || end > this.#position)
      this.tokens.push({ kind, text: this.#text.slice(this.#position, end), line: this.#line });
    this.#position = end;
  }

  #readText(): void {
    TEXT_START.lastIndex = this.#position;
    const [opening = '', hashes] = TEXT_START.exec(this.#text) ?? [];
    this.#position += opening.length;
    if (hashes === undefined) {
      this.#take('text', this.#endOf(REST_OF_TEXT));
      this.#position += 1;
      return;
    }
    const closing = `"${hashes}`;
    const end = this.#text.indexOf(closing, this.#position);
    this.#take('text', end < 0 ? this.#text.length : end);
    this.#position += closing.length;
  }

  /** Returns the end of a letter in quotes, or of a lifetime. */
  #endOfQuote(): number {
    const end = this.#endOf(LETTER);
    if (end > this.#position) return end;
    this.#position += 1;
    return this.#endOf(WORD);
  }

  /** Returns the end of what a pattern matches here; here itself if it does not match. */
  #endOf(pattern: RegExp): number {
    pattern.lastIndex = this.#position;
    return pattern.test(this.#text) ? pattern.lastIndex : this.#position;
  }
}

function isDigit(letter: string): boolean {
  return letter >= '0' && letter <= '9';
}

/** Returns whether a word may begin with a letter. Letters of other alphabets are rare, and need no exact test. */
function isLetter(letter: string): boolean {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || letter === '_' || letter > '\x7f';
}

/** Returns the end of the comment that starts at a position. Comments nest. */
function endOfComment(text: string, start: number): number {
  const bounds = /\/\*|\*\//g;
  bounds.lastIndex = start;
  let depth = 0;
  for (let found = bounds.exec(text); found !== null; found = bounds.exec(text)) {
    depth += found[0] === '/*' ? 1 : -1;
    if (depth === 0) return bounds.lastIndex;
  }
  return text.length;
}
