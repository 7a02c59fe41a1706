/**
 * Upgrade dump: a serialised value at the start of a memory, which a `pre_upgrade` hook writes and a `post_upgrade` hook reads.
 * There is no magic; three framings are in use:
 *
 * | framing | offset | bytes | field                                                                                    |
 * |---------|-------:|------:|------------------------------------------------------------------------------------------|
 * | none    |      0 |     n | the value; `ic_cdk::storage::stable_save` writes Candid in this way                      |
 * | u32     |      0 |     4 | length n of the value, u32 little-endian, as buffered stable writers and `dfn_core` do   |
 * |         |      4 |     n | the value: Candid, CBOR, JSON, Protocol Buffers                                          |
 * | u64     |      0 |     8 | length n, u64 little-endian                                                              |
 * |         |      8 |     n | the value                                                                                |
 *
 * Zeros follow, or the rest of an earlier, longer dump. Only the value itself shows that there is a dump, so it has to decode, to
 * exactly its length.
 */
import { type Address, at, byteLength, type ReadableMemory, readBytes, viewOf } from '../../core/memory/memory.ts';
import type { Codec, Decoded, Excerpt, Reading } from '../../values/codec.ts';
import { readCandid } from '../../values/codecs/candid.ts';
import { CANDID_MAGIC } from '../../values/codecs/candid-types.ts';
import { readCbor } from '../../values/codecs/cbor.ts';
import { PROTOBUF } from '../../values/codecs/protobuf.ts';
import { JSON_TEXT } from '../../values/codecs/text.ts';
import { MAX_PARTS } from '../../values/composition.ts';

type Encoding = 'candid' | 'cbor' | 'json' | 'protobuf';
/** Encoding of the length in front of the value. */
export type Framing = 'none' | 'u32' | 'u64';

/** Bytes before the value. */
export const PREFIX_LENGTH = { none: 0, u32: 4, u64: 8 } as const satisfies Record<Framing, number>;

/** Maximum bytes of a value that are decoded, and maximum parts that are listed. */
export const DECODED_BYTES = 1 << 20;
export const MAX_DUMP_PARTS = 32_768;

/** Minimum lengths in bytes of values without a magic. Shorter ones could be anything. */
const MIN_BYTES = 16;
const MIN_PROTOBUF_BYTES = 64;

export interface UpgradeDump {
  readonly framing: Framing;
  readonly encoding: Encoding;
  readonly valueAt: Address;
  /**
   * Length of the value in bytes, from the prefix. Without a prefix it is the end of the value, or of the memory if the end was
   * not found.
   */
  readonly size: number;
  /** `certain`: the whole value decodes, to exactly its length, and names its parts or its types. */
  readonly evidence: 'certain' | 'probable';
  /** The decoded value, or its start. */
  readonly decoded: Decoded;
  /** True if the whole value was decoded, and all its parts are listed. */
  readonly whole: boolean;
  /** The contradiction, if something is wrong with the value. */
  readonly problem: string | undefined;
}

/**
 * Decodes the dump at the start of `memory`. Returns undefined if the bytes are not a dump. Reads at most the start of the value.
 */
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
  // Only Candid is identified by a magic. In front of it even an impossible length is accepted.
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

/** Returns the possible encodings of a value that starts with this byte and has no magic. */
function possibleEncodings(first: number, framing: Framing, length: number): readonly Encoding[] {
  const major = first >> 5;
  // Without a length only a map can be distinguished from other bytes. Numbers and simple values are too short for a canister's
  // state.
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
  json: (bytes) => readWhole(bytes, JSON_TEXT),
  protobuf: (bytes) => readWhole(bytes, PROTOBUF),
} as const satisfies Record<Encoding, (bytes: Uint8Array, excerpt: Excerpt) => Reading>;

/** Reads a value in an encoding without an end marker. Only decoding all of it proves anything. */
function readWhole(bytes: Uint8Array, codec: Codec): Reading {
  const decoded = codec.decode(bytes);
  return decoded === undefined ? { problem: 'It does not decode.' } : { decoded, length: bytes.length };
}

type Claim = Pick<UpgradeDump, 'framing' | 'encoding' | 'valueAt' | 'size'>;

/** Returns the claimed dump, if the bytes that were read confirm it. */
function judge(claim: Claim, reading: Reading, bytes: Uint8Array): UpgradeDump | undefined {
  const { framing, encoding, size } = claim;
  const isCandid = encoding === 'candid';
  if (reading.problem === undefined) {
    const { decoded, length } = reading;
    const whole = decoded.parts.length < (encoding === 'protobuf' ? MAX_PARTS : MAX_DUMP_PARTS);
    const known = { ...claim, decoded, whole, problem: undefined };
    const distinctive =
      isCandid || (encoding === 'json' && bytes[0] === OPEN_BRACE) || (encoding === 'cbor' && hasNames(decoded));
    if (framing === 'none') {
      const enough = isCandid || (distinctive && length >= MIN_BYTES);
      return enough ? { ...known, size: length, evidence: isCandid ? 'certain' : 'probable' } : undefined;
    }
    if (length === size) return { ...known, evidence: distinctive ? 'certain' : 'probable' };
    if (!isCandid) return undefined;
    return { ...known, evidence: 'probable', problem: `The value ends after ${length} bytes, but its length is ${size}.` };
  }
  const partial = { ...claim, evidence: 'probable', whole: false, problem: undefined } as const;
  if (reading.partial !== undefined) {
    return framing === 'none' && !isCandid && !hasNames(reading.partial) ? undefined : { ...partial, decoded: reading.partial };
  }
  return isCandid ? { ...partial, decoded: NOTHING, problem: reading.problem } : undefined;
}

const NOTHING: Decoded = { text: '', parts: [] };

/** Returns whether a CBOR value is a map with text keys, like the fields of a struct. Tags may precede it. */
function hasNames({ parts }: Decoded): boolean {
  const keys = parts.filter(({ label }) => label === 'key');
  const isMap = parts.find(({ label }) => label !== 'tag')?.label === 'map';
  return isMap && keys.length > 0 && keys.every(({ text }) => /^(\(_ )?"/.test(text));
}

/** Encodes the bytes in front of a value of `size` bytes. */
export function encodePrefix(framing: Framing, size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(PREFIX_LENGTH[framing]);
  if (framing === 'u32') viewOf(bytes).setUint32(0, size, true);
  if (framing === 'u64') viewOf(bytes).setBigUint64(0, BigInt(size), true);
  return bytes;
}
