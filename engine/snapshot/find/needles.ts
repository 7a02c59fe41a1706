/** Needles: the bytes to search for, made from what a person writes. */
import { toHex } from '../../core/format.ts';
import { visibleText } from '../../core/visible-text.ts';
import { formatPrincipal, parsePrincipal } from '../../values/codecs/principal.ts';
import { BytePattern, type ByteSearch } from './byte-pattern.ts';

/** How a pattern is written that is searched for in bytes. */
export type NeedleKind = 'text' | 'hex' | 'int' | 'principal';

/** A place in some bytes that a needle matches, and what is said about it. */
export interface Match {
  readonly start: number;
  readonly length: number;
  readonly text: string;
}

export interface Needle {
  readonly pattern: BytePattern;
  /** Number of bytes before and after a place that its match, and the text about it, can depend on. */
  readonly reach: number;
  /** Returns the match whose pattern is at `place`. The bytes around it that belong together are those from `from` to `end`. */
  match(bytes: Uint8Array, place: number, from: number, end: number): Match;
}

/** Maximum bytes of a pattern: less than a bucket or a block has, so that a match is in two of them at most. */
const MAX_PATTERN = 65_535;

/** Widths of integers in bytes. A single byte is everywhere; it is searched for as hex. */
const WIDTHS = [2, 4, 8, 16];
/** A number that fits in fewer bytes is taken to be wider where the bytes around only fill it up, but not wider than this. */
const USUAL_WIDTH = 8;

/** Bytes around a text that are shown with it. */
const BEFORE = 24;
const AFTER = 72;

/** Returns the needles of a pattern, each of which is searched for; or a full sentence if it cannot be understood. */
export function needlesOf(text: string, kind: NeedleKind, search: ByteSearch): readonly Needle[] | string {
  if (text === '') return 'There is nothing to find: the pattern is empty.';
  switch (kind) {
    case 'text':
      return plain(new TextEncoder().encode(text), search, textAround);
    case 'hex':
      return hex(text, search);
    case 'int':
      return integer(text, search);
    case 'principal': {
      const bytes = parsePrincipal(text.toLowerCase());
      if (bytes === undefined) return `"${text}" is not a principal: its groups of letters and digits or its checksum are wrong.`;
      if (bytes.length === 0) return 'The principal of the management canister has no bytes, so there is nothing to find.';
      return plain(bytes, search, () => formatPrincipal(bytes));
    }
  }
}

type Describe = (
  bytes: Uint8Array,
  match: { readonly start: number; readonly length: number },
  from: number,
  end: number,
) => string;

function plain(
  bytes: readonly (number | undefined)[] | Uint8Array,
  search: ByteSearch,
  describe: Describe,
): readonly Needle[] | string {
  if (bytes.length > MAX_PATTERN)
    return `The pattern has ${bytes.length} bytes. The longest that can be found has ${MAX_PATTERN}.`;
  const pattern = new BytePattern([...bytes], search);
  const { length } = pattern;
  return [
    {
      pattern,
      reach: length + AFTER,
      match: (all, start, from, end) => ({ start, length, text: describe(all, { start, length }, from, end) }),
    },
  ];
}

function hex(text: string, search: ByteSearch): readonly Needle[] | string {
  const digits = text.replace(/^0x/i, '').replace(/[\s_]/g, '');
  const pairs = digits.match(/../g) ?? [];
  if (digits.length % 2 === 1 || !pairs.every((pair) => /^([0-9a-f]{2}|\?\?)$/i.test(pair)))
    return `"${text}" is not hex: write two digits for each byte, and ?? for any byte.`;
  const bytes = pairs.map((pair) => (pair === '??' ? undefined : Number.parseInt(pair, 16)));
  if (bytes.every((byte) => byte === undefined)) return 'Every byte of the pattern is ??, which is everywhere.';
  return plain(bytes, search, (all, { start, length }) => toHex(all.subarray(start, start + length)));
}

