/** Self-describing encodings, and how strong the evidence for each of them is in a value or the beginning of a long one. */

import type { Codec, Decoded, Excerpt, Reading } from '../codec.ts';
import { CANDID_MAGIC } from '../codecs/candid-types.ts';
import { readFields } from '../codecs/protobuf.ts';
import { isPrintable } from '../codecs/text.ts';
import { codecOf } from '../codecs.ts';
import { decodeUtf8, decodeUtf8Beginning } from '../utf8.ts';
import { lengthWithoutZeros } from '../zeros.ts';
import { FILE_HEADER_BYTES, fileHeader } from './files.ts';
import { beginsJson } from './json-beginning.ts';

/** The first bytes of a value, and its size, which is greater than the number of bytes if they are only its beginning. */
export interface Sample {
  readonly bytes: Uint8Array;
  readonly size: number;
}

/** Evidence for an encoding. */
export interface Evidence {
  /** Length in bytes of the value at the start of the sample. */
  readonly length: number;
  /** Binary logarithm of how improbable it is that other bytes can be read like this. A cautious estimate. */
  readonly bits: number;
}

/** Looks for one encoding at the start of a sample. Returns undefined if it is not there. */
export type Examine = (sample: Sample) => Evidence | undefined;

/** About 95 of 256 bytes are printable. */
const BITS_OF_A_CHARACTER = 1.4;

/** The self-describing encodings by the names of their codecs, the most certain first. */
export const DESCRIBED: ReadonlyMap<string, Examine> = new Map<string, Examine>([
  ['candid', examineCandid],
  ['json', examineJson],
  ['cbor', (sample) => examineItem('cbor', sample)],
  ['messagepack', (sample) => examineItem('messagepack', sample)],
  ['protobuf', examineProtobuf],
  ['file', examineFile],
  ['text', examineText],
]);

/** Minimum bits that prove an encoding with a single value. */
const MIN_BITS_OF_PROOF = 48;

/** Returns the codec that a single value proves, whatever other values there are, or undefined if there is none. */
export function provenCodec(bytes: Uint8Array): Codec | undefined {
  for (const name of ['candid', 'json', 'cbor', 'messagepack', 'file']) {
    const evidence = DESCRIBED.get(name)?.({ bytes, size: bytes.length });
    if (evidence !== undefined && evidence.length === bytes.length && evidence.bits >= MIN_BITS_OF_PROOF) return codecOf(name);
  }
  return undefined;
}

/**
 * Returns the bits of evidence in the structure of a CBOR or MessagePack item: heads of arrays and maps, and strings that are
 * text.
 */
export function bitsOfItem({ parts }: Decoded): number {
  let bits = 0;
  for (const { text, length } of parts) {
    if (text.startsWith('"')) bits += 3 + BITS_OF_A_CHARACTER * (length - 1);
    else if (text.startsWith('map') || text.startsWith('array')) bits += 4;
    else bits += length === 1 ? 1 : 2;
  }
  return bits;
}

/**
 * Returns whether a byte is the head of a CBOR or MessagePack item whose structure is evidence: an array, a map, a tag or a
 * string.
 */
export function isStructured(name: 'cbor' | 'messagepack', head: number): boolean {
  if (name === 'cbor') return head >> 5 >= 3 && head >> 5 <= 6;
  return (head >= 0x80 && head < 0xc0) || (head >= 0xd9 && head <= 0xdf);
}

function examineItem(name: 'cbor' | 'messagepack', { bytes, size }: Sample): Evidence | undefined {
  const isConclusive = isStructured(name, bytes[0] ?? 0);
  return evidenceOf(read(name, bytes, { length: size }), size, (decoded) => (isConclusive ? bitsOfItem(decoded) : 0));
}

function examineCandid({ bytes, size }: Sample): Evidence | undefined {
  if (!startsWith(bytes, CANDID_MAGIC)) return undefined;
  return evidenceOf(read('candid', bytes, { length: size }), size, () => 48);
}

function examineJson({ bytes, size }: Sample): Evidence | undefined {
  const first = bytes[bytes.findIndex((byte) => byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09)];
  if (first !== 0x7b && first !== 0x5b) return undefined;
  const { text, length } = textOf(bytes, size);
  if (text === undefined) return undefined;
  const fits = length === size && bytes.length < size ? beginsJson(text) : codecOf('json')?.decode(bytes.subarray(0, length));
  return fits ? { length, bits: 4 + 2 * text.length } : undefined;
}

function examineText({ bytes, size }: Sample): Evidence | undefined {
  const { text, length } = textOf(bytes, size);
  return length > 0 && isPrintable(text) ? { length, bits: BITS_OF_A_CHARACTER * Math.min(length, bytes.length) } : undefined;
}

function examineFile({ bytes, size }: Sample): Evidence | undefined {
  const header = fileHeader(bytes.subarray(0, FILE_HEADER_BYTES));
  return header && { length: size, bits: 8 * header.proof };
}

function examineProtobuf({ bytes, size }: Sample): Evidence | undefined {
  const isCut = bytes.length < size;
  const length = isCut ? size : lengthWithoutZeros(bytes);
  const fields = readFields(isCut ? bytes : bytes.subarray(0, length), length) ?? [];
  if (!fields.every(({ number }, index) => number <= 100 && number >= (fields[index - 1]?.number ?? 1))) return undefined;
  if (fields.length === 0 || (fields[0]?.number ?? 16) >= 16) return undefined;
  const texts = fields.map(({ content }) => {
    const text = content.kind === 'bytes' ? decodeUtf8(content.bytes) : undefined;
    return text !== undefined && isPrintable(text) ? BITS_OF_A_CHARACTER * text.length : 0;
  });
  return { length, bits: texts.reduce((sum, bits) => sum + bits, 2 * fields.length) };
}

/** Returns the text at the start of a sample, up to trailing zeros, without a character that is cut at the end of a beginning. */
function textOf(bytes: Uint8Array, size: number): { readonly text: string | undefined; readonly length: number } {
  const end = lengthWithoutZeros(bytes);
  if (bytes.length === size || end < bytes.length) return { text: decodeUtf8(bytes.subarray(0, end)), length: end };
  return { text: decodeUtf8Beginning(bytes), length: size };
}

function read(name: string, bytes: Uint8Array, excerpt: Excerpt): Reading {
  return codecOf(name)?.read?.(bytes, excerpt) ?? { problem: 'It cannot be read.' };
}

function evidenceOf(reading: Reading, size: number, bitsOf: (decoded: Decoded) => number): Evidence | undefined {
  if (reading.problem === undefined) return { length: reading.length, bits: bitsOf(reading.decoded) };
  return reading.partial && { length: size, bits: bitsOf(reading.partial) };
}

function startsWith(bytes: Uint8Array, magic: string): boolean {
  return bytes.length >= magic.length && String.fromCharCode(...bytes.subarray(0, magic.length)) === magic;
}
