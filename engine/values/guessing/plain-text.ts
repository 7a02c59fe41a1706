/** Plain text: UTF-8 without control characters except line ends and tabs. */

const TAB = 0x09;
const LINE_FEED = 0x0a;
const RETURN = 0x0d;
const DELETE = 0x7f;

/** Returns the number of bytes from `start` on that are text, including a character that is cut at the end. */
export function textLength(bytes: Uint8Array, start = 0): number {
  let position = start;
  while (position < bytes.length) {
    const length = characterLength(bytes, position);
    if (length === 0) break;
    position += length;
  }
  return Math.min(position, bytes.length) - start;
}

/** Returns whether the bytes from `start` on are text, to the end or to zeros that fill the rest. */
export function isTextUpToZeros(bytes: Uint8Array, start = 0): boolean {
  const end = start + textLength(bytes, start);
  return end > start && bytes.subarray(end).every((byte) => byte === 0);
}

/** Returns the length in bytes of the character at `position`, or 0 if it cannot be in text. */
function characterLength(bytes: Uint8Array, position: number): number {
  const first = bytes[position] ?? 0;
  if (first < 0x80) return isPlain(first) ? 1 : 0;
  const length = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  for (let index = 1; index < length && position + index < bytes.length; index += 1) {
    if (((bytes[position + index] ?? 0) & 0xc0) !== 0x80) return 0;
  }
  return length;
}

function isPlain(byte: number): boolean {
  return (byte >= 0x20 && byte !== DELETE) || byte === TAB || byte === LINE_FEED || byte === RETURN;
}
