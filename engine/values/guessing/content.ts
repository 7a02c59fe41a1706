/** Descriptions of bytes that do not belong to a structure: files by their magic, text, zeros, noise. */
import { fileHeader } from './files.ts';
import { textLength } from './plain-text.ts';

type ContentKind = 'zeros' | 'ones' | 'file' | 'json' | 'text' | 'noise' | 'bytes';

export interface Content {
  readonly kind: ContentKind;
  /** A noun with its article, for use in a sentence: `a zip archive`, `zeros`, `text`. */
  readonly name: string;
}

/** Minimum bytes for a meaningful entropy. */
const MIN_NOISE = 1024;
/** Maximum difference, in bits, from the entropy of random bytes that still counts as noise. */
const NOISE_MARGIN = 0.08;

/** Describes bytes, which may be only the first ones of more. */
export function describeContent(bytes: Uint8Array): Content {
  if (bytes.every((byte) => byte === 0)) return { kind: 'zeros', name: 'zeros' };
  if (bytes.every((byte) => byte === 0xff)) return { kind: 'ones', name: 'bytes of 0xff' };
  const file = fileHeader(bytes);
  if (file !== undefined) return { kind: 'file', name: file.text };
  const used = bytes.subarray(0, bytes.findLastIndex((byte) => byte !== 0) + 1);
  if (textLength(used) === used.length) {
    return /^\ufeff?\s*[[{]/.test(new TextDecoder().decode(used.subarray(0, 256)))
      ? { kind: 'json', name: 'text that looks like JSON' }
      : { kind: 'text', name: 'text' };
  }
  if (isNoise(used)) return { kind: 'noise', name: 'bytes without a pattern, like compressed or encrypted data' };
  return { kind: 'bytes', name: 'bytes of an unknown form' };
}

/** Returns whether the values of the bytes are about as evenly distributed as random ones. */
function isNoise(bytes: Uint8Array): boolean {
  if (bytes.length < MIN_NOISE) return false;
  const counts = new Uint32Array(256);
  for (const byte of bytes) counts[byte] = (counts[byte] ?? 0) + 1;
  let entropy = 0;
  for (const count of counts) if (count > 0) entropy -= (count / bytes.length) * Math.log2(count / bytes.length);
  // So few bytes have less than 8 bits of entropy each, even if they are random.
  const random = 8 - 255 / (2 * Math.LN2 * bytes.length);
  return entropy > random - NOISE_MARGIN;
}
