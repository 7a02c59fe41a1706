/** Tests what `edit` prints and writes, and how it ends. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { run, testFolder } from './in-process.ts';

vi.mock('node:worker_threads', () => import('./fake-worker.ts'));

const { folder, image, put } = testFolder('edit');
const path = image('a-before');
const sha256 = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');
const source = sha256(path);

test('says what it changed, and writes nothing when it is tried', async () => {
  const { status, stdout, stderr } = await run(
    'edit',
    path,
    'memory/0',
    '--key',
    '10',
    '--value',
    'another message',
    '--dry-run',
  );
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toMatchInlineSnapshot(`
    "memory/0/btreemap: changed 10.
      before  message 1 197
      after   another message
    59 bytes of the image differ. Nothing else has changed, and no check finds anything new.
    Nothing was written.
    "
  `);
});

test('writes a new snapshot folder and a patch that makes the same of the source', async () => {
  const [first, second, patch] = [join(folder, 'edited'), join(folder, 'patched'), join(folder, 'edit.jsonl')];
  const written = await run('edit', path, 'memory/0', '--key', '10', '--value', 'x', '-o', first, '--patch', patch, '--json');
  expect([written.status, JSON.parse(written.stdout)]).toEqual([
    0,
    expect.objectContaining({
      schema: 'stable-memory/edit/1',
      part: 'memory/0/btreemap',
      edit: 'set',
      keyText: '10',
      lengthBefore: '1000',
      lengthAfter: '1000',
      pages: 0,
      folder: first,
      patch,
    }),
  ]);
  await run('patch', path, patch, '-o', second);
  expect(sha256(join(second, 'stable_memory.bin'))).toBe(sha256(join(first, 'stable_memory.bin')));
  const report = JSON.parse((await run('diff', path, first, '--json')).stdout);
  expect(report.structures.filter((one: { readonly change: string }) => one.change !== 'none')).toEqual([
    expect.objectContaining({ part: 'memory/0/btreemap', added: 0, removed: 0, changed: 1 }),
  ]);
  expect(sha256(path)).toBe(source);
});

test('inserts, removes, and takes a value from a file', async () => {
  const inserted = join(folder, 'inserted');
  const value = put('value.bin', 'from a file');
  await run('edit', path, 'memory/0', '--key', '5000000', '--insert', '--value-file', value, '-o', inserted);
  const found = await run('find', inserted, '5000000', '--as', 'key', '--in', 'memory/0');
  expect(found.stdout).toContain('from a file');
  const removed = await run('edit', inserted, 'memory/0', '--key', '5000000', '--remove', '--dry-run', '--json');
  expect(JSON.parse(removed.stdout)).toMatchObject({ edit: 'remove', lengthBefore: '1001', lengthAfter: '1000' });
});

test('refuses what it cannot do, and leaves nothing behind', async () => {
  const output = join(folder, 'refused');
  const refusal = async (...words: readonly string[]): Promise<string> => {
    const { status, stderr } = await run('edit', ...words);
    expect(status).toBe(2);
    return stderr;
  };
  expect(await refusal(path, 'memory/0', '--key', '10', '--value', 'x')).toContain('-o FOLDER');
  expect(await refusal(path, 'memory/0', '--key', 'seven', '--value', 'x', '-o', output)).toContain('is not a value in u64-be');
  expect(await refusal(path, 'memory/0', '--key', '7', '--remove', '--insert', '-o', output)).toContain('One edit at a time');
  expect(await refusal(path, 'memory/3', '--value', 'x', '-o', output)).toContain('can only append');
  expect(await refusal(path, 'memory/0', '--key', '10', '--value', 'x', '--value-codec', 'no', '-o', output)).toContain(
    'no codec "no"',
  );
  expect(await refusal(image('corrupt-btree-len'), 'memory/0', '--key', '7', '--remove', '-o', output)).toContain(
    'Repair it first',
  );
  expect(await refusal(path, 'memory/0', '--key', '10', '--value', 'x', '-o', folder)).toContain('already exists');
  expect(await refusal(path, 'memory/0', '--key', '10', '--value', 'x', '-o', output, '--dry-run')).toContain('writes nothing');
  expect(await refusal(path, 'memory/2', '--insert', '--index', '3', '--value', '5', '-o', output)).toContain(
    'Leave out --index',
  );
  expect(existsSync(output)).toBe(false);
});

test('the bytes of a file must be readable as the other values are, too', async () => {
  const value = put('not-text.bin', Uint8Array.of(0xff, 0xfe));
  const words = ['edit', path, 'memory/0', '--key', '10', '--value-file', value, '--dry-run'];
  expect(await run(...words)).toMatchObject({ status: 2, stderr: expect.stringContaining('cannot be read as text') });
  expect(await run(...words, '--value-codec', 'bytes')).toMatchObject({ status: 0, stderr: '' });
  const directory = await run('edit', path, 'memory/0', '--key', '10', '--value-file', folder, '--dry-run');
  expect([directory.status, directory.stderr]).toEqual([2, expect.stringContaining('is a folder, not a file')]);
});

test.each([
  ['that exists', 'taken.jsonl', 'already exists'],
  ['in a folder that does not exist', 'nowhere/edit.jsonl', 'nowhere/edit.jsonl'],
])('no folder is written if the patch is a file %s', async (_, name, sentence) => {
  put('taken.jsonl', 'something else');
  const [output, patch] = [join(folder, 'whole'), join(folder, name)];
  const { status, stderr } = await run('edit', path, 'memory/0', '--key', '10', '--value', 'x', '-o', output, '--patch', patch);
  expect([status, stderr]).toEqual([2, expect.stringContaining(sentence)]);
  expect(existsSync(output)).toBe(false);
});
