/**
 * Self-delimiting encodings: the end of a value follows from the value itself, so values can follow each other without lengths.
 */

import type { Reading } from '../values/codec.ts';
import { CandidLengths } from '../values/codecs/candid-length.ts';
import { CANDID_MAGIC } from '../values/codecs/candid-types.ts';
import { readCbor } from '../values/codecs/cbor.ts';
import { decodeUtf8 } from '../values/utf8.ts';

export const SELF_DELIMITING = ['candid', 'cbor', 'json'] as const;
export type SelfDelimiting = (typeof SELF_DELIMITING)[number];

/** The length of a value. `more` if it continues past the given bytes, or undefined if the bytes do not begin a value. */
export type ValueLength = number | 'more' | undefined;

/** Limit of the parts that are kept: only the length is needed. */
const NO_PARTS = 1;

/** Finds the lengths of values in one encoding. */
export class ValueLengths {
  readonly #encoding: SelfDelimiting;
  readonly #candid = new CandidLengths();

  constructor(encoding: SelfDelimiting) {
    this.#encoding = encoding;
  }

  /**
   * Returns the length of the value that `bytes` begin with. `room` is the number of bytes available in total, including `bytes`.
   */
  lengthOf(bytes: Uint8Array, room: number): ValueLength {
    if (!couldBegin(this.#encoding, bytes)) return undefined;
    switch (this.#encoding) {
      case 'candid':
        return this.#candid.lengthOf(bytes, room);
      case 'cbor':
        return lengthOfReading(readCbor(bytes, { length: room, maxParts: NO_PARTS }), bytes, room);
      case 'json':
        return lengthOfJson(bytes, room);
    }
  }
}

/** Returns whether a value of the encoding can begin with these bytes. */
export function couldBegin(encoding: SelfDelimiting, bytes: Uint8Array): boolean {
  const first = bytes[0];
  if (first === undefined) return false;
  switch (encoding) {
    case 'candid':
      return String.fromCharCode(...bytes.subarray(0, CANDID_MAGIC.length)) === CANDID_MAGIC;
    case 'json':
      return first === OPEN_BRACE || first === OPEN_BRACKET;
    case 'cbor':
      // Arrays, maps and tags only: other values are too short to distinguish from other bytes.
      return first >> 5 >= CBOR_ARRAY && first >> 5 <= CBOR_TAG;
  }
}

const OPEN_BRACE = 0x7b;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACE = 0x7d;
const CLOSE_BRACKET = 0x5d;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const CBOR_ARRAY = 4;
const CBOR_TAG = 6;

function lengthOfReading(reading: Reading, bytes: Uint8Array, room: number): ValueLength {
  if (reading.problem === undefined) return reading.length;
  return reading.partial !== undefined && bytes.length < room ? 'more' : undefined;
}

/** Finds the bracket that closes the first one, and checks that the text parses. */
function lengthOfJson(bytes: Uint8Array, room: number): ValueLength {
  let depth = 0;
  let inText = false;
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index] ?? 0;
    if (inText) {
      if (byte === BACKSLASH) index += 1;
      else if (byte === QUOTE) inText = false;
      continue;
    }
    if (byte === QUOTE) inText = true;
    else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth += 1;
    else if ((byte === CLOSE_BRACE || byte === CLOSE_BRACKET) && --depth === 0) {
      return isJson(bytes.subarray(0, index + 1)) ? index + 1 : undefined;
    } else if (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) return undefined;
  }
  return bytes.length < room ? 'more' : undefined;
}

function isJson(bytes: Uint8Array): boolean {
  const text = decodeUtf8(bytes);
  if (text === undefined) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
