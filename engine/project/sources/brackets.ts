import type { Token } from './tokens.ts';

/** Maximum tokens and groups between an item's name and its end. Real ones have a few dozen. */
const MAX_STEPS = 500;

const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/** A range of tokens: `from` is the first, and `to` the one after the last. */
export interface TokenRange {
  readonly from: number;
  readonly to: number;
}

/** Tokens of a file, with the brackets that belong together. */
export class TokenTree {
  readonly tokens: readonly Token[];
  /** For each opening bracket the index of its closing one, or of the end where that is missing. */
  readonly #ends = new Map<number, number>();
  /** For each token the index of the innermost bracket that is open there, or -1. */
  readonly #around: Int32Array;

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens;
    this.#around = new Int32Array(tokens.length).fill(-1);
    const open: { readonly index: number; readonly closing: string }[] = [];
    const awaited: Record<string, number> = { ')': 0, ']': 0, '}': 0 };
    for (const [index, { kind, text }] of tokens.entries()) {
      if (kind === 'mark' && isClosing(text)) {
        // A closing bracket without an opening one means nothing. A missing one is where the bracket around it ends.
        for (let closed = ''; (awaited[text] ?? 0) > 0 && closed !== text; ) {
          const last = open.pop();
          if (last === undefined) break;
          this.#ends.set(last.index, index);
          awaited[last.closing] = (awaited[last.closing] ?? 0) - 1;
          closed = last.closing;
        }
      }
      this.#around[index] = open.at(-1)?.index ?? -1;
      const closing = kind === 'mark' ? CLOSING[text] : undefined;
      if (closing === undefined) continue;
      open.push({ index, closing });
      awaited[closing] = (awaited[closing] ?? 0) + 1;
    }
    for (const { index } of open) this.#ends.set(index, tokens.length);
  }

  /** Returns the text of the token at an index, if it is not a text in quotes. */
  at(index: number): string {
    const token = this.tokens[index];
    return token === undefined || token.kind === 'text' ? '' : token.text;
  }

  /** Returns the word at an index, or undefined if it is something else. */
  word(index: number): string | undefined {
    const token = this.tokens[index];
    return token?.kind === 'word' ? token.text : undefined;
  }

  line(index: number): number {
    return this.tokens[index]?.line ?? 0;
  }

  /** Returns the innermost bracket that is open at a token, or -1. */
  around(index: number): number {
    return this.#around[index] ?? -1;
  }

  /** Returns the index of the bracket that closes the one at `index`; `index` itself where none opens. */
  end(index: number): number {
    return this.#ends.get(index) ?? index;
  }

  /** Returns the range between the brackets that open at an index. */
  inside(index: number): TokenRange {
    return { from: index + 1, to: Math.max(index + 1, this.end(index)) };
  }

  /** Returns the index of the first of these marks from an index on, outside of brackets that open after it. */
  next(from: number, to: number, marks: readonly string[]): number {
    let index = from;
    for (let steps = 0; index < to && steps < MAX_STEPS; steps++) {
      const text = this.at(index);
      if (marks.includes(text) || isClosing(text)) return index;
      index = this.end(index) + 1;
    }
    return Math.min(index, to);
  }

  /** Returns the index after the generic arguments that begin with the `<` at an index. */
  afterAngles(from: number, to: number): number {
    let index = from;
    for (let depth = 0, steps = 0; index < to && steps < MAX_STEPS; steps++) {
      const text = this.at(index);
      if (text === '<') depth += 1;
      else if (text === '>') depth -= 1;
      index = this.end(index) + 1;
      if (depth === 0) break;
    }
    return Math.min(index, to);
  }

  /** Splits a range at the commas that are outside of brackets and of generic arguments. */
  split({ from, to }: TokenRange): readonly TokenRange[] {
    const parts: TokenRange[] = [];
    let start = from;
    let depth = 0;
    for (let index = from; index < to; index = this.end(index) + 1) {
      const text = this.at(index);
      if (text === '<') depth += 1;
      else if (text === '>') depth = Math.max(0, depth - 1);
      else if (text === ',' && depth === 0) {
        parts.push({ from: start, to: index });
        start = index + 1;
      }
    }
    return start < to ? [...parts, { from: start, to }] : parts;
  }

  /** Returns the words of a range. */
  words({ from, to }: TokenRange): readonly string[] {
    return this.tokens.slice(from, to).flatMap(({ kind, text }) => (kind === 'word' ? [text] : []));
  }
}

function isClosing(text: string): boolean {
  return text === ')' || text === ']' || text === '}';
}
