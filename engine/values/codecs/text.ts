/** The simplest encodings: text in UTF-8, JSON, raw bytes, and booleans of one byte. */
import { fromHex, toHex } from '../../core/format.ts';
import { type Codec, compareBytes, whole } from '../codec.ts';
import { decodeUtf8, decodeUtf8Beginning, encodeUtf8 } from '../utf8.ts';

export const TEXT: Codec = {
  name: 'text',
  description: 'text in UTF-8',
  quoted: true,
  decode(bytes) {
    const text = decodeUtf8(bytes);
    return text === undefined ? undefined : whole(bytes, 'text', text);
  },
  begin: decodeUtf8Beginning,
  encode: encodeUtf8,
  compare: compareBytes,
};

export const BYTES: Codec = {
  name: 'bytes',
  description: 'raw bytes, shown in hex',
  decode: (bytes) => whole(bytes, 'bytes', toHex(bytes)),
  encode: fromHex,
  compare: compareBytes,
};

export const BOOL: Codec = {
  name: 'bool',
  description: 'one byte, 0 or 1',
  bound: { max: 1, fixed: true },
  decode: (bytes) =>
    bytes.length === 1 && (bytes[0] === 0 || bytes[0] === 1) ? whole(bytes, 'bool', String(bytes[0] === 1)) : undefined,
  encode: (text) => (text === 'true' ? Uint8Array.of(1) : text === 'false' ? Uint8Array.of(0) : undefined),
  compare: compareBytes,
};

export const JSON_TEXT: Codec = {
  name: 'json',
  description: 'JSON in UTF-8',
  decode(bytes) {
    const text = decodeUtf8(bytes);
    return text !== undefined && isJson(text) ? whole(bytes, 'json', text) : undefined;
  },
  begin: decodeUtf8Beginning,
  encode: (text) => (isJson(text) ? encodeUtf8(text) : undefined),
};

// biome-ignore lint/suspicious/noControlCharactersInRegex: matches the characters that text does not contain.
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufffe\uffff]/;

/** Returns whether a text is defined and has no control characters except line ends and tabs. */
export function isPrintable(text: string | undefined): text is string {
  return text !== undefined && !CONTROL.test(text);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
