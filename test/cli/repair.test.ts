/** Tests what `repair` prints and writes, and how it ends. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { imageBytes } from '../fixtures.ts';
import { run, testFolder } from './in-process.ts';

vi.mock('node:worker_threads', () => import('./fake-worker.ts'));

const { folder, image } = testFolder('repair');
const path = (name: string): string => join(folder, name);

test('writes the repaired snapshot and the patch, which makes the same again', async () => {
  const source = image('bt-inner-as-leaf');
  const { status, stdout, stderr } = await run('repair', source, '-o', path('new'), '--patch', path('p.jsonl'));
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout.replaceAll(folder, 'FOLDER')).toMatchInlineSnapshot(`
    "Repaired
      error: 1 leaf is at level 2, the others at level 3.  memory/0/btreemap, 0x155c4 +7  [btree.leaf-depth]
        Made the node an internal node. 1 byte changed.

    Before: 4 errors, 1 warning.
    After: 0 errors, 0 warnings.
    FOLDER/new was written, and checked again.
    FOLDER/p.jsonl was written.
    Only the stable memory is known, so the folder has no module and no main memory. To upload it, put its stable_memory.bin into a copy of the folder that the snapshot was downloaded to.
    "
  `);
  const bytes = readFileSync(path('new/stable_memory.bin'));
  expect(bytes.compare(imageBytes('corrupt-base'))).toBe(0);
  expect(readFileSync(source).compare(imageBytes('bt-inner-as-leaf'))).toBe(0);
  expect((await run('patch', source, path('p.jsonl'), '-o', path('patched'))).status).toBe(0);
  expect(readFileSync(path('patched/stable_memory.bin')).compare(bytes)).toBe(0);
  expect((await run('check', path('new'))).stdout).toBe('No findings.\n');
});

test('prints the same as JSON', async () => {
  const { status, stdout } = await run('repair', image('corrupt-btree-len'), '-o', path('json'), '--json');
  const report = JSON.parse(stdout);
  expect([status, report.schema, report.folder]).toEqual([0, 'stable-memory/repair/1', path('json')]);
  expect(report.repaired).toEqual([
    expect.objectContaining({ code: 'btree.length', part: 'memory/0/btreemap', offset: 65556, bytes: 1 }),
  ]);
  expect([report.before.errors, report.before.warnings, report.after.errors, report.after.findings]).toEqual([1, 1, 0, []]);
});

test('a dry run writes nothing', async () => {
  const before = readdirSync(folder);
  const { status, stdout } = await run('repair', image('corrupt-btree-len'), '--dry-run');
  expect([status, stdout.split('\n')[0]]).toEqual([0, 'Repaired']);
  expect(readdirSync(folder)).toEqual(before);
});

test('a sound snapshot is left alone, and nothing is written', async () => {
  const { status, stdout } = await run('repair', image('corrupt-base'), '-o', path('sound'));
  expect([status, stdout]).toEqual([0, 'Nothing to repair: there are no errors and no warnings.\n']);
  expect(existsSync(path('sound'))).toBe(false);
});

test('where errors are left, it says why and exits with 1', async () => {
  const { status, stdout } = await run('repair', image('corrupt-btree-keys-unsorted'), '-o', path('left'));
  expect(status).toBe(1);
  expect(stdout).toMatchInlineSnapshot(`
    "Not repaired
      error: 2 keys here are not in the order that the others follow (bytes): searches miss entries here.  memory/0/btreemap, 0xb3123 +16  [btree.keys-unsorted]
        The order of keys shows that some are in the wrong place, or damaged, but not what was there before.

    Before: 1 error, 0 warnings.
    Nothing was repaired.
    "
  `);
  expect(existsSync(path('left'))).toBe(false);
});

test('only the named findings are repaired', async () => {
  const source = image('corrupt-btree-len');
  expect((await run('repair', source, '--dry-run', '--only', 'alloc.count')).stdout).toContain('Nothing was repaired.');
  expect((await run('repair', source, '--dry-run', '--only', 'alloc.count,btree.length')).stdout).toContain('After: 0 errors');
});

test('what cannot be used is refused with one sentence', async () => {
  const source = image('corrupt-btree-len');
  const told = async (...words: readonly string[]): Promise<readonly [number, string]> => {
    const { status, stderr } = await run('repair', source, ...words);
    return [status, stderr];
  };
  expect(await told()).toEqual([2, expect.stringContaining('Say where to write: -o FOLDER.')]);
  expect(await told('--dry-run', '-o', path('x'))).toEqual([2, expect.stringContaining('--dry-run writes nothing.')]);
  expect(await told('--dry-run', '--only', 'btree.lenght')).toEqual([2, expect.stringContaining('no finding "btree.lenght"')]);
  expect(await told('-o', folder)).toEqual([2, expect.stringContaining('already exists. Choose a new folder.')]);
  expect(await told('-o', path('whole'), '--patch', source)).toEqual([
    2,
    expect.stringContaining('is the file that is being read'),
  ]);
  expect(await told('-o', path('whole'), '--patch', path('nowhere/p.jsonl'))).toEqual([2, expect.stringContaining('nowhere')]);
  expect(existsSync(path('whole'))).toBe(false);
});
