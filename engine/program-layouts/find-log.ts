import { Budget } from '../core/budget.ts';
import { at, byteLength, type ReadableMemory, readBytes } from '../core/memory/memory.ts';
import type { Structure } from '../core/structure.ts';
import { candidCodec } from '../values/codecs/candid.ts';
import { CBOR } from '../values/codecs/cbor.ts';
import { isPrintable, JSON_TEXT } from '../values/codecs/text.ts';
import { guessCodec } from '../values/guessing/sniff.ts';
import { decodeUtf8 } from '../values/utf8.ts';
import { FrameChain } from './frame-chain.ts';
import type { Frame, LogForm } from './log-form.ts';
import { type NumberForm, numberIn, widthOf } from './numbers.ts';
import { couldBegin, SELF_DELIMITING, type SelfDelimiting } from './self-delimiting.ts';
import { ValueLogSlots } from './value-log.ts';
import { SlotsView } from './view.ts';

/** Possible starts of a log: at 0, or after a header of the program's own. */
const STARTS = [0, 4, 8, 12, 16, 24, 32, 40, 48, 64, 128, 256, 512, 1_024, 4_096, 65_536];
const PREFIXES: readonly NumberForm[] = ['u32-le', 'u64-le', 'u32-be', 'u64-be', 'u16-le', 'u16-be'];

/** Maximum entries that are examined, and maximum bytes of each. */
const SAMPLES = 64;
const SAMPLE_BYTES = 16_384;
/** Minimum values that are decoded even if they are long, and their maximum length: without a value there is no proof. */
const MIN_VALUES = 2;
const MAX_VALUE_BYTES = 4 << 20;
/** Maximum entries that are read to check the end of the log. For a longer log the end is not checked. */
const MAX_WALKED = 4_096;
/** Zeros that must follow a log, unless the memory ends. */
const ZEROS = 64;

/** The number of entries of a kind that prove a log, and whether it must also end in zeros. */
interface Proof {
  readonly entries: number;
  readonly ends: boolean;
}

/**
 * Opens the log in `memory`. Returns undefined if the bytes do not prove one: another value of the same form must begin where the
 * first ends. A single value is not a log, but saved by an upgrade hook. In a memory of a manager (`managed`) residual data from
 * before the manager may contain the middle of such a value: there only lengths at the start prove a log.
 */
export function openValueLog(memory: ReadableMemory, place: 'own' | 'managed' = 'own'): Structure | undefined {
  if (memory.pages === 0) return undefined;
  const head = readBytes(memory, at(0, 0), HEAD);
  if (head.every((byte) => byte === 0)) return undefined;
  for (const start of STARTS) {
    if (start + FIRST_BYTES > byteLength(memory)) break;
    const first = start + FIRST_BYTES <= HEAD ? head.subarray(start) : readBytes(memory, at(0, start), FIRST_BYTES);
    for (const form of formsAt(first, start, byteLength(memory) - start)) {
      if (place === 'managed' && (start > 0 || form.prefix === undefined)) continue;
      const evidence = prove(memory, form);
      if (evidence !== undefined) return new SlotsView(new ValueLogSlots(memory, form, { evidence }));
    }
  }
  return undefined;
}

/**
 * Finds the first whole entry of a log whose start was overwritten. Before it are the remaining bytes of a damaged entry, and
 * from there on entries follow each other to the end of the log. `blank` is the number of overwritten bytes.
 */
export function logAfterLostStart(memory: ReadableMemory, blank: number, budget: Budget): number | undefined {
  const length = Math.min(MAX_CUT_ENTRY, byteLength(memory) - blank);
  if (!budget.spend(length)) return undefined;
  const bytes = readBytes(memory, at(0, blank), length);
  let tried = 0;
  for (let value = 1; value < bytes.length && tried < MAX_CANDIDATES; value += 1) {
    const encoding = namedAt(bytes, value);
    if (encoding === undefined) continue;
    tried += 1;
    for (const prefix of [undefined, ...PREFIXES]) {
      const width = prefix === undefined ? 0 : widthOf(prefix);
      if (width >= value || (prefix !== undefined && (numberIn(bytes, value - width, prefix) ?? 0) === 0)) continue;
      const start = blank + value - width;
      // A header may begin with zeros, but not with many.
      if (blank < MIN_LONG_BLANK && !isPrintable(decodeUtf8(bytes.subarray(0, value - width)))) continue;
      if (prove(memory, { start, prefix, encoding }) !== undefined) return start;
    }
  }
  return undefined;
}

/** Maximum length of the entry whose beginning is lost, and maximum possible starts of the next entry that are tried. */
const MAX_CUT_ENTRY = 65_536;
const MAX_CANDIDATES = 256;
/** Minimum zeros that are unlikely at the start of a program's own header. */
const MIN_LONG_BLANK = 32;

/** Returns the encoding of a value that begins here with its magic or the name of a field, which few other bytes do. */
function namedAt(bytes: Uint8Array, start: number): SelfDelimiting | undefined {
  const first = bytes[start] ?? 0;
  if (first === LETTER_D) return couldBegin('candid', bytes.subarray(start, start + FIRST_BYTES)) ? 'candid' : undefined;
  if (first === OPEN_BRACE) return bytes[start + 1] === QUOTE ? 'json' : undefined;
  return first >> 5 === CBOR_MAP && isNamedMap(bytes.subarray(start, start + FIRST_BYTES)) ? 'cbor' : undefined;
}

