/** Tests what `export` writes, in each format, and what it leaves alone. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { BytesMemory } from '../../engine/core/memory/bytes-memory.ts';
import { at, byteLength, PAGE_SIZE, readBytes, writeGrowing } from '../../engine/core/memory/memory.ts';
import { MemoryManager } from '../../engine/rust/memory-manager/operate.ts';
import { CHUNK_LENGTH } from '../../servers/export/text-chunks.ts';
import { imageBytes } from '../fixtures.ts';
import { contentOf, databaseFile, noteOf } from '../sqlite.ts';
import { run, testFolder } from './in-process.ts';
import { Program } from './program.ts';

vi.mock('node:worker_threads', () => import('./fake-worker.ts'));

const { folder: top } = testFolder('export');

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(top, 'test-'));
});

function put(name: string, content: Uint8Array | string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const image = (name: string): string => put(`${name}.bin`, imageBytes(name));
const target = (name: string): string => join(folder, name);

/** Exports a part, and returns the bytes of the file. Nothing may be reported, and nothing else left. */
async function exported(snapshot: string, part: string, ...words: readonly string[]): Promise<Buffer> {
  const output = target('exported');
  const before = readdirSync(folder);
  const { status, stderr, stdout } = await run('export', snapshot, part, '-o', output, ...words);
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toContain(`${output} was written: `);
  expect(readdirSync(folder).sort()).toEqual([...before, 'exported'].sort());
  const bytes = readFileSync(output);
  rmSync(output);
  return bytes;
}

/** Returns the refusal of unusable input: one line on stderr without a stack trace, exit status 2, and no file. */
async function refusal(...words: readonly string[]): Promise<string> {
  const before = readdirSync(folder);
  const { status, stdout, stderr } = await run('export', ...words);
  expect([status, stdout, stderr.trim().split('\n').length]).toEqual([2, '', 1]);
  expect(readdirSync(folder)).toEqual(before);
  return stderr;
}

const entriesOf = async (snapshot: string, part: string, ...words: readonly string[]): Promise<string> =>
  (await run('entries', snapshot, part, '--json', ...words)).stdout;

interface Line {
  readonly index: number;
  readonly path?: string;
  readonly key?: string;
  readonly keyText?: string;
  readonly value?: string;
  readonly valueText?: string;
  readonly address?: number;
  readonly offset?: number;
}

const parsed = (lines: string): readonly Line[] =>
  lines
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

/** Returns an image of two memories that grow in turns, so that no two buckets of one are adjacent. */
function interleaved(pages: number, pageOf: (index: number) => Uint8Array): string {
  const memory = new BytesMemory();
  const manager = MemoryManager.init(memory, 1);
  const [used, other] = [manager.get(3), manager.get(5)];
  for (let index = 0; index < pages; index += 1) {
    writeGrowing(used, at(0, index * PAGE_SIZE), pageOf(index));
    other.grow(1);
  }
  return put('interleaved.bin', readBytes(memory, at(0, 0), byteLength(memory)));
}

