import { parsePrincipal } from '../values/codecs/principal.ts';
import { isPrintable } from '../values/codecs/text.ts';
import { decodeUtf8 } from '../values/utf8.ts';
import type { KeyOrder, KeyPair } from './orders.ts';

/** An order of texts whose meaning is not ordered by their letters. */
export interface TextOrder {
  readonly name: string;
  /** Returns true if the text can be in this order. */
  readonly takes: (text: string) => boolean;
  readonly compare: (a: string, b: string) => number;
}

const DECIMAL = /^-?\d{1,100}(\.\d{1,100})?$/;
const DIGITS_OR_OTHERS = /\d+|\D+/g;

export const TEXT_ORDERS: readonly TextOrder[] = [
  { name: 'decimal numbers', takes: (text) => DECIMAL.test(text), compare: compareDecimals },
  { name: 'principals', takes: (text) => parsePrincipal(text) !== undefined, compare: comparePrincipals },
  { name: 'texts with numbers', takes: (text) => /\d/.test(text), compare: compareWithNumbers },
  { name: 'texts of any case', takes: () => true, compare: (a, b) => compareTexts(a.toLowerCase(), b.toLowerCase()) },
];

/** Compares by code points, which is the order of UTF-8 bytes but not that of JavaScript strings. */
export function compareTexts(a: string, b: string): number {
  let index = 0;
  while (index < a.length && a.charCodeAt(index) === b.charCodeAt(index)) index += 1;
  // If the second half of a surrogate pair differs, the first half is the same.
  return (a.codePointAt(index) ?? -1) - (b.codePointAt(index) ?? -1);
}

/** Returns the orders of text keys other than that of their bytes; none if some keys are not text. */
export function textOrders(pairs: readonly KeyPair[]): readonly KeyOrder[] {
  const texts = pairs.flatMap(({ before, after }) => [decodeUtf8(before), decodeUtf8(after)]);
  if (!texts.every(isPrintable)) return [];
  return TEXT_ORDERS.filter(({ takes }) => texts.every((text) => takes(text ?? ''))).map(({ name, compare }) => ({
    name,
    readsKeys: true,
    compare: (a, b) => {
      const [x, y] = [decodeUtf8(a), decodeUtf8(b)];
      return x === undefined || y === undefined ? 1 : compare(x, y);
    },
  }));
}

function compareDecimals(a: string, b: string): number {
  const [x, y] = [splitDecimal(a), splitDecimal(b)];
  if (x.whole !== y.whole) return x.whole < y.whole ? -1 : 1;
  if (x.negative !== y.negative) return x.negative ? -1 : 1;
  return x.negative ? compareTexts(y.fraction, x.fraction) : compareTexts(x.fraction, y.fraction);
}

function splitDecimal(text: string): { readonly negative: boolean; readonly whole: bigint; readonly fraction: string } {
  const [whole = '0', fraction = ''] = text.split('.');
  const isNumber = /^-?\d+$/.test(whole);
  return { negative: text.startsWith('-'), whole: isNumber ? BigInt(whole) : 0n, fraction: fraction.replace(/0+$/, '') };
}

/** Compares as the `Principal` of the Rust library `candid` does: the shorter comes first. */
function comparePrincipals(a: string, b: string): number {
  const [x, y] = [parsePrincipal(a), parsePrincipal(b)];
  if (x === undefined || y === undefined) return 1;
  if (x.length !== y.length) return x.length - y.length;
  const at = x.findIndex((byte, index) => byte !== y[index]);
  return at < 0 ? 0 : (x[at] ?? 0) - (y[at] ?? 0);
}

/** Compares letter by letter, and runs of digits as numbers: `user-9` comes before `user-10`. */
function compareWithNumbers(a: string, b: string): number {
  const [x, y] = [a.match(DIGITS_OR_OTHERS) ?? [], b.match(DIGITS_OR_OTHERS) ?? []];
  for (let index = 0; index < Math.min(x.length, y.length); index += 1) {
    const [one, other] = [x[index] ?? '', y[index] ?? ''];
    const difference = DECIMAL.test(one) && DECIMAL.test(other) ? compareDecimals(one, other) : compareTexts(one, other);
    if (difference !== 0) return difference;
  }
  return x.length - y.length || compareTexts(a, b);
}
