/**
 * Upgrade dump: one serialised value at the start of a memory, as `pre_upgrade` hooks leave it and `post_upgrade` hooks read it. There is no
 * magic; three framings are in use:
 *
 * | framing | offset | bytes | field                                                                                    |
 * |---------|-------:|------:|------------------------------------------------------------------------------------------|
 * | none    |      0 |     n | the value; `ic_cdk::storage::stable_save` writes Candid so                               |
 * | u32     |      0 |     4 | length n of the value, u32 little-endian, as buffered stable writers and `dfn_core` do   |
 * |         |      4 |     n | the value: Candid, CBOR, JSON, Protocol Buffers                                          |
 * | u64     |      0 |     8 | length n, u64 little-endian                                                              |
 * |         |      8 |     n | the value                                                                                |
 *
 * What follows is zero, or what an earlier, longer dump has left. As nothing but the value itself says that a dump is here, it has to decode,
 * to exactly its length.
 */
import { type Address, at, byteLength, type ReadableMemory, readBytes, viewOf } from '../../core/memory/memory.ts';
import type { Codec, Decoded, Excerpt, Reading } from '../../values/codec.ts';
import { readCandid } from '../../values/codecs/candid.ts';
import { CANDID_MAGIC } from '../../values/codecs/candid-types.ts';
import { readCbor } from '../../values/codecs/cbor.ts';
import { PROTOBUF } from '../../values/codecs/protobuf.ts';
import { JSON_TEXT } from '../../values/codecs/text.ts';
import { MAX_PARTS } from '../../values/composition.ts';

export type Encoding = 'candid' | 'cbor' | 'json' | 'protobuf';
/** How the length of the value stands before it. */
export type Framing = 'none' | 'u32' | 'u64';

/** Bytes before the value. */
export const PREFIX_LENGTH = { none: 0, u32: 4, u64: 8 } as const satisfies Record<Framing, number>;

/** So much of a value is decoded, and so many of its parts are told. */
export const DECODED_BYTES = 1 << 20;
export const MAX_DUMP_PARTS = 32_768;

/** Shorter values without a magic could be anything. */
const MIN_BYTES = 16;
const MIN_PROTOBUF_BYTES = 64;

export interface UpgradeDump {
  readonly framing: Framing;
  readonly encoding: Encoding;
  readonly valueAt: Address;
  /** Length of the value in bytes: as the prefix says it; without one, where the value ends, or the memory if that was not seen. */
  readonly size: number;
  /** `certain`: all of the value decodes, to exactly its length, and names its parts or its types. */
  readonly evidence: 'certain' | 'probable';
  /** What the value, or its beginning, says. */
  readonly decoded: Decoded;
  /** Whether all of the value was decoded, and all its parts are told. */
  readonly whole: boolean;
  /** What contradicts, where something is wrong with the value. */
  readonly problem: string | undefined;
}

/** The dump that `memory` begins with; undefined where its bytes do not bear one out. Reads a window of the value at most. */
export function decodeDump(memory: ReadableMemory): UpgradeDump | undefined {
  if (memory.pages === 0) return undefined;
  const start = readBytes(memory, at(0, 0), 16);
  const view = viewOf(start);
  const long = view.getBigUint64(0, true);
  const room = byteLength(memory);
  return (
    decodeFramed(memory, 'none', room) ??
    decodeFramed(memory, 'u32', view.getUint32(0, true)) ??
    (long <= BigInt(room) ? decodeFramed(memory, 'u64', Number(long)) : undefined)
  );
}

function decodeFramed(memory: ReadableMemory, framing: Framing, size: number): UpgradeDump | undefined {
  const valueAt = at(0, PREFIX_LENGTH[framing]);
  const room = byteLength(memory) - valueAt;
  const first = readBytes(memory, valueAt, CANDID_MAGIC.length);
  // Only Candid says by its magic what it is: then even a length that cannot be is one.
  const isCandid = String.fromCharCode(...first) === CANDID_MAGIC;
  if (size === 0 || (!isCandid && (size > room || (framing !== 'none' && size < MIN_BYTES)))) return undefined;
  const length = Math.min(size, room);
  const encodings = isCandid ? (['candid'] as const) : possibleEncodings(first[0] ?? 0, framing, length);
  if (encodings.length === 0) return undefined;
  const bytes = readBytes(memory, valueAt, Math.min(length, DECODED_BYTES));
  for (const encoding of encodings) {
    const dump = judge(
      { framing, encoding, valueAt, size },
      READERS[encoding](bytes, { length, maxParts: MAX_DUMP_PARTS }),
      bytes,
    );
    if (dump !== undefined) return dump;
  }
  return undefined;
}

