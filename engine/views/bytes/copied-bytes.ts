import { toHex } from '../../core/format.ts';

/** Ways in which bytes are copied, in the order in which people are offered them. */
export const COPY_FORMATS = ['hex', 'text', 'base64', 'motoko', 'candid', 'rust', 'typescript'] as const;
export type CopyFormat = (typeof COPY_FORMATS)[number];

/** Maximum bytes that are copied at once. More of them belong in a file. */
export const MAX_COPIED = 1024 * 1024;

/**
 * Writes bytes as text: as hex digits, as UTF-8 (what is none becomes U+FFFD), in base64, as a literal of a Motoko `Blob` or a Candid
 * `blob`, or as an array in Rust or TypeScript.
 */
export function copiedBytes(bytes: Uint8Array, format: CopyFormat): string {
  switch (format) {
    case 'hex':
      return toHex(bytes);
    case 'text':
      return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
    case 'base64':
      return base64(bytes);
    case 'motoko':
      return blobLiteral(bytes);
    case 'candid':
      return `blob ${blobLiteral(bytes)}`;
    case 'rust':
      return `[${numbers(bytes)}]`;
    case 'typescript':
      return `new Uint8Array([${numbers(bytes)}])`;
  }
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Base64 with padding, RFC 4648. */
function base64(bytes: Uint8Array): string {
  let text = '';
  for (let from = 0; from < bytes.length; from += 3) {
    const [first = 0, second = 0, third = 0] = bytes.subarray(from, from + 3);
    const group = (first << 16) | (second << 8) | third;
    for (let shift = 18; shift >= 0; shift -= 6) text += LETTERS[(group >> shift) & 63];
  }
  const missing = (3 - (bytes.length % 3)) % 3;
  return text.slice(0, text.length - missing) + '='.repeat(missing);
}

/** Returns a literal in which every byte is escaped, which both languages read alike. */
function blobLiteral(bytes: Uint8Array): string {
  return `"${toHex(bytes).replace(/../g, '\\$&')}"`;
}

function numbers(bytes: Uint8Array): string {
  return toHex(bytes).replace(/../g, '0x$&, ').slice(0, -2);
}
