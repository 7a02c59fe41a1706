/** Entries as a Parquet file. Whoever exports imports this file only if it is asked for one, so that nobody else loads the library. */
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

/** Entries after which an empty piece is returned, so that the work can rest while a row group is read. */
const ROWS_PER_PIECE = 1_000;

/**
 * Returns the file, in pieces. Each row group is written before the next is read. The library returns promises only for sinks that
 * do.
 */
export function* parquetPieces(entries: Iterable<EntryLine>, createdBy: string): Generator<Uint8Array> {
  const bytes = new FlushedBytes();
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
    if (rows.length % ROWS_PER_PIECE === 0) yield* bytes.take();
  }
  writeGroup();
  void file.finish();
  yield* bytes.take();
}

type Cell = EntryLine[Column];

/** Returns a value as the library takes it: an INT64 is a bigint. */
function cell(value: Cell): string | bigint | Uint8Array | undefined {
  return typeof value === 'number' ? BigInt(value) : value;
}

function sizeOf(value: Cell): number {
  return typeof value === 'number' || value === undefined ? 0 : value.length;
}

/** The library's buffer, from which its bytes can be taken after each row group. */
class FlushedBytes extends ByteWriter {
  #flushed: Uint8Array[] = [];

  /** Returns what was flushed since the last time; an empty piece if that is nothing. */
  take(): readonly Uint8Array[] {
    const taken = this.#flushed;
    this.#flushed = [];
    return taken.length > 0 ? taken : [new Uint8Array()];
  }

  flush(): void {
    this.#flushed.push(this.getBytes().slice());
    this.index = 0;
  }

  override finish(): void {
    this.flush();
  }
}
