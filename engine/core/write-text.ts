/** Characters that are written together. */
const CHUNK = 65_536;

/** Writes a text as UTF-8, some pieces at a time, so that the whole text is never in memory. No piece may split a character. */
export function writeText(pieces: Iterable<string>, sink: (bytes: Uint8Array) => void): void {
  for (const bytes of encodedText(pieces)) sink(bytes);
}

/** Returns a text as UTF-8, some pieces at a time. At undefined, which stands for a pause, it passes on what it has. */
export function* encodedText(pieces: Iterable<string | undefined>): Generator<Uint8Array> {
  const encoder = new TextEncoder();
  let text = '';
  for (const piece of pieces) {
    text += piece ?? '';
    if (piece !== undefined && text.length < CHUNK) continue;
    yield encoder.encode(text);
    text = '';
  }
  yield encoder.encode(text);
}
