const STRICT = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const ENCODER = new TextEncoder();

/** Returns the text that the bytes are in UTF-8, a byte order mark included, or undefined if they are none. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return STRICT.decode(bytes);
  } catch {
    return undefined;
  }
}

/** Returns the text that the beginning of a longer text in UTF-8 is, without a character that its end cuts. */
export function decodeUtf8Beginning(bytes: Uint8Array): string | undefined {
  for (let cut = 0; cut < 4 && cut < bytes.length; cut++) {
    const text = decodeUtf8(bytes.subarray(0, bytes.length - cut));
    if (text !== undefined) return text;
  }
  return undefined;
}

export function encodeUtf8(text: string): Uint8Array<ArrayBuffer> {
  return ENCODER.encode(text);
}
