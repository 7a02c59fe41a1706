import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { MemoryRef, WorkResult } from '../../../engine/views/protocol.ts';
import { rescueHandlers } from '../../../extension/worker/rescue-calls.ts';
import { LongWork } from '../../../servers/open-files/long-work.ts';
import { Snapshots } from '../../../servers/open-files/snapshots.ts';
import { imageBytes } from '../../fixtures.ts';

const top = mkdtempSync(join(tmpdir(), 'rescue-calls-'));
afterAll(() => rmSync(top, { recursive: true, force: true }));

const snapshots = new Snapshots({});
const work = new LongWork();
const calls = rescueHandlers(snapshots, work);

/** Puts a snapshot folder on disk. */
function put(name: string, bytes = imageBytes(name)): Extract<MemoryRef, { kind: 'snapshot' }> {
  const folder = join(top, name);
  mkdirSync(folder);
  writeFileSync(join(folder, 'stable_memory.bin'), bytes);
  writeFileSync(join(folder, 'metadata.json'), JSON.stringify({ stable_memory_size: bytes.length }));
  return { kind: 'snapshot', path: join(folder, 'stable_memory.bin') };
}

/** Goes on with work to its end. */
function result(number: number): WorkResult {
  for (;;) {
    const part = work.more(number, 40);
    if (part.isDone) return part;
  }
}

test('a repair is tried on a copy, and written as a new folder', async () => {
  const memory = put('corrupt-btree-child-cycle');
  const before = readFileSync(memory.path);
  const { text } = result(await calls['rescue/repair']({ memory }));
  expect(text).toMatch(/^Repair of a copy of corrupt-btree-child-cycle.*\n\nRepaired\n {2}error: /);
  expect(await calls['rescue/repaired']({ memory })).toEqual({ repairs: 1, errors: 0 });
  const folder = join(top, 'repaired');
  await calls['rescue/write-repaired']({ memory, folder });
  expect(readFileSync(memory.path)).toEqual(before);
  const again = { kind: 'snapshot', path: join(folder, 'stable_memory.bin') } as const;
  expect(result(await calls['rescue/repair']({ memory: again })).text).toContain('Nothing to repair');
  expect(await calls['rescue/repaired']({ memory: again })).toEqual({ repairs: 0, errors: 0 });
  await expect(calls['rescue/write-repaired']({ memory, folder })).rejects.toThrow(/repaired/);
});

test('a repair of a snapshot that was closed meanwhile is not written', async () => {
  const memory = put('corrupt-btree-child-cycle-closed', imageBytes('corrupt-btree-child-cycle'));
  result(await calls['rescue/repair']({ memory }));
  await snapshots.close(memory.path);
  const folder = join(top, 'not-written');
  await expect(calls['rescue/write-repaired']({ memory, folder })).rejects.toThrow('Try the repair again.');
  expect(existsSync(folder)).toBe(false);
});

test('what can be recovered is listed, and written to a file', async () => {
  const memory = put('btreemap-v2-overflow-churn');
  const { text, found = 0 } = result(await calls['rescue/recover']({ memory }));
  expect(found).toBeGreaterThan(0);
  expect(text).toContain(`${found.toLocaleString('en')} entr`);
  const file = join(top, 'recovered.jsonl');
  const written = result(await calls['rescue/write-recovered']({ memory, file, format: 'jsonl' }));
  expect(written.text).toContain(file);
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  expect(lines).toHaveLength(found);
  expect(Object.keys(JSON.parse(lines[0] ?? ''))).toEqual(expect.arrayContaining(['part', 'source', 'confidence']));
});

test('a step of a trace is not repaired', () =>
  expect(calls['rescue/repair']({ memory: { kind: 'step', session: 'one' } })).rejects.toThrow('Open a snapshot.'));
