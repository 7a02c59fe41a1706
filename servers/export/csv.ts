/** Entries as CSV (RFC 4180): one header, then one line for each entry. Bytes are lower-case hex, numbers decimal. */
import { csvCell, withinQuotes } from '../../engine/core/csv.ts';
import type { EntryLine } from '../../engine/views/entries.ts';
import { COLUMNS } from './columns.ts';
import { CHUNK_LENGTH, hexChunks, textChunks } from './text-chunks.ts';

/** Returns the text of the file, in pieces. */
export function* entriesAsCsv(entries: Iterable<EntryLine>): Generator<string> {
  yield `${COLUMNS.join(',')}\r\n`;
  for (const entry of entries) {
    for (const [index, column] of COLUMNS.entries()) {
      if (index > 0) yield ',';
      yield* cell(entry[column]);
    }
    yield '\r\n';
  }
}

function* cell(value: string | number | Uint8Array | undefined): Generator<string> {
  if (value instanceof Uint8Array) yield* hexChunks(value);
  else if (typeof value === 'string' && value.length > CHUNK_LENGTH) {
    yield '"';
    for (const chunk of textChunks(value)) yield withinQuotes(chunk);
    yield '"';
  } else if (value !== undefined) yield csvCell(String(value));
}
