import { randomBytes } from 'node:crypto';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { expect, test } from 'vitest';
import type { EntryLine } from '../../../engine/views/entries.ts';
import { parquetPieces } from '../../../servers/export/parquet.ts';

/** Writes entries, and returns the file and the number of entries that were read before each write. */
function written(count: number, entryAt: (index: number) => EntryLine) {
  const parts: Uint8Array[] = [];
  const readBefore: number[] = [];
  let read = 0;
  function* entries(): Generator<EntryLine> {
    for (; read < count; read += 1) yield entryAt(read);
  }
  for (const bytes of parquetPieces(entries(), 'a test')) {
    if (bytes.length === 0) continue;
    parts.push(bytes);
    readBefore.push(read);
  }
  return { file: new Uint8Array(Buffer.concat(parts)).buffer, readBefore };
}

test('long values are written in row groups, before the next are read', async () => {
  // Random, so that they cannot be compressed.
  const values = Array.from({ length: 20 }, () => new Uint8Array(randomBytes(3_000_000)));
  const { file, readBefore } = written(20, (index) => ({ index, value: values[index] ?? new Uint8Array() }));
  expect(parquetMetadata(file).row_groups.length).toBeGreaterThan(2);
  expect(readBefore[0]).toBeLessThan(10);
  const rows = await parquetReadObjects({ file, utf8: false });
  expect(rows.map(({ index }) => index)).toEqual(Array.from({ length: 20 }, (_, index) => BigInt(index)));
  for (const [index, row] of rows.entries()) expect(values[index] && Buffer.compare(row['value'], values[index])).toBe(0);
});

test('so are many short ones', async () => {
  const { file, readBefore } = written(250_000, (index) => ({ index, key: new Uint8Array([index & 3]) }));
  expect(parquetMetadata(file).row_groups.map(({ num_rows }) => num_rows)).toEqual([100_000n, 100_000n, 50_000n]);
  expect(readBefore[0]).toBeLessThanOrEqual(100_000);
  const rows = await parquetReadObjects({ file, utf8: false, columns: ['index', 'key'], rowStart: 199_999, rowEnd: 200_001 });
  expect(rows).toEqual([
    { index: 199_999n, key: new Uint8Array([3]) },
    { index: 200_000n, key: new Uint8Array([0]) },
  ]);
});

test('empty bytes and texts are not absent ones, and numbers are exact', async () => {
  const large = 2 ** 52 + 1;
  const entries: readonly EntryLine[] = [
    { index: 0, key: new Uint8Array(), keyText: '', path: '', address: 0, offset: large },
    { index: 1 },
  ];
  const { file } = written(2, (index) => entries[index] ?? { index });
  const none = { path: null, keyText: null, key: null, valueText: null, value: null, address: null, offset: null };
  const rows = await parquetReadObjects({ file, utf8: false });
  expect(rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, cell]) => [name, cell ?? null])))).toEqual([
    { ...none, index: 0n, key: new Uint8Array(), keyText: '', path: '', address: 0n, offset: BigInt(large) },
    { ...none, index: 1n },
  ]);
});
