/** Names bytes that are no structure's: by the magic of a file, as text, as zeros, as noise. */
import { textLength } from './plain-text.ts';

export type ContentKind = 'zeros' | 'ones' | 'archive' | 'file' | 'json' | 'text' | 'noise' | 'bytes';

export interface Content {
  readonly kind: ContentKind;
  /** A noun with its article, to stand in a sentence: `a zip archive`, `zeros`, `text`. */
  readonly name: string;
}

interface FileMagic {
  readonly name: string;
  readonly kind: 'archive' | 'file';
  readonly at?: number;
  readonly magic: string;
}

/** What files begin with, each byte as one letter. An archive has to be unpacked before anything in it can be read. */
const FILES: readonly FileMagic[] = [
  { name: 'a zip archive', kind: 'archive', magic: 'PK\x03\x04' },
  { name: 'gzip', kind: 'archive', magic: '\x1f\x8b\x08' },
  { name: 'Zstandard', kind: 'archive', magic: '\x28\xb5\x2f\xfd' },
  { name: 'xz', kind: 'archive', magic: '\xfd7zXZ\0' },
  { name: 'bzip2', kind: 'archive', magic: 'BZh' },
  { name: 'a 7z archive', kind: 'archive', magic: '7z\xbc\xaf\x27\x1c' },
  { name: 'a tar archive', kind: 'archive', at: 257, magic: 'ustar' },
  { name: 'a WebAssembly module', kind: 'file', magic: '\0asm\x01\0\0\0' },
  { name: 'an SQLite database', kind: 'file', magic: 'SQLite format 3\0' },
  { name: 'a PNG image', kind: 'file', magic: '\x89PNG\r\n\x1a\n' },
  { name: 'a JPEG image', kind: 'file', magic: '\xff\xd8\xff' },
  { name: 'a GIF image', kind: 'file', magic: 'GIF8' },
  { name: 'a PDF document', kind: 'file', magic: '%PDF-' },
  { name: 'an ELF program', kind: 'file', magic: '\x7fELF' },
];

/** Enough bytes that their entropy says something. */
const MIN_NOISE = 1024;
/** Bits below the entropy of random bytes that are still noise. */
const NOISE_MARGIN = 0.08;

/** Names what the bytes are: all there are, or the first ones of more. */
export function describeContent(bytes: Uint8Array): Content {
  if (bytes.every((byte) => byte === 0)) return { kind: 'zeros', name: 'zeros' };
  if (bytes.every((byte) => byte === 0xff)) return { kind: 'ones', name: 'bytes of 0xff' };
  const file = FILES.find(({ magic, at = 0 }) => hasMagic(bytes, magic, at));
  if (file !== undefined) return { kind: file.kind, name: file.name };
  const used = bytes.subarray(0, bytes.findLastIndex((byte) => byte !== 0) + 1);
  if (textLength(used) === used.length) {
    return /^\ufeff?\s*[[{]/.test(new TextDecoder().decode(used.subarray(0, 256)))
      ? { kind: 'json', name: 'text that looks like JSON' }
      : { kind: 'text', name: 'text' };
  }
  if (isNoise(used)) return { kind: 'noise', name: 'bytes without a pattern, as compressed or encrypted data has them' };
  return { kind: 'bytes', name: 'bytes of no form that is known' };
}

function hasMagic(bytes: Uint8Array, magic: string, at: number): boolean {
  if (at + magic.length > bytes.length) return false;
  for (let index = 0; index < magic.length; index += 1) if (bytes[at + index] !== magic.charCodeAt(index)) return false;
  return true;
}

/** Returns whether the bytes are spread about as evenly as random ones. */
function isNoise(bytes: Uint8Array): boolean {
  if (bytes.length < MIN_NOISE) return false;
  const counts = new Uint32Array(256);
  for (const byte of bytes) counts[byte] = (counts[byte] ?? 0) + 1;
  let entropy = 0;
  for (const count of counts) if (count > 0) entropy -= (count / bytes.length) * Math.log2(count / bytes.length);
  // So few bytes have less than 8 bits, even where each is random.
  const random = 8 - 255 / (2 * Math.LN2 * bytes.length);
  return entropy > random - NOISE_MARGIN;
}
