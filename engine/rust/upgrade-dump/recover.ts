import { quote, type ValuePart } from '../../values/codec.ts';
import { readCbor } from '../../values/codecs/cbor.ts';
import { isPrintable } from '../../values/codecs/text.ts';
import { decodeUtf8 } from '../../values/utf8.ts';

/** The parts that can be read in bytes from the middle of a value. */
export interface Recovered {
  /** `cbor`: consecutive items; `text`: only the texts among the bytes. */
  readonly codec: 'cbor' | 'text';
  readonly parts: readonly ValuePart[];
}

/** Maximum start positions tried, and maximum bytes read for that. A CBOR item starts at one of the first bytes, if at all. */
const STARTS = 1_024;
const MAX_READ = 8 << 20;
const MAX_DUMP_PARTS = 16_384;
/** Minimum bytes of text that distinguish CBOR from bytes that only resemble it. */
const MIN_TEXT = 32;
const MIN_RUN = 6;
const CBOR_BREAK = 0xff;
const TO_THE_END = Number.MAX_SAFE_INTEGER;

/**
 * Reads the parts that can be read without the start of the value. Returns undefined if these are not bytes of a dumped value.
 */
export function recover(bytes: Uint8Array): Recovered | undefined {
  const end = bytes.findLastIndex((byte) => byte !== 0) + 1;
  // These are nodes and chunks of a map.
  if (end === 0 || indexOfText(bytes, 'CHK\x01') >= 0) return undefined;
  const start = findItems(bytes, end);
  const codec = start === undefined ? 'text' : 'cbor';
  const parts = start === undefined ? textsOf(bytes.subarray(0, end)) : itemsFrom(bytes, start, end);
  const text = parts.reduce((sum, part) => sum + (part.text.startsWith('"') ? part.length : 0), 0);
  return text < MIN_TEXT ? undefined : { codec, parts };
}

/** Counts over a run of items. */
interface Tally {
  /** Bytes of text. */
  readonly text: number;
  readonly parts: number;
  readonly texts: number;
  /** Parts whose first byte is not a letter: numbers, arrays, maps. Plain text can be read as CBOR, too, but has none of them. */
  readonly distinctive: number;
  /**
   * The first bytes of the items, one bit for each byte value. Items of one array are similar; if text is cut at wrong places,
   * they are not.
   */
  readonly kinds: bigint;
}

interface Item extends Tally {
  /** Position of the next item. */
  readonly next: number;
}

const EMPTY: Tally = { text: 0, parts: 0, texts: 0, distinctive: 0, kinds: 0n };
/** Minimum share of distinctive parts, one in this number, unless all parts are texts. */
const PARTS_PER_DISTINCTIVE = 8;
/** Bytes of text that each additional kind of item costs. */
const TEXT_PER_KIND = 16;

/** Returns the position from which consecutive CBOR items reach the end; among several, the first with the most text. */
function findItems(bytes: Uint8Array, end: number): number | undefined {
  const items = readItems(bytes, end);
  // From last to first, so that the counts from the next item are known.
  const reached = new Map<number, Tally>();
  let best: { readonly start: number; readonly worth: number } | undefined;
  for (const [position, item] of [...items].sort(([a], [b]) => b - a)) {
    const following = item.next >= end ? EMPTY : reached.get(item.next);
    if (following === undefined) continue;
    const all = {
      text: item.text + following.text,
      parts: item.parts + following.parts,
      texts: item.texts + following.texts,
      distinctive: item.distinctive + following.distinctive,
      kinds: item.kinds | following.kinds,
    };
    reached.set(position, all);
    const distinctive = all.texts === all.parts || PARTS_PER_DISTINCTIVE * all.distinctive >= all.parts;
    if (position >= STARTS || all.text < MIN_TEXT || !distinctive) continue;
    const worth = all.text - TEXT_PER_KIND * countBits(all.kinds);
    if (best === undefined || worth >= best.worth) best = { start: position, worth };
  }
  return best?.start;
}

