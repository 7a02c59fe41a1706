/**
 * Principals: 0 to 29 bytes. Their text is the base 32 of a CRC-32 (big-endian) and the bytes, in lower case, with a dash after
 * every five letters (IC interface specification, "Textual representation of principals").
 */
import { type Codec, compareBytes, whole } from '../codec.ts';

export const MAX_PRINCIPAL_BYTES = 29;

const LETTERS = 'abcdefghijklmnopqrstuvwxyz234567';

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

/** Computes the CRC-32 of gzip and PNG. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffff_ffff;
  for (const byte of bytes) crc = (CRC_TABLE[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
  return ~crc >>> 0;
}

export function formatPrincipal(bytes: Uint8Array): string {
  const crc = crc32(bytes);
  let letters = '';
  let bits = 0;
  let value = 0;
  for (const byte of [crc >>> 24, crc >>> 16, crc >>> 8, crc, ...bytes]) {
    value = ((value & 0x1f) << 8) | (byte & 0xff);
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      letters += LETTERS[(value >>> bits) & 31];
    }
  }
  if (bits > 0) letters += LETTERS[(value << (5 - bits)) & 31];
  return letters.replace(/.{5}(?=.)/g, '$&-');
}

/** Parses the text of a principal. Returns undefined if the text or its checksum is invalid. */
export function parsePrincipal(text: string): Uint8Array | undefined {
  const bytes: number[] = [];
  let bits = 0;
  let value = 0;
  for (const letter of text.replaceAll('-', '')) {
    const digit = LETTERS.indexOf(letter);
    if (digit < 0) return undefined;
    value = ((value & 0xff) << 5) | digit;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push((value >>> bits) & 0xff);
  }
  const principal = Uint8Array.from(bytes.slice(4));
  return principal.length <= MAX_PRINCIPAL_BYTES && formatPrincipal(principal) === text ? principal : undefined;
}

export type PrincipalClass = 'management canister' | 'canister' | 'self-authenticating' | 'anonymous' | 'other';

/**
 * Returns the class of a principal, by its length and last byte, or `other` for principals that do not occur on the Internet
 * Computer today.
 */
export function principalClass(bytes: Uint8Array): PrincipalClass {
  const last = bytes.at(-1);
  if (bytes.length === 0) return 'management canister';
  if (bytes.length === 1 && last === 0x04) return 'anonymous';
  if (bytes.length === 10 && last === 0x01 && bytes[8] === 0x01) return 'canister';
  if (bytes.length === MAX_PRINCIPAL_BYTES && last === 0x02) return 'self-authenticating';
  return 'other';
}

export const PRINCIPAL: Codec = {
  name: 'principal',
  description: 'a principal: a user, a canister',
  bound: { max: MAX_PRINCIPAL_BYTES, fixed: false },
  decode: (bytes) => (bytes.length <= MAX_PRINCIPAL_BYTES ? whole(bytes, 'principal', formatPrincipal(bytes)) : undefined),
  encode: parsePrincipal,
  // The order of candid's Principal: shorter ones come first.
  compare: (a, b) => a.length - b.length || compareBytes(a, b),
};
