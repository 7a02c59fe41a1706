import type { Budget } from '../../core/budget.ts';
import { formatAddress } from '../../core/format.ts';
import { at, byteLength, PAGE_SIZE, type ReadableMemory, readBytes } from '../../core/memory/memory.ts';
import { logAfterLostStart } from '../../program-layouts/find-log.ts';
import { type BlankStart, blankStart, describeBlank, MIN_BLANK } from '../../rust/blank-start.ts';
import { couldBeOtherHalf } from '../../rust/log/lost-half.ts';
import { couldBeVecHeader } from '../../rust/plausible.ts';
import { recognise } from '../../rust/recognise.ts';
import { DESCRIBED } from '../../values/guessing/described.ts';
import { textLength } from '../../values/guessing/plain-text.ts';
import { sniff } from '../../values/guessing/sniff.ts';
import { lengthWithoutZeros } from '../../values/zeros.ts';
import { findSpace } from '../find-part.ts';
import type { PlacedFinding } from '../placed.ts';
import type { Snapshot } from '../snapshot.ts';
import { nameOfSpace, type Space } from '../space.ts';
import type { ReportFinding } from './report-finding.ts';

/** Addresses in flat structures: of a Cell's value, a Log's entries, a Vec's items. */
const CELL_VALUE_AT = 8;
const LOG_ENTRIES_AT = 32;
const VEC_ITEMS_AT = 64;
const LONGEST_HEADER = 64;
/** Minimum length of 0xff bytes: a program may begin with a shorter field whose greatest number means "none". */
const MIN_ONES = 12;
/** Maximum length of a blank start. A longer one may well be unused space at the start of a program's own layout. */
const MAX_BLANK = 4096;
/**
 * Maximum distance from a round size. Other data rarely begins right after a header or a range of a round size; an item may begin
 * with zeros.
 */
const MAX_AFTER = 16;
/** Minimum length of 0xff bytes where nothing else indicates a lost header: the length of a header. */
const MIN_ALONE = 32;
/** Minimum share of a bit map's bytes whose bits are in one place, and minimum different ones among these: items may all be 1. */
const BITS_SHARE = 0.9;
const MIN_BIT_BYTES = 2;
/** Bytes of the content that are read. */
const SAMPLE = 4096;

/** Budgets for all spaces together: for their starts, and for logs after these. */
export interface BlankBudgets {
  readonly starts: Budget;
  readonly logs: Budget;
}

/** The surroundings of a space: they decide how much a blank start proves. */
type Setting =
  /** A memory of a manager, or pages next to other structures of the library. */
  | 'library'
  /** An image without known content. */
  | 'alone'
  /** Memory of a Motoko canister, where the Rust library's structures do not occur. */
  | 'motoko';

/**
 * Reports a memory that begins with zeros or 0xff where a structure has its header, and has bytes in use after them. Items,
 * entries and values have no magic, so it is not known which structure was here. A program may also keep data of its own layout
 * in a memory, which may begin with zeros or be a bit map. Without a structure of the library nearby, only a start that such a
 * program is unlikely to write is reported.
 */
