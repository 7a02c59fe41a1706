/** Punycode (RFC 3492), as Rust's symbols use it: the separator is the last underscore. */

const BASE = 36;
const T_MIN = 1;
const T_MAX = 26;
const SKEW = 38;
const DAMP = 700;
const INITIAL_BIAS = 72;
const INITIAL_CODE_POINT = 0x80;
const MAX_CODE_POINT = 0x10_ffff;
const DIGITS = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** Maximum length of an encoded identifier. The time grows with its square. */
const MAX_LENGTH = 1000;

/** Returns the identifier, or undefined if it is not valid. */
export function decodePunycode(encoded: string): string | undefined {
  const separator = encoded.lastIndexOf('_');
  const characters = [...encoded.slice(0, Math.max(0, separator))];
  const deltas = encoded.slice(separator + 1);
  if (deltas === '' || encoded.length > MAX_LENGTH) return undefined;
  let codePoint = INITIAL_CODE_POINT;
  let bias = INITIAL_BIAS;
  let index = 0;
  for (let at = 0; at < deltas.length; ) {
    const before = index;
    for (let weight = 1, position = BASE; ; position += BASE) {
      const digit = DIGITS.indexOf(deltas[at] ?? '?');
      if (digit < 0) return undefined;
      at += 1;
      index += digit * weight;
      if (index > Number.MAX_SAFE_INTEGER) return undefined;
      const threshold = Math.min(T_MAX, Math.max(T_MIN, position - bias));
      if (digit < threshold) break;
      weight *= BASE - threshold;
    }
    const count = characters.length + 1;
    bias = adapted(index - before, count, before === 0);
    codePoint += Math.floor(index / count);
    index %= count;
    if (codePoint > MAX_CODE_POINT) return undefined;
    characters.splice(index, 0, String.fromCodePoint(codePoint));
    index += 1;
  }
  return characters.join('');
}

function adapted(delta: number, count: number, isFirst: boolean): number {
  let left = Math.floor(delta / (isFirst ? DAMP : 2));
  left += Math.floor(left / count);
  let bias = 0;
  for (; left > ((BASE - T_MIN) * T_MAX) / 2; bias += BASE) left = Math.floor(left / (BASE - T_MIN));
  return bias + Math.floor(((BASE - T_MIN + 1) * left) / (left + SKEW));
}
