/** Characters that are written together. */
const CHUNK = 65_536;

/** Writes a text as UTF-8, some pieces at a time, so that the whole text is never in memory. No piece may split a character. */
export function writeText(pieces: Iterable<string>, sink: (bytes: Uint8Array) => void): void {
  const encoder = new TextEncoder();
  let text = '';
  for (const piece of pieces) {
    text += piece;
    if (text.length < CHUNK) continue;
    sink(encoder.encode(text));
    text = '';
  }
  sink(encoder.encode(text));
}
