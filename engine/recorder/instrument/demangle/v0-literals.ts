/** Literals of Rust's v0 mangling, which have them as hexadecimal digits. */
import { NotV0 } from './v0-parser.ts';

/** Integers with more digits stay hexadecimal. */
const MAX_DIGITS = 16;
const MAX_CODE_POINT = 0x10_ffff;

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['\0', '\\0'],
  ['\t', '\\t'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\\', '\\\\'],
]);
const UNPRINTABLE = /^[\p{C}\p{Zl}\p{Zp}]$/u;

/** Returns a tuple of types or of constants. */
export function tuple(items: readonly string[]): string {
  return items.length === 1 ? `(${items[0]},)` : `(${items.join(', ')})`;
}

/** @throws {NotV0} if it is neither 0 nor 1. */
export function booleanLiteral(digits: string): string {
  if (digits !== '0' && digits !== '1') throw new NotV0();
  return digits === '1' ? 'true' : 'false';
}

export function integerLiteral(digits: string): string {
  const significant = digits.replace(/^0+(?=.)/, '');
  if (significant.length > MAX_DIGITS) return `0x${significant}`;
  return BigInt(`0x${significant || '0'}`).toString();
}

/** @throws {NotV0} if it is not a character. */
export function characterLiteral(digits: string): string {
  const codePoint = Number.parseInt(digits, 16);
  if (!(codePoint <= MAX_CODE_POINT)) throw new NotV0();
  return quoted(String.fromCodePoint(codePoint), "'");
}

/** @throws {NotV0} if the bytes are not UTF-8. */
export function stringLiteral(digits: string): string {
  if (digits.length % 2 !== 0) throw new NotV0();
  const bytes = Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  try {
    return quoted(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes), '"');
  } catch {
    throw new NotV0();
  }
}

function quoted(text: string, quote: string): string {
  const escaped = [...text].map((character) => (character === quote ? `\\${quote}` : escapedCharacter(character)));
  return quote + escaped.join('') + quote;
}

function escapedCharacter(character: string): string {
  const known = ESCAPES.get(character);
  if (known !== undefined) return known;
  return UNPRINTABLE.test(character) ? `\\u{${character.codePointAt(0)?.toString(16)}}` : character;
}
