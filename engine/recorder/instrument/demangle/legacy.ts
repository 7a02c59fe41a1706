/**
 * Rust's older mangling, which looks like that of C++: `_ZN`, the parts of the path with their lengths, a hash as the last part,
 * and `E`. Some linkers write it as a path already, but leave the hash and the escapes.
 */

const SYMBOL = /^_{0,2}ZN(?<parts>\d.*)E(?<suffix>\.[\w.]*)?$/s;
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
  const match = SYMBOL.exec(symbol)?.groups;
  const parts = partsOf(match?.['parts'] ?? '');
  const hash = parts?.at(-1);
  // C++ has no hash.
  if (parts === undefined || hash === undefined || !HASH.test(hash)) return undefined;
  return parts.slice(0, -1).map(unescaped).join('::') + (match?.['suffix'] ?? '');
}

function partsOf(mangled: string): readonly string[] | undefined {
  const parts: string[] = [];
  for (let at = 0; at < mangled.length; ) {
    LENGTH.lastIndex = at;
    const digits = LENGTH.exec(mangled)?.[0];
    if (digits === undefined) return undefined;
    const start = at + digits.length;
    at = start + Number(digits);
    if (at > mangled.length) return undefined;
    parts.push(mangled.slice(start, at));
  }
  return parts;
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