describe('sqlite', () => {
  const file = databaseFile(5_000);
  const pages = Math.ceil(file.length / PAGE_SIZE);
  const snapshot = (): string => interleaved(pages, (index) => file.subarray(index * PAGE_SIZE, (index + 1) * PAGE_SIZE));

  test('the database in a memory, through buckets that are apart, with no byte more than it has', async () => {
    const bytes = await exported(snapshot(), 'memory/3', '--format', 'sqlite');
    expect(bytes.equals(file)).toBe(true);
    expect(contentOf(bytes)).toEqual({ count: 5_000, last: noteOf(4_999), check: ['ok'] });
  });

  test('raw has the rest of its last page, too, and opens', async () => {
    const bytes = await exported(snapshot(), 'memory/3');
    expect(bytes.length).toBe(pages * PAGE_SIZE);
    expect(contentOf(bytes)).toMatchObject({ count: 5_000, check: ['ok'] });
  });

  test('a memory without a database is refused, and the one with it is named', async () =>
    expect(await refusal(snapshot(), 'memory/5', '-o', target('new'), '--format', 'sqlite')).toContain(
      'memory/5 does not begin with an SQLite database. memory/3 does.',
    ));

  test('a database that is the whole image, behind its size', async () => {
    const bytes = new Uint8Array(PAGE_SIZE * (pages + 1));
    bytes.set(file, 8);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(file.length));
    const path = put('ic-sqlite.bin', bytes);
    expect((await run('inspect', path)).stdout).toContain(
      'This is an SQLite database from 0x8 on, behind its size, as ic-sqlite writes it.',
    );
    expect((await exported(path, 'image', '--format', 'sqlite')).equals(file)).toBe(true);
  });

  test('a database that the memory cuts off is written as far as it goes, which is reported', async () => {
    const cut = interleaved(2, (index) => file.subarray(index * PAGE_SIZE, (index + 1) * PAGE_SIZE));
    const { status, stderr } = await run('export', cut, 'memory/3', '-o', target('cut.sqlite'), '--format', 'sqlite');
    expect([status, stderr]).toEqual([
      1,
      'stable-memory: The memory ends before the last page of the database: the file is not complete.\n',
    ]);
  });
});

describe('raw', () => {
  test('the pages of a memory, in the order of its addresses, through buckets that are apart', async () => {
    const page = (index: number): Uint8Array => new Uint8Array(PAGE_SIZE).fill(index + 1);
    const pages = Array.from({ length: 40 }, (_, index) => page(index));
    const bytes = await exported(interleaved(40, page), 'memory/3');
    expect(bytes.equals(Buffer.concat(pages))).toBe(true);
  });

  test('the pages of a region, through blocks that are apart', async () => {
    const bytes = imageBytes('regions-basic-eop');
    // Region 16 has 130 pages, in blocks 0 and 2 of 128 pages. The first block begins at 1 MiB.
    const block = (index: number, pages: number): Uint8Array => {
      const start = 2 ** 20 + index * 128 * PAGE_SIZE;
      return bytes.subarray(start, start + pages * PAGE_SIZE);
    };
    const parts = [block(0, 128), block(2, 2)];
    for (const part of parts) expect(part.some((byte) => byte !== 0)).toBe(true);
    expect((await exported(image('regions-basic-eop'), 'region/16')).equals(Buffer.concat(parts))).toBe(true);
  });

  test('the whole image, from a packed file', async () => {
    const bytes = imageBytes('mm-basic');
    expect((await exported(put('packed.bin.gz', gzipSync(bytes)), 'image')).equals(bytes)).toBe(true);
  });

  test('bytes that are not downloaded read as zero, which is reported', async () => {
    const bytes = imageBytes('corrupt-base');
    const half = join(folder, 'half');
    mkdirSync(half);
    writeFileSync(join(half, 'stable_memory.bin'), bytes.subarray(0, 300_000));
    writeFileSync(join(half, 'metadata.json'), JSON.stringify({ stable_memory_size: bytes.length }));
    const output = target('image.bin');
    const { status, stderr } = await run('export', half, 'image', '-o', output);
    expect([status, stderr]).toEqual([
      1,
      'stable-memory: 486,432 bytes of the image are not in the snapshot, and read as zero.\n',
    ]);
    const expected = Buffer.alloc(bytes.length);
    expected.set(bytes.subarray(0, 300_000));
    expect(readFileSync(output).equals(expected)).toBe(true);
  });

  test('so does the rest of the last page of a file that was cut', async () => {
    const bytes = imageBytes('corrupt-base').subarray(0, 4 * PAGE_SIZE + 1);
    const output = target('image.bin');
    const { status, stderr } = await run('export', put('cut.bin', bytes), 'image', '-o', output);
    expect([status, stderr]).toEqual([
      1,
      'stable-memory: 65,535 bytes of the image are not in the snapshot, and read as zero.\n',
    ]);
    expect(readFileSync(output).equals(Buffer.concat([bytes, new Uint8Array(65_535)]))).toBe(true);
  });

  test('a bucket that the image does not have is reported', async () => {
    const { status, stderr } = await run('export', image('corrupt-mm-size-high'), 'memory/1', '-o', target('memory.bin'));
    expect([status, stderr]).toEqual([1, expect.stringMatching(/bytes of memory 1 are not in the snapshot, and read as zero/)]);
  });

  test('a structure has no raw form, and codecs do not apply to bytes', async () => {
    const path = image('corrupt-base');
    expect(await refusal(path, 'memory/0/btreemap', '--format', 'raw', '-o', target('x'))).toMatch(
      /memory\/0\/btreemap is a structure, .* It is in memory\/0\./,
    );
    expect(await refusal(path, 'memory/0', '--key', 'text', '-o', target('x'))).toMatch(/--key and --value decode entries/);
  });
});

