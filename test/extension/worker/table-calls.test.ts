import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { UserError } from '../../../engine/core/user-error.ts';
import { findStructure } from '../../../engine/snapshot/find-part.ts';
import { codecOf } from '../../../engine/values/codecs.ts';
import type { MemoryRef } from '../../../engine/views/protocol.ts';
import { tableHandlers } from '../../../extension/worker/table-calls.ts';
import { Snapshots } from '../../../servers/open-files/snapshots.ts';
import { imageBytes } from '../../fixtures.ts';

const folder = mkdtempSync(join(tmpdir(), 'table-calls-'));
const path = join(folder, 'image.bin');
writeFileSync(path, imageBytes('corrupt-base'));
const snapshots = new Snapshots({});
afterAll(async () => {
  await snapshots.close(path);
  rmSync(folder, { recursive: true });
});

const memory: MemoryRef = { kind: 'snapshot', path };
const snapshot = (of: MemoryRef) => (of.kind === 'snapshot' ? snapshots.get(of.path) : expect.fail());
const calls = tableHandlers({
  snapshot,
  structure: async (of, part) => {
    const image = await snapshot(of);
    const placed = findStructure(image, part);
    if (placed === undefined) throw new UserError('request', `There is no ${part}.`);
    return [image, placed];
  },
});
const part = 'memory/0/btreemap';

test('a table is opened, read, searched and copied', async () => {
  const subjects = await calls['table/subjects']({ memory, offset: undefined });
  expect(subjects.map((subject) => subject.part)).toContain(part);
  const { columns, length, isWhole } = await calls['table/open']({ memory, part });
  expect([length, isWhole, columns.map(({ id }) => id)]).toEqual([
    450,
    true,
    ['index', 'key', 'value', 'keySize', 'valueSize', 'address'],
  ]);
  const { rows, until } = await calls['table/rows']({ memory, part, from: 440, count: 50 });
  expect([rows.length, until, rows[0]?.index]).toEqual([10, 450, 440]);
  expect(await calls['table/index']({ memory, part })).toEqual({ known: 450, isWhole: true });
  const begun = await calls['table/search']({ memory, part, wanted: { kind: 'filter', expression: 'value contains "3"' } });
  if ('problem' in begun) throw new Error(begun.problem);
  const found = [];
  for (;;) {
    const more = await calls['table/search-more']({ memory, part, search: begun.search });
    found.push(...more.rows);
    if (more.isDone) break;
  }
  expect(found.length).toBeGreaterThan(50);
  expect(await calls['table/copy']({ memory, part, index: 1, format: 'tsv', columns: ['index', 'value'] })).toBe(
    `1\t${rows[0] === undefined ? '' : 'value 3'}`,
  );
});

test('a filter that makes no sense is a problem with its place, and a search that was given up says so', async () => {
  expect(await calls['table/search']({ memory, part, wanted: { kind: 'filter', expression: 'value ==' } })).toEqual({
    problem: 'The expression ends where a value is expected.',
    start: 8,
  });
  expect(await calls['table/search-more']({ memory, part, search: 999 })).toMatchObject({ isDone: true, rows: [] });
});

test('a table that is opened again has the columns of the present codecs', async () => {
  const image = await snapshot(memory);
  image.decoding.choose(part, 'key', codecOf('bytes'));
  const { columns } = await calls['table/open']({ memory, part });
  expect(columns.find(({ id }) => id === 'key')?.about).toBe('the key, decoded as bytes');
  const { rows } = await calls['table/rows']({ memory, part, from: 1, count: 1 });
  expect(rows[0]?.cells[1]).toMatch(/^[\da-f]{16}$/);
  image.decoding.choose(part, 'key', undefined);
});

test('a structure that is not there is an error with a sentence', async () => {
  await expect(calls['table/open']({ memory, part: 'memory/200/vec' })).rejects.toThrow('There is no memory/200/vec.');
});