/** What a value can be that begins with this byte and has no magic. */
function possibleEncodings(first: number, framing: Framing, length: number): readonly Encoding[] {
  const major = first >> 5;
  // Without a length only a map can be told from other bytes. Numbers and simple values are too short to be a canister's state.
  if (framing === 'none') return major === CBOR_MAP ? ['cbor'] : [];
  const found: Encoding[] = [];
  if (major >= CBOR_BYTE_STRING && major < CBOR_SIMPLE) found.push('cbor');
  if (length > DECODED_BYTES) return found;
  if (first === OPEN_BRACE || first === OPEN_BRACKET) found.push('json');
  if (length >= MIN_PROTOBUF_BYTES) found.push('protobuf');
  return found;
}

const CBOR_BYTE_STRING = 2;
const CBOR_MAP = 5;
const CBOR_SIMPLE = 7;
const OPEN_BRACE = 0x7b;
const OPEN_BRACKET = 0x5b;

const READERS = {
  candid: (bytes, excerpt) => readCandid(bytes, undefined, excerpt),
  cbor: readCbor,
  json: (bytes) => wholly(bytes, JSON_TEXT),
  protobuf: (bytes) => wholly(bytes, PROTOBUF),
} as const satisfies Record<Encoding, (bytes: Uint8Array, excerpt: Excerpt) => Reading>;

/** Of an encoding that does not say where it ends, only the whole value proves anything. */
function wholly(bytes: Uint8Array, codec: Codec): Reading {
  const decoded = codec.decode(bytes);
  return decoded === undefined ? { problem: 'It does not decode.' } : { decoded, length: bytes.length };
}

type Claim = Pick<UpgradeDump, 'framing' | 'encoding' | 'valueAt' | 'size'>;

/** The dump that is claimed, where what was read of it bears it out. */
function judge(claim: Claim, reading: Reading, bytes: Uint8Array): UpgradeDump | undefined {
  const { framing, encoding, size } = claim;
  const isCandid = encoding === 'candid';
  if (reading.problem === undefined) {
    const { decoded, length } = reading;
    const whole = decoded.parts.length < (encoding === 'protobuf' ? MAX_PARTS : MAX_DUMP_PARTS);
    const known = { ...claim, decoded, whole, problem: undefined };
    const telling = isCandid || (encoding === 'json' && bytes[0] === OPEN_BRACE) || (encoding === 'cbor' && hasNames(decoded));
    if (framing === 'none') {
      const enough = isCandid || (telling && length >= MIN_BYTES);
      return enough ? { ...known, size: length, evidence: isCandid ? 'certain' : 'probable' } : undefined;
    }
    if (length === size) return { ...known, evidence: telling ? 'certain' : 'probable' };
    if (!isCandid) return undefined;
    return { ...known, evidence: 'probable', problem: `The value ends after ${length} bytes, its length says ${size}.` };
  }
  const partial = { ...claim, evidence: 'probable', whole: false, problem: undefined } as const;
  if (reading.partial !== undefined) {
    return framing === 'none' && !isCandid && !hasNames(reading.partial) ? undefined : { ...partial, decoded: reading.partial };
  }
  return isCandid ? { ...partial, decoded: NOTHING, problem: reading.problem } : undefined;
}

const NOTHING: Decoded = { text: '', parts: [] };

/** Whether a CBOR value is a map with texts for keys, as a struct has its fields; tags may stand before it. */
function hasNames({ parts }: Decoded): boolean {
  const keys = parts.filter(({ label }) => label === 'key');
  const isMap = parts.find(({ label }) => label !== 'tag')?.label === 'map';
  return isMap && keys.length > 0 && keys.every(({ text }) => /^(\(_ )?"/.test(text));
}

/** The bytes before a value of `size` bytes. */
export function encodePrefix(framing: Framing, size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(PREFIX_LENGTH[framing]);
  if (framing === 'u32') viewOf(bytes).setUint32(0, size, true);
  if (framing === 'u64') viewOf(bytes).setBigUint64(0, BigInt(size), true);
  return bytes;
}