function countBits(bits: bigint): number {
  return bits.toString(2).replaceAll('0', '').length;
}

/** Reads the items that can be reached from one of the first bytes, each only once. */
function readItems(bytes: Uint8Array, end: number): ReadonlyMap<number, Item> {
  const items = new Map<number, Item>();
  const none = new Set<number>();
  let left = MAX_READ;
  for (let start = 0; start < Math.min(STARTS, end); start += 1) {
    for (let position = start; position < end && left > 0 && !items.has(position) && !none.has(position); ) {
      const item = itemAt(bytes, position);
      left -= item === undefined ? MIN_TEXT : item.next - position;
      if (item === undefined) none.add(position);
      else items.set(position, item);
      position = item?.next ?? end;
    }
  }
  return items;
}

/** Reads an item. Returns undefined if there is none, or if it has a text with control characters. */
function itemAt(bytes: Uint8Array, position: number): Item | undefined {
  if (bytes[position] === CBOR_BREAK) return { ...EMPTY, next: position + 1 };
  const reading = readCbor(bytes.subarray(position), { length: TO_THE_END, maxParts: MAX_DUMP_PARTS });
  const decoded = reading.problem === undefined ? reading.decoded : reading.partial;
  if (decoded === undefined) return undefined;
  const texts = decoded.parts.filter(({ text }) => text.startsWith('"'));
  if (texts.some(({ text }) => text.includes('\\u00'))) return undefined;
  const distinctive = decoded.parts.filter(({ start }) => !isLetter(bytes[position + start] ?? 0));
  return {
    text: texts.reduce((sum, { length }) => sum + length, 0),
    parts: decoded.parts.length,
    texts: texts.length,
    distinctive: distinctive.length,
    kinds: 1n << BigInt(bytes[position] ?? 0),
    next: reading.problem === undefined ? position + reading.length : bytes.length,
  };
}

function itemsFrom(bytes: Uint8Array, start: number, end: number): readonly ValuePart[] {
  const parts: ValuePart[] = [];
  let number = 0;
  for (let position = start; position < end && parts.length < MAX_DUMP_PARTS; ) {
    if (bytes[position] === CBOR_BREAK) {
      position += 1;
      continue;
    }
    const reading = readCbor(bytes.subarray(position), { length: TO_THE_END, maxParts: MAX_DUMP_PARTS - parts.length });
    const decoded = reading.problem === undefined ? reading.decoded : reading.partial;
    if (decoded === undefined) break;
    for (const part of decoded.parts) {
      const label = `…[${number}]${pathWithin(part.label)}`;
      parts.push({ start: position + part.start, length: part.length, label, text: part.text });
    }
    if (reading.problem !== undefined) break;
    position += reading.length;
    number += 1;
  }
  return parts;
}

function pathWithin(label: string): string {
  if (label === 'key') return ' key';
  return label.startsWith('.') || label.startsWith('[') ? label : '';
}

/** Returns runs of printable text, in quotes. */
function textsOf(bytes: Uint8Array): readonly ValuePart[] {
  const parts: ValuePart[] = [];
  for (let start = 0; start < bytes.length && parts.length < MAX_DUMP_PARTS; start += 1) {
    let end = start;
    while (end < bytes.length && isTextByte(bytes[end] ?? 0)) end += 1;
    const text = end - start >= MIN_RUN ? decodeUtf8(bytes.subarray(start, end)) : undefined;
    if (isPrintable(text)) parts.push({ start, length: end - start, label: `text ${parts.length}`, text: quote(text) });
    start = end;
  }
  return parts;
}

function isLetter(byte: number): boolean {
  return byte >= 0x20 && byte < 0x80;
}

function isTextByte(byte: number): boolean {
  return byte >= 0x20 && byte !== 0x7f;
}

function indexOfText(bytes: Uint8Array, text: string): number {
  const letters = [...text].map((letter) => letter.charCodeAt(0));
  return bytes.findIndex((_, start) => letters.every((letter, index) => bytes[start + index] === letter));
}
