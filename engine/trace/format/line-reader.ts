import type { ByteSource } from '../../core/memory/source.ts';

/** Bytes read at a time. */
const WINDOW = 1024 * 1024;
const LINE_FEED = 10;
/** Maximum bytes of a line. A longer line is damage. */
export const MAX_LINE = 64 * 1024 * 1024;

/** Number of bytes of a too long line that are returned. */
const SHOWN = 1024;

export interface TextLine {
  /** The text without the line feed and surrounding white space. */
  readonly text: string;
  /** Offset of the line in bytes. */
  readonly offset: number;
}

/** Returns the non-empty lines of a text file. If a line is too long, its start is returned as the last line. */
export function* lines(source: ByteSource): Generator<TextLine, void, undefined> {
  const decoder = new TextDecoder();
  let window = WINDOW;
  for (let offset = 0; offset < source.size; ) {
    const bytes = new Uint8Array(Math.min(window, source.size - offset));
    source.read(offset, bytes);
    let start = 0;
    for (;;) {
      const feed = bytes.indexOf(LINE_FEED, start);
      if (feed === -1) break;
      const text = decoder.decode(bytes.subarray(start, feed)).trim();
      if (text !== '') yield { text, offset: offset + start };
      start = feed + 1;
    }
    if (start === 0 && offset + bytes.length < source.size) {
      if (bytes.length >= MAX_LINE) {
        yield { text: decoder.decode(bytes.subarray(0, SHOWN)).trim(), offset };
        return;
      }
      window = Math.min(2 * bytes.length, MAX_LINE);
      continue;
    }
    if (offset + bytes.length === source.size) {
      const text = decoder.decode(bytes.subarray(start)).trim();
      if (text !== '') yield { text, offset: offset + start };
      return;
    }
    offset += start;
    window = WINDOW;
  }
}

/** Parses a line as JSON. Returns undefined if it is not JSON. */
export function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** Parses a line as a JSON object. Returns undefined if it is not one. */
export function objectOf(line: string): Readonly<Record<string, unknown>> | undefined {
  const value = jsonOf(line);
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : undefined;
}
