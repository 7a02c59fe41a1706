/** Tests the long work that the editor asks of the engine: shapes and exports. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { BytesMemory } from '../../../engine/core/memory/bytes-memory.ts';
import { at, byteLength, readBytes, writeGrowing } from '../../../engine/core/memory/memory.ts';
import { MemoryManager } from '../../../engine/rust/memory-manager/operate.ts';
import { findStructure } from '../../../engine/snapshot/find-part.ts';
import type { MemoryRef, WorkPart } from '../../../engine/views/protocol.ts';
import { workHandlers } from '../../../extension/worker/work-calls.ts';
import { LongWork } from '../../../servers/open-files/long-work.ts';
import { Snapshots } from '../../../servers/open-files/snapshots.ts';
import { imageBytes } from '../../fixtures.ts';
import { contentOf, databaseFile } from '../../sqlite.ts';

const top = mkdtempSync(join(tmpdir(), 'work-calls-'));
afterAll(() => rmSync(top, { recursive: true, force: true }));

const snapshots = new Snapshots({});
const pathOf = (memory: MemoryRef): string => (memory.kind === 'snapshot' ? memory.path : '');
const { stopOn, ...calls } = workHandlers(
  {
    snapshot: (memory) => snapshots.get(pathOf(memory)),
    structure: async (memory, part) => {
      const image = await snapshots.get(pathOf(memory));
      return [image, findStructure(image, part) ?? expect.fail()];
    },
    sources: (memory) => snapshots.sources(pathOf(memory)),
  },
  new LongWork(),
);

/** Puts a snapshot folder on disk. A `size` beyond the bytes makes a sparse file. */
function snapshotOf(name: string, bytes: Uint8Array, size = bytes.length): MemoryRef {
  const folder = join(top, name);
  mkdirSync(folder);
  writeFileSync(join(folder, 'stable_memory.bin'), bytes);
  truncateSync(join(folder, 'stable_memory.bin'), size);
  writeFileSync(join(folder, 'metadata.json'), JSON.stringify({ stable_memory_size: size }));
  return { kind: 'snapshot', path: join(folder, 'stable_memory.bin') };
}

const chat = snapshotOf('chat', imageBytes('openchat-like-b128'));

/** Goes on with work to its end. */
async function result(work: number) {
  for (;;) {
    const part: WorkPart = await calls['work/more']({ work });
    if (part.isDone) return part;
    if (part.part !== undefined) expect(part.part).toBeLessThanOrEqual(1);
  }
}

function target(name: string): string {
  return join(top, name);
}

test('the shape of a map is a page of text', async () => {
  const work = await calls['memory/shape']({ memory: chat, part: 'memory/3/btreemap' });
  const { text, problems } = await result(work);
  expect(text.split('\n').slice(0, 4)).toEqual([
    'chat: memory 3 · BTreeMap',
    '',
    'memory/3/btreemap: BTreeMap',
    '2,767 entries, with 22.2 KiB of keys and 511.6 KiB of values',
  ]);
  expect(problems).toEqual([]);
});

describe('an export', () => {
  test.each([
    ['memory/3', ['raw', 'jsonl', 'csv', 'parquet']],
    ['memory/3/btreemap', ['jsonl', 'csv', 'parquet']],
  ])('of %s has the formats %j', async (part, formats) =>
    expect(await calls['memory/export-formats']({ memory: chat, part })).toEqual(formats),
  );

  test('writes the file, and says what it has', async () => {
    const file = target('messages.csv');
    const work = await calls['memory/export']({ memory: chat, part: 'memory/3', format: 'csv', file });
    expect(existsSync(file)).toBe(false);
    const { text, problems } = await result(work);
    expect(text).toMatch(/messages\.csv was written: 2,767 entries\. The encodings are guesses: key bytes, value .*“Decode As…”/);
    expect(problems).toEqual([]);
    expect(readFileSync(file, 'utf8').split('\r\n')).toHaveLength(2_769);
  });

  test('writes what Parquet has in pieces, with other work between them', async () => {
    const file = target('messages.parquet');
    const work = await calls['memory/export']({ memory: chat, part: 'memory/3/btreemap', format: 'parquet', file });
    await result(work);
    expect(readFileSync(file).subarray(0, 4).toString()).toBe('PAR1');
  });

  test('replaces a file that the user chose to replace', async () => {
    const file = target('there.bin');
    writeFileSync(file, 'old');
    await result(await calls['memory/export']({ memory: chat, part: 'memory/3', format: 'raw', file }));
    expect(readFileSync(file).length % 65_536).toBe(0);
  });

  test('never writes into the folder of its snapshot', async () => {
    const file = join(pathOf(chat), '..', 'new.bin');
    const work = await calls['memory/export']({ memory: chat, part: 'memory/3', format: 'raw', file });
    await expect(result(work)).rejects.toThrow(/is in the folder of the snapshot that is being read\. Write elsewhere\./);
    expect(readdirSync(join(top, 'chat')).sort()).toEqual(['metadata.json', 'stable_memory.bin']);
  });

  test('leaves nothing when it is given up', async () => {
    const before = readdirSync(top);
    const memory = snapshotOf('large', new Uint8Array(), 2 ** 28);
    const work = await calls['memory/export']({ memory, part: 'image', format: 'raw', file: target('large.bin') });
    const first = await calls['work/more']({ work });
    expect(first.isDone).toBe(false);
    expect(readdirSync(top).filter((name) => name.endsWith('.part'))).toHaveLength(1);
    await calls['work/stop']({ work });
    expect(readdirSync(top).sort()).toEqual([...before, 'large'].sort());
    expect(() => calls['work/more']({ work })).toThrow('This was given up, because its memory was closed. Try again.');
  });

  test('is given up when its memory is closed', async () => {
    const work = await calls['memory/export']({ memory: chat, part: 'memory/3', format: 'jsonl', file: target('closed.jsonl') });
    stopOn(chat);
    expect(() => calls['work/more']({ work })).toThrow('This was given up');
    expect(existsSync(target('closed.jsonl'))).toBe(false);
  });

  test('of a memory with a database is that database by default', async () => {
    const file = databaseFile(2_000);
    const image = new BytesMemory();
    writeGrowing(MemoryManager.init(image, 1).get(120), at(0, 0), file);
    const memory = snapshotOf('database', readBytes(image, at(0, 0), byteLength(image)));
    expect(await calls['memory/export-formats']({ memory, part: 'memory/120' })).toEqual(['sqlite', 'raw']);
    const { text } = await result(
      await calls['memory/export']({ memory, part: 'memory/120', format: 'sqlite', file: target('main.sqlite') }),
    );
    expect(text).toContain('main.sqlite was written: ');
    expect(contentOf(readFileSync(target('main.sqlite')))).toMatchObject({ count: 2_000, check: ['ok'] });
  });
});
