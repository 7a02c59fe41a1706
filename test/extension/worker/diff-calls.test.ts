import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { ComparisonSummary, DifferenceRow } from '../../../engine/views/diff/calls.ts';
import { diffHandlers } from '../../../extension/worker/diff-calls.ts';
import { ComparedMemories } from '../../../servers/open-files/compared-memories.ts';
import { Snapshots } from '../../../servers/open-files/snapshots.ts';
import { Traces } from '../../../servers/open-files/traces.ts';
import { imageBytes } from '../../fixtures.ts';

const folder = mkdtempSync(join(tmpdir(), 'diff-calls-'));
afterAll(() => rmSync(folder, { recursive: true }));

function put(name: string) {
  const path = join(folder, `${name}.bin`);
  writeFileSync(path, imageBytes(name));
  return { kind: 'snapshot', path } as const;
}

const [before, after] = [put('a-before'), put('a-after')];
const snapshots = new Snapshots({});
const calls = diffHandlers(new ComparedMemories(snapshots, new Traces({}), {}));

/** Goes on until the comparison is done. Returns what it said it did, and the summary. */
async function finished(): Promise<readonly [ReadonlySet<string>, ComparisonSummary]> {
  const doing = new Set<string>();
  for (;;) {
    const part = await calls['diff/more']({});
    if (part.isDone) return [doing, part.summary];
    doing.add(part.text);
  }
}

/** Asks until all entries are found. */
async function allRows(list: { readonly structure: number; readonly only: 'removed' }): Promise<readonly DifferenceRow[]> {
  for (;;) {
    const { rows, isWhole } = await calls['diff/entries']({ ...list, from: 0, count: 9 });
    if (isWhole) return rows;
  }
}

test('a comparison goes on part by part, and then lists entries', async () => {
  await calls['diff/begin']({ before, after, folders: [] });
  const [doing, summary] = await finished();
  expect([...doing]).toEqual(expect.arrayContaining(['Reading all of a-after.bin', 'Comparing their structures']));
  expect([summary.before.title, summary.after.title]).toEqual(['a-before.bin', 'a-after.bin']);
  const [map] = summary.structures.items;
  const rows = await allRows({ structure: map?.index ?? -1, only: 'removed' });
  expect(rows.map(({ name }) => name)).toEqual(['760', '1520', '2280', '3040', '3800']);
  const details = await calls['diff/entry']({ structure: map?.index ?? -1, only: 'removed', position: 0 });
  expect([details.change, details.after]).toEqual(['removed', undefined]);
  // It is done once; the page may ask again.
  expect((await calls['diff/more']({})).isDone).toBe(true);
});

test('the other way round, what was added was removed', async () => {
  await calls['diff/begin']({ before: after, after: before, folders: [] });
  const [, summary] = await finished();
  expect(summary.structures.items[0]).toMatchObject({ added: 5, removed: 10, changed: 7 });
});

test('a comparison that was closed, or never began, says so', async () => {
  await calls['diff/begin']({ before, after, folders: [] });
  await calls['diff/close']({});
  await expect(calls['diff/more']({})).rejects.toThrow('Compare the snapshots again.');
  await expect(calls['diff/entries']({ structure: 0, only: undefined, from: 0, count: 1 })).rejects.toThrow('given up');
});

test('two steps of a trace are compared, from the state that its snapshot begins with', async () => {
  const trace = join(import.meta.dirname, '../../fixtures/traces/trace-main-memory.jsonl.gz');
  const at = (step: number) => ({ kind: 'step', trace, step }) as const;
  await calls['diff/begin']({ before: at(2_000), after: at(3_000), folders: [] });
  const [, summary] = await finished();
  expect([summary.before.title, summary.after.title]).toEqual([
    'trace-main-memory.jsonl.gz, step 2,000',
    'trace-main-memory.jsonl.gz, step 3,000',
  ]);
  const map = summary.structures.items.find(({ part }) => part === 'memory/0/btreemap');
  expect([map?.after?.length, map?.change]).toEqual(['22', 'changed']);
  const { changes } = await calls['diff/map']({ cells: 64 });
  expect(changes.length).toBeLessThanOrEqual(64);
});

test('steps of a trace without an image are an error with a sentence', async () => {
  const trace = join(import.meta.dirname, '../../fixtures/traces/ties__mr-1.4.0+ab-0.7.1.jsonl.gz');
  const at = (step: number) => ({ kind: 'step', trace, step }) as const;
  await expect(calls['diff/begin']({ before: at(1), after: at(2), folders: [] })).rejects.toThrow('has no image of the memory');
});

test('a file that is not there is an error with a sentence', async () => {
  const missing = { kind: 'snapshot', path: join(folder, 'gone.bin') } as const;
  await expect(calls['diff/begin']({ before, after: missing, folders: [] })).rejects.toThrow(/gone\.bin/);
});
