/**
 * Text literals in Motoko sources, which are also how blobs are written: `"\00\ff"`.
 * Escapes as in the language reference: `\n \r \t \\ \' \"`, `\hh` one raw byte, `\u{…}` a character. All other text is UTF-8.
 */

export interface Literal {
  /** Columns of the opening quote, and after the closing one. */
  readonly start: number;
  readonly end: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** True if it contains raw bytes. Then it is a blob. */
  readonly raw: boolean;
}

const utf8 = new TextEncoder();

/**
 * Returns the literal at a column of a line. Returns undefined in code, in comments, and if the literal does not end on the line.
 */
export function literalAt(line: string, column: number): Literal | undefined {
  let at = 0;
  while (at < line.length && at <= column) {
    if (line.startsWith('//', at)) return undefined;
    // A character literal may be a quote: '"'.
    const character = /^'(?:\\.[^']*|[^'\\])'/u.exec(line.slice(at, at + 16));
    if (character) {
      at += character[0].length;
      continue;
    }
    if (line[at] !== '"') {
      at += 1;
      continue;
    }
    const literal = readLiteral(line, at);
    if (!literal) return undefined;
    if (column < literal.end) return literal;
    at = literal.end;
  }
  return undefined;
}

const SIMPLE: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, '\\': 92, "'": 39, '"': 34 };

function readLiteral(line: string, start: number): Literal | undefined {
  const bytes: number[] = [];
  let raw = false;
  let at = start + 1;
  while (at < line.length) {
    if (line[at] === '"') return { start, end: at + 1, bytes: Uint8Array.from(bytes), raw };
    if (line[at] !== '\\') {
      const character = String.fromCodePoint(line.codePointAt(at) ?? 0);
      bytes.push(...utf8.encode(character));
      at += character.length;
      continue;
    }
    const byte = /^\\([0-9a-fA-F]{2})/.exec(line.slice(at, at + 3));
    const scalar = /^\\u\{([0-9a-fA-F_]{1,12})\}/.exec(line.slice(at, at + 16));
    const simple = SIMPLE[line[at + 1] ?? ''];
    if (byte?.[1] !== undefined) {
      bytes.push(Number.parseInt(byte[1], 16));
      raw = true;
      at += 3;
    } else if (scalar?.[1] !== undefined) {
      const code = Number.parseInt(scalar[1].replaceAll('_', ''), 16);
      if (!(code <= 0x10ffff)) return undefined;
      bytes.push(...utf8.encode(String.fromCodePoint(code)));
      at += scalar[0].length;
    } else if (simple !== undefined) {
      bytes.push(simple);
      at += 2;
    } else {
      return undefined;
    }
  }
  return undefined;
}
