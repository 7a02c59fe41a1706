/** Reads the tokens of a text in turn, for parsers that look at one token at a time. */
export class TokenReader {
  readonly text: string;
  readonly #pattern: RegExp;
  #next = 0;
  /** The current token. Empty at the end of the text. */
  token = '';
  /** Start of the current token. */
  start = 0;
  /** End of the token before it. */
  end = 0;
  /** True if the text is not as the parser expects it. */
  failed = false;

  /** `pattern` is sticky. It matches a token with the blanks and comments before it, and its first group is the token. */
  constructor(text: string, pattern: RegExp) {
    this.text = text;
    this.#pattern = pattern;
    this.advance();
  }

  /** Goes to the next token. */
  advance(): void {
    this.end = this.#next;
    this.#pattern.lastIndex = this.#next;
    const [, token = ''] = this.#pattern.exec(this.text) ?? [];
    this.#next = token === '' ? this.text.length : this.#pattern.lastIndex;
    this.token = token;
    this.start = this.#next - token.length;
  }

  /** Goes past a token if it is the current one. Returns whether it is. */
  takes(token: string): boolean {
    if (this.token !== token) return false;
    this.advance();
    return true;
  }

  /** Goes past a token, which must be the current one. */
  expect(token: string): void {
    if (!this.takes(token)) this.failed = true;
  }
}