describe('jsonl', () => {
  test('is the default for a structure, and what entries prints', async () => {
    const path = image('corrupt-base');
    const lines = await entriesOf(path, 'memory/0');
    expect(lines.length).toBeGreaterThan(10_000);
    expect((await exported(path, 'memory/0/btreemap')).toString()).toBe(lines);
    expect((await exported(path, 'memory/0', '--format', 'jsonl')).toString()).toBe(lines);
  });

  test('with the codecs that were chosen', async () => {
    const path = image('corrupt-base');
    const words = ['--key', 'bytes', '--value', 'bytes'];
    const lines = await entriesOf(path, 'memory/0', ...words);
    expect((await exported(path, 'memory/0/btreemap', ...words)).toString()).toBe(lines);
    expect(JSON.parse(lines.split('\n')[0] ?? '')).toMatchObject({ keyCodec: 'bytes' });
  });

  test('with characters that a terminal would obey, in a value longer than a chunk', async () => {
    const text = `\u202e"\n😀${'é'.repeat(CHUNK_LENGTH)}`;
    const value = new TextEncoder().encode(text);
    const memory = new BytesMemory();
    const manager = MemoryManager.init(memory, 1);
    writeGrowing(manager.get(0), at(0, 0), new Uint8Array(Uint32Array.of(value.length).buffer));
    writeGrowing(manager.get(0), at(0, 4), value);
    const path = put('long.bin', readBytes(memory, at(0, 0), byteLength(memory)));
    const layout = { log: { length: 'u32-le', count: 1 } };
    const labels = ['--labels', put('long.json', JSON.stringify({ memories: { 0: { layout, value: 'text' } } }))];
    const lines = (await exported(path, 'memory/0', '--format', 'jsonl', ...labels)).toString();
    expect(lines === (await entriesOf(path, 'memory/0', ...labels))).toBe(true);
    expect(lines).toContain('"valueText":"\\u202e\\"\\n😀é');
    expect(parsed(lines)[0]?.valueText === text).toBe(true);
  });

  test('guesses are said, and choices are not', async () => {
    const path = image('corrupt-base');
    const said = async (...words: readonly string[]) =>
      (await run('export', path, 'memory/0/btreemap', '--force', '-o', target('x'), ...words)).stdout.split('\n')[1];
    expect(await said()).toMatch(/^The encodings are guesses: key \S+, value \S+\. --key and --value choose others\.$/);
    expect(await said('--key', 'bytes')).toMatch(/^The encodings are guesses: value \S+\. /);
    expect(await said('--key', 'bytes', '--value', 'bytes')).toBe('');
  });
});

/** Returns the rows of a CSV file, as RFC 4180 says. */
function rowsOf(csv: string): readonly (readonly string[])[] {
  expect(csv.endsWith('\r\n')).toBe(true);
  const rows: string[][] = [[]];
  for (const [, quoted, plain = '', end] of csv.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    rows.at(-1)?.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === '\r\n') rows.push([]);
  }
  return rows.slice(0, -1);
}

const COLUMNS = ['index', 'path', 'keyText', 'key', 'valueText', 'value', 'address', 'offset'] as const;

