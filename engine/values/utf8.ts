const STRICT = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const ENCODER = new TextEncoder();

/** Decodes UTF-8, and keeps a byte order mark. Returns undefined if the bytes are not UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return STRICT.decode(bytes);
  } catch {
    return undefined;
  }
}

/** Decodes the beginning of a longer text in UTF-8, without a character that is cut at its end. */
export function decodeUtf8Beginning(bytes: Uint8Array): string | undefined {
  for (let cut = 0; cut < 4 && cut < bytes.length; cut++) {
    const text = decodeUtf8(bytes.subarray(0, bytes.length - cut));
    if (text !== undefined) return text;
  }
  return undefined;
}

/** Returns the number of bytes before the first character that is not UTF-8, or all of them. */
export function validUtf8Length(bytes: Uint8Array): number {
  let position = 0;
  while (position < bytes.length) {
    const length = characterLength(bytes, position);
    if (length === 0) return position;
    position += length;
  }
  return position;
}

/** Returns the length of the character at a position, or 0 if there is none (Unicode standard, table 3-7). */
function characterLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  const length = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  // No character is written with more bytes than it needs, is a surrogate, or is above 0x10ffff.
  const min = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const max = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  for (let index = 1; index < length; index++) {
    const byte = bytes[at + index] ?? 0;
    if (byte < (index === 1 ? min : 0x80) || byte > (index === 1 ? max : 0xbf)) return 0;
  }
  return length;
}

export function encodeUtf8(text: string): Uint8Array<ArrayBuffer> {
  return ENCODER.encode(text);
}