export function checkBlankStart(
  snapshot: Snapshot,
  space: Space,
  known: readonly PlacedFinding[],
  report: ReportFinding,
  { starts, logs }: BlankBudgets,
): void {
  const { memory, part } = space;
  const setting = settingOf(snapshot, space);
  if (setting === undefined || snapshot.places.structureIn(space) !== undefined) return;
  // There can be tens of thousands of regions.
  const blank = blankStart(memory, starts, space.kind === 'region' ? MAX_BLANK : undefined);
  if (blank === undefined || (setting !== 'motoko' && recognise(memory).length > 0)) return;
  const name = nameOfSpace(space);
  const start = `${name[0]?.toUpperCase()}${name.slice(1)} begins with ${describeBlank(blank)} where a structure has its header, but bytes are in use after them`;
  const span = { start: at(0, 0), length: blank.length };
  const half = known.find(({ code, part: other }) => code === 'log.unpaired' && isOtherHalf(snapshot, other, memory, blank));
  if (half !== undefined) {
    const message = `${start}, and the Log in ${half.part} lacks its other half: it can only have been here.`;
    report('log.header-lost', part, memory, span, message);
    return;
  }
  const isLogHalved = known.some(({ code }) => code === 'log.unpaired');
  const what = setting === 'library' ? contentAfter(memory, blank, isLogHalved) : contentAlone(memory, blank, setting);
  const entry = what === undefined ? logAfterLostStart(memory, blank.length, logs) : undefined;
  if (entry !== undefined) {
    const message = `${name[0]?.toUpperCase()}${name.slice(1)} begins with ${describeBlank(blank)}, and from ${formatAddress(entry)} on the entries of a log follow each other, after the rest of an entry that was cut: its first entries are lost, or its header is.`;
    report('memory.header-lost', part, memory, span, message);
  }
  if (what === undefined) return;
  const opening =
    setting === 'motoko' ? 'the program may trap, or start an empty one' : 'opening it would trap, or start an empty one';
  const message = `${start}, as ${what} would be. If a structure was here, its header is lost: ${opening}.`;
  report('memory.header-lost', part, memory, span, message);
}

/** Returns the surroundings of a space; undefined where a blank start proves nothing, as in a database file. */
function settingOf({ layout, structures }: Snapshot, { kind }: Space): Setting | undefined {
  if (kind === 'virtual-memory') return 'library';
  if (kind === 'region' || layout.kind === 'motoko-experimental') return 'motoko';
  if (layout.kind === 'memory-manager') return 'library';
  if (layout.kind !== 'unknown') return undefined;
  return structures.length > 0 ? 'library' : 'alone';
}

function isOtherHalf(snapshot: Snapshot, part: string, memory: ReadableMemory, { length }: BlankStart): boolean {
  const half = findSpace(snapshot, part)?.memory;
  return half !== undefined && couldBeOtherHalf(memory, length, half);
}

/** Describes the content after a lost header; undefined where it may well be data that never had one. */
function contentAfter(memory: ReadableMemory, { byte, length }: BlankStart, isLogHalved: boolean): string | undefined {
  if (isWithin(length, CELL_VALUE_AT, 4) && isValue(memory)) return 'the value of a Cell';
  if (isWithin(length, CELL_VALUE_AT, 8) && couldBeVecHeader(memory)) return 'the items of a Vec or MinHeap';
  if (isLogHalved && isWithin(length, LOG_ENTRIES_AT, 8)) return 'the entries or the index of a Log';
  if (length < (byte === 0 ? LONGEST_HEADER : MIN_ONES)) return undefined;
  const content = readBytes(memory, at(0, length), Math.min(SAMPLE, byteLength(memory) - length));
  if (isBitMap(content)) return undefined;
  if (byte === 0xff) return length < MAX_BLANK || length % PAGE_SIZE === 0 ? ANY : undefined;
  return isOfRoundSize(length) ? ANY : undefined;
}

/**
 * Describes the content after a lost header where no other structure is nearby. Zeros with data after them may well be a
 * program's own layout, unless there is a whole value at a Cell's address, or an item size at a Vec's. No layout begins with a
 * header's length of 0xff, unless there are more such ranges: free places of a table, for example.
 */
function contentAlone(memory: ReadableMemory, { byte, length }: BlankStart, setting: 'alone' | 'motoko'): string | undefined {
  if (setting === 'alone' && isWithin(length, CELL_VALUE_AT, 4) && isWholeValue(memory)) return 'the value of a Cell';
  if (setting === 'alone' && isWithin(length, CELL_VALUE_AT, 8) && couldBeVecHeader(memory) && isUsed(memory, VEC_ITEMS_AT))
    return 'the items of a Vec or MinHeap';
  if (byte === 0 || length < MIN_ALONE || !isOfRoundSize(length)) return undefined;
  const content = readBytes(memory, at(0, length), Math.min(SAMPLE, byteLength(memory) - length));
  if (isBitMap(content) || hasRun(content, byte, MIN_BLANK)) return undefined;
  return setting === 'alone' ? ANY : 'the values or entries of a structure';
}