const LETTER_D = 0x44;
const QUOTE = 0x22;

/** Bytes in which a log must begin: if all of them are zero, there is none. */
const HEAD = 4_096;
/** Bytes that decide which forms the first entry of a log can have. */
const FIRST_BYTES = 16;

/** Yields the forms whose first entry could begin here. */
function* formsAt(bytes: Uint8Array, start: number, room: number): Generator<LogForm> {
  for (const encoding of SELF_DELIMITING) if (couldBegin(encoding, bytes)) yield { start, prefix: undefined, encoding };
  for (const prefix of PREFIXES) {
    const size = numberIn(bytes, 0, prefix);
    if (size === 0 || size > room - widthOf(prefix)) continue;
    const value = bytes.subarray(widthOf(prefix));
    for (const encoding of SELF_DELIMITING) if (couldBegin(encoding, value)) yield { start, prefix, encoding };
    if (widthOf(prefix) > 2 && start === 0) yield { start, prefix, encoding: undefined };
  }
}

function prove(memory: ReadableMemory, form: LogForm): 'certain' | 'probable' | undefined {
  const chain = new FrameChain(memory, form);
  const frames = chain.frames(0, SAMPLES, new Budget({ steps: 2 * SAMPLES + 2 }));
  if (frames.length < 2) return undefined;
  const values = frames.flatMap((frame, index) => sampleOf(memory, frame, index) ?? []);
  const proof = proofOf(form, frames, values);
  // After a header of unknown size more evidence is necessary.
  const least = proof && (form.start === 0 ? proof : { entries: proof.entries + 1, ends: true });
  if (least === undefined || values.length < Math.min(least.entries, MIN_VALUES) || frames.length < least.entries)
    return undefined;
  const endsInZeros = ends(memory, chain);
  if (least.ends && !endsInZeros) return undefined;
  return form.encoding !== undefined && (endsInZeros || frames.length > SAMPLES / 2) ? 'certain' : 'probable';
}

/** Returns the proof that values of this form need, or undefined if the values do not have the form or could be other bytes. */
function proofOf(form: LogForm, frames: readonly Frame[], values: readonly Uint8Array[]): Proof | undefined {
  switch (form.encoding) {
    case 'candid':
      return values.every((value) => CANDID.decode(value) !== undefined) ? { entries: 2, ends: false } : undefined;
    case 'json': {
      if (!values.every((value) => JSON_TEXT.decode(value) !== undefined)) return undefined;
      return values.every(([first]) => first === OPEN_BRACE) ? { entries: 2, ends: false } : { entries: 3, ends: true };
    }
    case 'cbor': {
      if (!values.every((value) => CBOR.decode(value) !== undefined)) return undefined;
      if (values.every(isNamedMap)) return { entries: form.prefix === undefined ? 3 : 2, ends: false };
      const least = form.prefix === undefined ? 16 : 8;
      return values.some(({ length }) => length >= 8) ? { entries: least, ends: true } : undefined;
    }
    case undefined:
      return form.start === 0 ? proofOfAny(frames, values) : undefined;
  }
}

const CANDID = candidCodec();
const OPEN_BRACE = 0x7b;

/** Returns the proof for values after lengths, in an encoding without brackets or magic. */
function proofOfAny(frames: readonly Frame[], values: readonly Uint8Array[]): Proof | undefined {
  const bytes = values.reduce((sum, { length }) => sum + length, 0);
  // Small numbers one after the other look like lengths of tiny values.
  if (values.length === 0 || bytes < 3 * values.length) return undefined;
  if (values.every((value) => value.length > 0 && isPrintable(decodeUtf8(value)))) return { entries: 3, ends: true };
  const codec = guessCodec(values, { family: 'motoko', role: 'value' });
  if (DESCRIBED.has(codec)) return { entries: 8, ends: true };
  const sizes = new Set(frames.map(({ size }) => size));
  return sizes.size >= 4 && bytes >= 8 * values.length ? { entries: 32, ends: true } : undefined;
}

/** Encodings that other bytes are seldom mistaken for. */
const DESCRIBED: ReadonlySet<string> = new Set(['text', 'json', 'cbor', 'candid', 'protobuf', 'messagepack', 'principal']);

/** Returns whether a CBOR value is a non-empty map whose first key is a text. */
function isNamedMap(value: Uint8Array): boolean {
  const [head = 0] = value;
  const short = head & 31;
  // The number of entries follows in 1, 2, 4 or 8 bytes, or is missing.
  const keyAt = short < 24 || short === 31 ? 1 : 1 + 2 ** (short - 24);
  return head >> 5 === CBOR_MAP && short !== 0 && (value[keyAt] ?? 0) >> 5 === CBOR_TEXT;
}

const CBOR_MAP = 5;
const CBOR_TEXT = 3;

function sampleOf(memory: ReadableMemory, { valueAt, size }: Frame, index: number): Uint8Array | undefined {
  return size <= (index < MIN_VALUES ? MAX_VALUE_BYTES : SAMPLE_BYTES) ? readBytes(memory, valueAt, size) : undefined;
}

/** Returns whether zeros follow the last entry, or the memory ends with it. */
function ends(memory: ReadableMemory, chain: FrameChain): boolean {
  chain.count(new Budget({ steps: MAX_WALKED }));
  if (!chain.ended) return true;
  const length = Math.min(ZEROS, byteLength(memory) - chain.end);
  return readBytes(memory, at(0, chain.end), length).every((byte) => byte === 0);
}
