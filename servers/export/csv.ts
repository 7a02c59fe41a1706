/** Entries as CSV (RFC 4180): one header, then one line for each entry. Bytes are lower-case hex, numbers decimal. */
import { csvCell, withinQuotes } from '../../engine/core/csv.ts';
import type { EntryLine } from '../../engine/views/entries.ts';
import { COLUMNS } from './columns.ts';
import { CHUNK_LENGTH, hexChunks, textChunks } from './text-chunks.ts';

/** Returns the text of the file, in pieces. */
export function* entriesAsCsv(entries: Iterable<EntryLine>): Generator<string> {
  yield csvHead(COLUMNS);
  for (const entry of entries) yield* csvLine(entry, COLUMNS);
}

export function csvHead(columns: readonly string[]): string {
  return `${columns.join(',')}\r\n`;
}

/** Returns the line of a record, in pieces. */
export function* csvLine<Column extends string>(record: CsvRecord<Column>, columns: readonly Column[]): Generator<string> {
  for (const [index, column] of columns.entries()) {
    if (index > 0) yield ',';
    yield* cell(record[column]);
  }
  yield '\r\n';
}

type CsvRecord<Column extends string> = { readonly [Name in Column]?: string | number | Uint8Array | undefined };

function* cell(value: string | number | Uint8Array | undefined): Generator<string> {
  if (value instanceof Uint8Array) yield* hexChunks(value);
  else if (typeof value === 'string' && value.length > CHUNK_LENGTH) {
    yield '"';
    for (const chunk of textChunks(value)) yield withinQuotes(chunk);
    yield '"';
  } else if (value !== undefined) yield csvCell(String(value));
}