/** Returns whether a byte in the sample after an address is not zero. */
function isUsed(memory: ReadableMemory, address: number): boolean {
  return readBytes(memory, at(0, address), Math.min(SAMPLE, byteLength(memory) - address)).some((byte) => byte !== 0);
}

function hasRun(bytes: Uint8Array, of: number, min: number): boolean {
  let run = 0;
  for (const byte of bytes) {
    run = byte === of ? run + 1 : 0;
    if (run === min) return true;
  }
  return false;
}

/** Returns whether a length is a round size, or slightly longer because the first item begins with zeros. */
function isOfRoundSize(length: number): boolean {
  return length < MAX_BLANK && length - 2 ** Math.floor(Math.log2(length)) < MAX_AFTER;
}

/** Returns whether a single value of a self-describing encoding is where a Cell has its value, and nothing else. */
function isWholeValue(memory: ReadableMemory): boolean {
  const bytes = readBytes(memory, at(0, CELL_VALUE_AT), Math.min(PAGE_SIZE, byteLength(memory)) - CELL_VALUE_AT);
  const used = lengthWithoutZeros(bytes);
  return PROVING.some((name) => {
    const evidence = DESCRIBED.get(name)?.({ bytes, size: byteLength(memory) - CELL_VALUE_AT });
    return evidence !== undefined && evidence.length >= used && evidence.bits >= MIN_BITS;
  });
}

const PROVING = ['candid', 'json', 'cbor', 'messagepack'] as const;
const MIN_BITS = 48;

const ANY = 'the items of a Vec or MinHeap, the entries of a Log or the value of a Cell';

/**
 * Returns whether a value of a self-describing encoding is, or begins, where a Cell has its value. The rest of a longer, older
 * value may follow it.
 */
function isValue(memory: ReadableMemory): boolean {
  const page = readBytes(memory, at(0, CELL_VALUE_AT), Math.min(PAGE_SIZE, byteLength(memory)) - CELL_VALUE_AT);
  const value = page.subarray(0, Math.min(SAMPLE, page.findLastIndex((byte) => byte !== 0) + 1));
  const [best] = sniff(value);
  if (best !== undefined && best.confidence !== 'possible' && SELF_DESCRIBING.test(best.codec)) return true;
  return textLength(value) >= MIN_TEXT || String.fromCharCode(...value.subarray(0, 4)) === 'DIDL' || beginsCborMap(value);
}

const SELF_DESCRIBING = /^(text|json|cbor|candid|messagepack|protobuf)/;
/** Minimum characters that count as text, whatever follows. */
const MIN_TEXT = 16;

/** Returns whether the bytes begin with a CBOR map of a few members, the first of which has a text name. */
function beginsCborMap(bytes: Uint8Array): boolean {
  const [map = 0, name = 0] = bytes;
  const length = name - CBOR_TEXT;
  if (map <= CBOR_MAP || map > CBOR_MAP + CBOR_SHORT || length < 1 || length > CBOR_SHORT) return false;
  return textLength(bytes.subarray(2, 2 + length)) === length;
}

const CBOR_TEXT = 0x60;
const CBOR_MAP = 0xa0;
/** Maximum length that CBOR stores in the first byte of an item. */
const CBOR_SHORT = 0x17;

/** Returns whether nearly all bytes in use have a single bit, or a run of bits at one end: a map of what is free or taken. */
function isBitMap(content: Uint8Array): boolean {
  const used = content.filter((byte) => byte !== 0);
  const ofBits = used.filter((byte) => isPower(byte) || isPower(byte + 1) || isPower(0x100 - byte));
  return ofBits.length >= BITS_SHARE * used.length && new Set(ofBits).size >= MIN_BIT_BYTES;
}

function isPower(number: number): boolean {
  return (number & (number - 1)) === 0;
}

function isWithin(length: number, start: number, size: number): boolean {
  return length >= start && length < start + size;
}
