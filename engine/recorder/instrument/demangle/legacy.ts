/**
 * Rust's older mangling, which looks like that of C++: `_ZN`, the parts of the path with their lengths, a hash as the last part,
 * and `E`. Some linkers write it as a path already, but leave the hash and the escapes.
 */

const START = /^_{1,2}ZN/;
const PATH = /^(?<path>.+)::h[0-9a-f]{16}$/s;
const HASH = /^h[0-9a-f]{16}$/;
const LENGTH = /\d+/y;
const ESCAPE = /\.\.|\$(?:[A-Z]{1,2}|u[0-9a-f]{1,6})\$/g;
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['..', '::'],
  ['$SP$', '@'],
  ['$BP$', '*'],
  ['$RF$', '&'],
  ['$LT$', '<'],
  ['$GT$', '>'],
  ['$LP$', '('],
  ['$RP$', ')'],
  ['$C$', ','],
]);
const MAX_CODE_POINT = 0x10_ffff;

/** Returns the path, or undefined if the symbol is something else. */
export function demangleLegacy(symbol: string): string | undefined {
  const path = PATH.exec(symbol)?.groups?.['path'];
  if (path !== undefined) return path.split('::').map(unescaped).join('::');
  const start = START.exec(symbol)?.[0].length;
  return start === undefined ? undefined : demangleParts(symbol, start);
}

function demangleParts(symbol: string, start: number): string | undefined {
  const parts: string[] = [];
  let at = start;
  for (; symbol[at] !== 'E'; at += parts.at(-1)?.length ?? 0) {
    LENGTH.lastIndex = at;
    const digits = LENGTH.exec(symbol)?.[0];
    if (digits === undefined) return undefined;
    at += digits.length;
    parts.push(symbol.slice(at, at + Number(digits)));
  }
  const suffix = symbol.slice(at + 1);
  // C++ has no hash, and may have the types of parameters at the end.
  if (!HASH.test(parts.pop() ?? '') || !/^(\.|$)/.test(suffix)) return undefined;
  return parts.map(unescaped).join('::') + suffix;
}

function unescaped(part: string): string {
  // An identifier must not begin with an escape, so that one has an underscore before it.
  const escaped = part.startsWith('_$') ? part.slice(1) : part;
  return escaped.replace(ESCAPE, (sequence) => ESCAPES.get(sequence) ?? characterOf(sequence));
}

function characterOf(sequence: string): string {
  if (!sequence.startsWith('$u')) return sequence;
  const codePoint = Number.parseInt(sequence.slice(2, -1), 16);
  return codePoint <= MAX_CODE_POINT ? String.fromCodePoint(codePoint) : sequence;
}
