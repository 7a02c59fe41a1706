/**
 * Entries as a Parquet file. The command imports this file only if it is asked for one, so that no other command loads the library.
 */
import type { SchemaElement } from 'hyparquet';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import type { EntryLine } from '../../engine/views/entries.ts';
import { COLUMNS, type Column } from './columns.ts';

/** Maximum entries of a row group. A reader skips whole row groups. */
const MAX_ROWS = 100_000;
/** Bytes of texts, keys and values from which on a row group is written. It is in memory until then. */
const GROUP_BYTES = 2 ** 24;

const TEXT = { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } } as const;
const BYTES = { type: 'BYTE_ARRAY' } as const;
const NUMBER = { type: 'INT64' } as const;
const TYPES: Readonly<Record<Column, Omit<SchemaElement, 'name'>>> = {
  index: NUMBER,
  path: TEXT,
  keyText: TEXT,
  key: BYTES,
  valueText: TEXT,
  value: BYTES,
  address: NUMBER,
  offset: NUMBER,
};

const SCHEMA: readonly SchemaElement[] = [
  { name: 'entries', num_children: COLUMNS.length },
  ...COLUMNS.map(
    (name): SchemaElement => ({ name, repetition_type: name === 'index' ? 'REQUIRED' : 'OPTIONAL', ...TYPES[name] }),
  ),
];

/**
 * Writes the entries in row groups, each of which is written before the next is read. The library returns promises only for sinks
 * that do.
 */
export function writeParquet(entries: Iterable<EntryLine>, sink: (bytes: Uint8Array) => void, createdBy: string): void {
  const bytes = new SinkWriter(sink);
  const file = new ParquetWriter({ writer: bytes, schema: [...SCHEMA], createdBy });
  let rows: EntryLine[] = [];
  let size = 0;
  const writeGroup = (): void => {
    const columnData = COLUMNS.map((name) => ({ name, data: rows.map((row) => cell(row[name])) }));
    if (rows.length > 0) void file.write({ columnData, rowGroupSize: rows.length });
    rows = [];
    size = 0;
  };
  for (const entry of entries) {
    rows.push(entry);
    for (const column of COLUMNS) size += sizeOf(entry[column]);
    if (rows.length >= MAX_ROWS || size >= GROUP_BYTES) writeGroup();
  }
  writeGroup();
  void file.finish();
}

type Cell = EntryLine[Column];

/** Returns a value as the library takes it: an INT64 is a bigint. */
function cell(value: Cell): string | bigint | Uint8Array | undefined {
  return typeof value === 'number' ? BigInt(value) : value;
}

function sizeOf(value: Cell): number {
  return typeof value === 'number' || value === undefined ? 0 : value.length;
}

/** The library's buffer, which passes on its bytes after each row group. */
class SinkWriter extends ByteWriter {
  readonly #sink: (bytes: Uint8Array) => void;

  constructor(sink: (bytes: Uint8Array) => void) {
    super();
    this.#sink = sink;
  }

  flush(): void {
    this.#sink(this.getBytes());
    this.index = 0;
  }

  override finish(): void {
    this.flush();
  }
}