function integer(text: string, search: ByteSearch): readonly Needle[] | string {
  const digits = text.replaceAll('_', '');
  if (!/^(-?\d+|0x[0-9a-f]+)$/i.test(digits)) return `"${text}" is not a whole number, decimal or 0x.`;
  const value = BigInt(digits);
  const width = WIDTHS.find((each) => fits(value, each));
  if (width === undefined) return `${text} needs more than 16 bytes. Write its bytes, and search for them as hex.`;
  const bytes = bytesOf(value, width);
  const rest = value < 0n ? 0xff : 0;
  const little: Needle = {
    pattern: new BytePattern(bytes, search),
    reach: 16,
    match: (all, start, _, end) => {
      const length = widest(width, (wide) => start + wide <= end && isFilled(all, start + width, start + wide, rest));
      return { start, length, text: integerName(value, length, 'LE') };
    },
  };
  const big: Needle = {
    pattern: new BytePattern([...bytes].reverse(), search),
    reach: 16,
    match: (all, place, from) => {
      const last = place + width;
      const length = widest(width, (wide) => last - wide >= from && isFilled(all, last - wide, place, rest));
      return { start: last - length, length, text: integerName(value, length, 'BE') };
    },
  };
  const isSame = bytes.every((byte, index) => byte === bytes[width - 1 - index]);
  const encoded = value < 128n ? undefined : plain(leb128(value), search, () => 'LEB128');
  return [little, ...(isSame && width === 16 ? [] : [big]), ...(Array.isArray(encoded) ? encoded : [])];
}

function fits(value: bigint, width: number): boolean {
  const bits = BigInt(8 * width);
  return value < 0n ? value >= -(1n << (bits - 1n)) : value < 1n << bits;
}

/** Returns a number's bytes, lowest first. */
function bytesOf(value: bigint, width: number): readonly number[] {
  return Array.from({ length: width }, (_, index) => Number((value >> BigInt(8 * index)) & 0xffn));
}

function leb128(value: bigint): readonly number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>= 7n) {
    const low = Number(rest & 0x7fn);
    bytes.push(rest >= 128n ? low | 0x80 : low);
    if (rest < 128n) return bytes;
  }
}

/** Returns the greatest width of which the number is, too, because the bytes up to it only fill it up. */
function widest(least: number, isFilledTo: (width: number) => boolean): number {
  return WIDTHS.findLast((width) => width > least && width <= USUAL_WIDTH && isFilledTo(width)) ?? least;
}

function isFilled(bytes: Uint8Array, from: number, to: number, byte: number): boolean {
  for (let index = from; index < to; index++) if (bytes[index] !== byte) return false;
  return true;
}

function integerName(value: bigint, length: number, order: 'LE' | 'BE'): string {
  return `${value < 0n ? 'i' : 'u'}${8 * length} ${order}`;
}

/** The character for bytes that are not text. */
const NO_TEXT = '\ufffd';
const AFTER_TEXT = /\ufffd.*$/s;

/** Returns the text around a match, as far as its bytes can be shown. */
function textAround(bytes: Uint8Array, { start, length }: { start: number; length: number }, from: number, end: number): string {
  let first = start;
  while (first > Math.max(from, start - BEFORE) && isShown(bytes[first - 1] ?? 0)) first--;
  // Do not begin within a character.
  while (first < start && ((bytes[first] ?? 0) & 0xc0) === 0x80) first++;
  let last = start + length;
  while (last < Math.min(end, start + length + AFTER) && isShown(bytes[last] ?? 0)) last++;
  const before = new TextDecoder().decode(bytes.subarray(first, start));
  const rest = new TextDecoder().decode(bytes.subarray(start, last));
  // Bytes that are not text end it.
  return visibleText(`${before.slice(before.lastIndexOf(NO_TEXT) + 1)}${rest.replace(AFTER_TEXT, '')}`);
}

function isShown(byte: number): boolean {
  return byte >= 0x20 && byte !== 0x7f;
}