const PARTS = [
  ['a map', 'corrupt-base', 'memory/0'],
  ['a value that an upgrade hook saved, with paths', 'openchat-like-b128', 'memory/0'],
  ['a log, whose data is in another memory', 'log-10k', 'memory/0'],
  ['a long value', 'k3-great-candid-cell', 'memory/0'],
] as const;

describe('csv', () => {
  test.each(PARTS)('%s has the same cells as its JSON', async (_, name, part) => {
    const path = image(name);
    const [header, ...rows] = rowsOf((await exported(path, part, '--format', 'csv')).toString());
    const lines = parsed(await entriesOf(path, part));
    expect(header).toEqual(COLUMNS);
    expect(rows).toEqual(lines.map((line) => COLUMNS.map((column) => String(line[column] ?? ''))));
  });
});

describe('parquet', () => {
  test.each(PARTS)('%s has the same cells as its JSON', async (_, name, part) => {
    const path = image(name);
    const file = new Uint8Array(await exported(path, part, '--format', 'parquet')).buffer;
    const rows = await parquetReadObjects({ file, utf8: false });
    const lines = parsed(await entriesOf(path, part));
    const bytes = (hex: string | undefined) => (hex === undefined ? undefined : new Uint8Array(Buffer.from(hex, 'hex')));
    const number = (value: number | undefined) => (value === undefined ? undefined : BigInt(value));
    expect(
      rows.map((row) => Object.fromEntries(Object.entries(row).map(([column, cell]) => [column, cell ?? undefined]))),
    ).toEqual(
      lines.map(({ index, path, keyText, key, valueText, value, address, offset }) => ({
        index: BigInt(index),
        path,
        keyText,
        key: bytes(key),
        valueText,
        value: bytes(value),
        address: number(address),
        offset: number(offset),
      })),
    );
  });

  test('the columns have types', async () => {
    const file = new Uint8Array(await exported(image('corrupt-base'), 'memory/0', '--format', 'parquet')).buffer;
    const { schema, created_by } = parquetMetadata(file);
    const types = schema
      .slice(1)
      .map(({ name, type, converted_type, repetition_type }) => [name, type, converted_type, repetition_type]);
    const text = ['BYTE_ARRAY', 'UTF8', 'OPTIONAL'];
    expect(types).toEqual([
      ['index', 'INT64', undefined, 'REQUIRED'],
      ['path', ...text],
      ['keyText', ...text],
      ['key', 'BYTE_ARRAY', undefined, 'OPTIONAL'],
      ['valueText', ...text],
      ['value', 'BYTE_ARRAY', undefined, 'OPTIONAL'],
      ['address', 'INT64', undefined, 'OPTIONAL'],
      ['offset', 'INT64', undefined, 'OPTIONAL'],
    ]);
    expect(created_by).toMatch(/^stable-memory version \d/);
  });
});

test('what cannot be read is said, with status 1, and the file has the rest', async () => {
  const path = image('wipe-header-zero-memory0');
  for (const format of ['jsonl', 'csv', 'parquet']) {
    const output = target(`lost.${format}`);
    const { status, stderr } = await run('export', path, 'memory/0', '-o', output, '--format', format);
    expect([status, stderr]).toEqual([
      1,
      expect.stringMatching(/^stable-memory: Not all entries could be read: The header .* lost/),
    ]);
  }
  expect(readFileSync(target('lost.jsonl'), 'utf8')).toBe(await entriesOf(path, 'memory/0'));
  expect(readFileSync(target('lost.csv'), 'utf8')).toBe(`${COLUMNS.join(',')}\r\n`);
  expect(await parquetReadObjects({ file: new Uint8Array(readFileSync(target('lost.parquet'))).buffer })).toEqual([]);
});

