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
import type { Tell } from './tell.ts';

/** Where the parts of flat structures begin: a Cell's value, a Log's entries, a Vec's items. */
const CELL_VALUE_AT = 8;
const LOG_ENTRIES_AT = 32;
const VEC_ITEMS_AT = 64;
const LONGEST_HEADER = 64;
/** A program that marks a field as none with the greatest number may begin with that. */
const MIN_ONES = 12;
/** A longer run is as good as any other unused space, that a program of its own layout begins with. */
const MAX_BLANK = 4096;
/** Data of its own hardly begins right where a header or an overwritten run of a round size ends; the first item may begin with zeros, too. */
const MAX_AFTER = 16;
/** Where nothing else speaks for a lost header, a run of 0xff as long as one. */
const MIN_ALONE = 32;
/** Part of a bit map's bytes that have bits at one place only, and the fewest different ones: items may all be 1. */
const BITS_SHARE = 0.9;
const MIN_BIT_BYTES = 2;
/** Bytes of the content that are looked at. */
const SAMPLE = 4096;

/** What may be read of all spaces together: for where they begin, and for logs that follow. */
export interface BlankBudgets {
  readonly starts: Budget;
  readonly logs: Budget;
}

/** What surrounds a space: how much a blank start says there. */
type Setting =
  /** A memory of a manager, or pages beside other structures of the library. */
  | 'library'
  /** An image with nothing in it that is known. */
  | 'alone'
  /** Motoko's, where structures of the Rust library are not. */
  | 'motoko';

/**
 * Reports a memory that begins with zeros or 0xff where every structure has its header, and has bytes in use after them. Items, entries and values
 * have no magic of their own, so that what was here is not known; and a program may keep data of its own layout in a memory, which may begin
 * with zeros, or be a bit map. Where no structure of the library is near, only what a program of its own layout hardly leaves is reported.
 */
export function checkBlankStart(
  snapshot: Snapshot,
  space: Space,
  known: readonly PlacedFinding[],
  tell: Tell,
  { starts, logs }: BlankBudgets,
): void {
  const { memory, part } = space;
  const setting = settingOf(snapshot, space);
  if (setting === undefined || snapshot.places.structureIn(space) !== undefined) return;
  // There can be tens of thousands of regions.
  const blank = blankStart(memory, starts, space.kind === 'region' ? MAX_BLANK : undefined);
  if (blank === undefined || (setting !== 'motoko' && recognise(memory).length > 0)) return;
  const name = nameOfSpace(space);
  const start = `${name[0]?.toUpperCase()}${name.slice(1)} begins with ${describeBlank(blank)} where a structure has its header, and bytes are in use after them`;
  const span = { start: at(0, 0), length: blank.length };
  const half = known.find(({ code, part: other }) => code === 'log.unpaired' && isOtherHalf(snapshot, other, memory, blank));
  if (half !== undefined) {
    const message = `${start}, and the Log in ${half.part} lacks its other half: this can only have been it.`;
    tell('log.header-lost', part, memory, span, message);
    return;
  }
  const isLogHalved = known.some(({ code }) => code === 'log.unpaired');
  const what = setting === 'library' ? contentAfter(memory, blank, isLogHalved) : contentAlone(memory, blank, setting);
  const entry = what === undefined ? logAfterLostStart(memory, blank.length, logs) : undefined;
  if (entry !== undefined) {
    const message = `${name[0]?.toUpperCase()}${name.slice(1)} begins with ${describeBlank(blank)}, and from ${formatAddress(entry)} on one entry of a log follows the other, after what is left of an entry that was cut: the first entries are lost, or its header is.`;
    tell('memory.header-lost', part, memory, span, message);
  }
  if (what === undefined) return;
  const opening = setting === 'motoko' ? 'the program may trap, or start it anew' : 'opening it would trap, or start it anew';
  const message = `${start}, as ${what} would be. If a structure was here, its header is lost: ${opening}.`;
  tell('memory.header-lost', part, memory, span, message);
}

/** Undefined where a lost header can be anything, as in a database file. */
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

/** Says what follows a lost header; undefined where it may well be data that never had one. */
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
 * Says what follows a lost header where no other structure is near. Zeros, and data after them, are as good as any layout of a program's own; but not
 * a whole value at a Cell's place, nor a Vec's size of items at its own. Nothing begins with as many 0xff as a header has bytes, unless
 * there are more such runs: places of a table that are free, say.
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

/** Returns whether a byte in the sample behind an address is not zero. */
function isUsed(memory: ReadableMemory, address: number): boolean {
  return readBytes(memory, at(0, address), Math.min(SAMPLE, byteLength(memory) - address)).some((byte) => byte !== 0);
}

function hasRun(bytes: Uint8Array, of: number, least: number): boolean {
  let run = 0;
  for (const byte of bytes) {
    run = byte === of ? run + 1 : 0;
    if (run === least) return true;
  }
  return false;
}

/** Returns whether a run is as long as something of a round size, or by the zeros longer that the first item begins with. */
function isOfRoundSize(length: number): boolean {
  return length < MAX_BLANK && length - 2 ** Math.floor(Math.log2(length)) < MAX_AFTER;
}

/** Returns whether nothing but one value of an encoding that says so itself is where a Cell has its value. */
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
 * Returns whether the bytes where a Cell has its value are one of an encoding that says so itself, or begin as one: what is left of a longer,
 * older value may follow it.
 */
function isValue(memory: ReadableMemory): boolean {
  const page = readBytes(memory, at(0, CELL_VALUE_AT), Math.min(PAGE_SIZE, byteLength(memory)) - CELL_VALUE_AT);
  const value = page.subarray(0, Math.min(SAMPLE, page.findLastIndex((byte) => byte !== 0) + 1));
  const [best] = sniff(value);
  if (best !== undefined && best.confidence !== 'possible' && SELF_DESCRIBING.test(best.codec)) return true;
  return textLength(value) >= MIN_TEXT || String.fromCharCode(...value.subarray(0, 4)) === 'DIDL' || beginsCborMap(value);
}

const SELF_DESCRIBING = /^(text|json|cbor|candid|messagepack|protobuf)/;
/** Letters that are text, whatever follows. */
const MIN_TEXT = 16;

/** Returns whether a CBOR map of few members begins here, of which the first has a name of letters. */
function beginsCborMap(bytes: Uint8Array): boolean {
  const [map = 0, name = 0] = bytes;
  const length = name - CBOR_TEXT;
  if (map <= CBOR_MAP || map > CBOR_MAP + CBOR_SHORT || length < 1 || length > CBOR_SHORT) return false;
  return textLength(bytes.subarray(2, 2 + length)) === length;
}

const CBOR_TEXT = 0x60;
const CBOR_MAP = 0xa0;
/** Greatest length that CBOR keeps in the first byte of an item. */
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
