import type { ByteSource } from '../../core/memory/source.ts';

const WINDOW = 1024 * 1024;
const LINE_FEED = 10;
/** A longer line is damage, and no text that could be read. */
export const LONGEST_LINE = 64 * 1024 * 1024;

/** Of a line that is too long. */
const SHOWN = 1024;

export interface TextLine {
  /** Without the line feed, and without white space around it. */
  readonly text: string;
  /** In bytes. */
  readonly offset: number;
}

/** The lines of a text file that are not empty. A line that is too long is not read; what it begins with comes, cut, as the last one. */
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
      if (bytes.length >= LONGEST_LINE) {
        yield { text: decoder.decode(bytes.subarray(0, SHOWN)).trim(), offset };
        return;
      }
      window = Math.min(2 * bytes.length, LONGEST_LINE);
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

/** What the line says in JSON; undefined where it is none. */
export function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** The JSON object that the line is. */
export function objectOf(line: string): Readonly<Record<string, unknown>> | undefined {
  const value = jsonOf(line);
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : undefined;
}