describe('refusals', () => {
  test('nothing to write to, and an unknown format', async () => {
    const path = image('corrupt-base');
    expect(await refusal(path, 'memory/0')).toMatch(/Say where to write: -o FILE\./);
    expect(await refusal(path, 'memory/0', '-o', target('x'), '--format', 'xml')).toMatch(
      /no format "xml".*raw, jsonl, csv, parquet/,
    );
  });

  test('a part that does not exist', async () => {
    const path = image('corrupt-base');
    const words = ['-o', target('x')];
    expect(await refusal(path, 'memory/99', ...words)).toMatch(/no part "memory\/99".*memory\/0, .*image, .*memory\/0\/btreemap/);
    expect(await refusal(path, 'memory/99', ...words, '--format', 'raw')).toMatch(
      /no memory or region "memory\/99".*memory\/0, /,
    );
    expect(await refusal(path, 'memory/99', ...words, '--format', 'csv')).toMatch(
      /no structure "memory\/99".*memory\/0\/btreemap/,
    );
    expect(await refusal(path, 'memory/0', ...words, '--format', 'csv', '--key', 'none')).toMatch(/no codec "none"/);
  });

  test('a memory of several structures', async () => {
    const memory = new BytesMemory();
    const manager = MemoryManager.init(memory, 1);
    writeGrowing(manager.get(0), at(0, 0), new TextEncoder().encode('onetwo'));
    for (const id of [1, 2]) writeGrowing(manager.get(id), at(0, 0), new Uint8Array([0, 3, 3, 3]));
    const path = put('two.bin', readBytes(memory, at(0, 0), byteLength(memory)));
    const layout = { index: { over: 0, offset: { at: 0, as: 'u8' }, size: { at: 1, as: 'u8' }, entry: 2, count: 2 } };
    const labels = put('two.json', JSON.stringify({ memories: { 1: { layout }, 2: { layout } } }));
    const words = ['--format', 'csv', '--labels', labels];
    expect(await refusal(path, 'memory/0', '-o', target('x'), ...words)).toMatch(
      /"memory\/0" has 2 structures: memory\/1\/indexed-log, memory\/2\/indexed-log\. Name one of them\./,
    );
    const [, ...rows] = rowsOf((await exported(path, 'memory/2', ...words)).toString());
    expect(rows.map((row) => row[4])).toEqual(['one', 'two']);
  });

  test('an existing file is replaced only with --force', async () => {
    const path = image('corrupt-base');
    const own = put('own.jsonl', 'mine');
    expect(await refusal(path, 'memory/0', '-o', own)).toMatch(/already exists\. .*--force/);
    expect(readFileSync(own, 'utf8')).toBe('mine');
    expect((await run('export', path, 'memory/0/btreemap', '-o', own, '--force')).status).toBe(0);
    expect(readFileSync(own, 'utf8')).toBe(await entriesOf(path, 'memory/0'));
  });

  test('the snapshot is never written to', async () => {
    const path = image('corrupt-base');
    expect(await refusal(path, 'memory/0', '-o', path, '--force')).toMatch(/is the file that is being read/);
    expect(readFileSync(path).equals(imageBytes('corrupt-base'))).toBe(true);
    const own = join(folder, 'download');
    mkdirSync(own);
    writeFileSync(join(own, 'stable_memory.bin'), imageBytes('corrupt-base'));
    writeFileSync(join(own, 'metadata.json'), '{}');
    expect(await refusal(own, 'memory/0', '-o', join(own, 'x'))).toMatch(/is in the folder of the snapshot/);
    expect(readdirSync(own).sort()).toEqual(['metadata.json', 'stable_memory.bin']);
  });
});

test('as a program of one file, from standard input', async () => {
  const program = await Program.build('export');
  try {
    const path = program.put('image.bin', imageBytes('corrupt-base'));
    const output = join(program.folder, 'out.parquet');
    const { status, stderr } = program.shell('cat "$1" | $PROGRAM export - memory/0 --format parquet -o "$2"', path, output);
    expect([status, stderr]).toEqual([0, '']);
    const rows = await parquetReadObjects({ file: new Uint8Array(readFileSync(output)).buffer, columns: ['index'] });
    expect(rows.length).toBe(parsed(await entriesOf(path, 'memory/0')).length);
  } finally {
    program.remove();
  }
});
