/** The command `check` with a layout lock, a baseline, and its formats; and the command `lock`. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { imageBytes } from '../fixtures.ts';
import { run, testFolder } from './in-process.ts';

vi.mock('node:worker_threads', () => import('./fake-worker.ts'));

const { folder, put, image } = testFolder('check');
const path = (name: string): string => join(folder, name);
const read = (name: string): string => readFileSync(path(name), 'utf8');

const sound = image('corrupt-base');
const damaged = image('corrupt-btree-len');
/** Has a warning and no error. */
const leaking = image('leak-v063-overflow');
const other = image('mm-basic');

test('a lock is written once, and contradicts nothing of its own snapshot', async () => {
  const first = await run('lock', sound, '-o', path('first.lock.json'));
  expect(first).toMatchObject({ status: 0, stderr: '', stdout: `${path('first.lock.json')} was written: 8 memories.\n` });
  expect(await run('check', sound, '--lock', path('first.lock.json'))).toMatchObject({ status: 0, stdout: 'No findings.\n' });
  const text = read('first.lock.json');
  expect(await run('lock', sound, '-o', path('first.lock.json'))).toEqual({
    status: 2,
    stdout: '',
    stderr: `stable-memory: ${path('first.lock.json')} already exists. Bring it up to date with --update, or replace it with --force.\n`,
  });
  expect(read('first.lock.json')).toBe(text);
  expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
});

test('an update keeps states and notes, --force does not', async () => {
  await run('lock', sound, '-o', path('edited.lock.json'));
  writeFileSync(
    path('edited.lock.json'),
    read('edited.lock.json').replace('"state": "live",', '"state": "deprecated",\n      "note": "old users",'),
  );
  const updated = await run('lock', sound, '-o', path('edited.lock.json'), '--update');
  expect(updated.stdout).toBe(
    `memory 0: a digest of its content was added.\n${path('edited.lock.json')} was written: 8 memories.\n`,
  );
  expect(read('edited.lock.json')).toContain('"note": "old users"');
  expect((await run('lock', sound, '-o', path('edited.lock.json'), '--update')).stdout).toMatch(/ Nothing changed\.\n$/);
  expect((await run('lock', sound, '-o', path('edited.lock.json'), '--force')).status).toBe(0);
  expect(read('edited.lock.json')).not.toContain('old users');
});

test('an update of a file that is not there writes it; with --json, as a line', async () => {
  const { status, stdout } = await run('lock', sound, '-o', path('new.lock.json'), '--update', '--json');
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toEqual({
    schema: 'stable-memory/lock-written/1',
    file: path('new.lock.json'),
    spaces: 8,
    variables: 0,
    changes: [],
    errors: 0,
  });
});

test('declared types are in the lock, and labels that say another type contradict it', async () => {
  const labels = (name: string, key: string): string => put(name, JSON.stringify({ memories: { 0: { key, value: 'text' } } }));
  await run('lock', sound, '-o', path('typed.lock.json'), '--labels', labels('a.json', 'u64-be'));
  expect(read('typed.lock.json')).toContain('"key": "u64-be"');
  const { status, stdout } = await run('check', sound, '--lock', path('typed.lock.json'), '--labels', labels('b.json', 'i64-be'));
  expect(status).toBe(1);
  expect(stdout).toContain('error: The keys of memory 0 are declared as i64-be; in the lock they are u64-be.\n');
});

test('a lock of damage says so, and of a partial snapshot there is none', async () => {
  const { status, stderr } = await run('lock', damaged, '-o', path('damaged.lock.json'));
  expect(status).toBe(0);
  expect(stderr).toMatch(/^stable-memory: The snapshot has 1 error, so the lock may describe damage\./);
  const cut = put('cut.bin', imageBytes('corrupt-base').subarray(0, 100_000));
  const refused = await run('lock', cut, '-o', path('cut.lock.json'));
  expect(refused).toMatchObject({ status: 2, stdout: '' });
  expect(refused.stderr).toMatch(/^stable-memory: Not all of the snapshot could be read[^\n]*\n$/);
  expect(existsSync(path('cut.lock.json'))).toBe(false);
});

test('nothing is written into the folder of the snapshot', async () => {
  const snapshot = path('snapshot');
  mkdirSync(snapshot);
  writeFileSync(join(snapshot, 'stable_memory.bin'), imageBytes('corrupt-base'));
  const { status, stderr } = await run('lock', snapshot, '-o', join(snapshot, 'lock.json'));
  expect(status).toBe(2);
  expect(stderr).toMatch(/is in the folder of the snapshot that is being read\. Write elsewhere\.\n$/);
});

test.each([
  [['lock', sound], 'Say where to write: -o stable-memory.lock.json.'],
  [['lock', sound, '-o', path('x'), '--update', '--force'], '--update and --force contradict each other. Use one of them.'],
  [['check', sound, '--lock', put('empty.json', '')], `${path('empty.json')} is not a layout lock: it is not JSON.`],
  [
    ['check', sound, '--lock', put('huge.json', new Uint8Array(2 ** 24 + 1))],
    /larger than 16 MiB, the maximum for such a file\.$/,
  ],
  [['check', sound, '--lock', path('nowhere.json')], /nowhere\.json/],
  [['lock', sound, '-o', put('bad.json', '{}'), '--update'], /^.*bad\.json is not a layout lock: it has no "schema"/],
  [
    ['check', sound, '--baseline', put('not-baseline.json', '{}')],
    /is not a baseline: its schema is not "stable-memory\/baseline\/1"\./,
  ],
  [['check', sound, '--baseline', path('not-baseline.json'), '--write-baseline'], /is not a baseline/],
  [['check', sound, '--write-baseline'], 'Say where to write the baseline: --baseline FILE.'],
  [['check', sound, '--fail-on', 'constructor'], '--fail-on takes error, warning, never, not "constructor".'],
  [['check', sound, '--format', 'xml'], 'There is no format "xml". Use text, json, sarif, github.'],
  [['check', sound, '--json', '--format', 'sarif'], '--json and --format sarif contradict each other. Use one of them.'],
])('%j is refused', async (words, sentence) => {
  const { status, stdout, stderr } = await run(...words);
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/^stable-memory: [^\n]+\n$/);
  const message = stderr.trim().replace('stable-memory: ', '');
  if (typeof sentence === 'string') expect(message).toBe(sentence);
  else expect(message).toMatch(sentence);
});

test.each([
  ['error', [1, 0, 0]],
  ['warning', [1, 1, 0]],
  ['never', [0, 0, 0]],
])('--fail-on %s', async (severity, statuses) => {
  const found = [];
  for (const snapshot of [damaged, leaking, sound]) found.push((await run('check', snapshot, '--fail-on', severity)).status);
  expect(found).toEqual(statuses);
});

test('an incomplete check fails, whatever --fail-on says', async () => {
  const pages = 3 * 65_536;
  const snapshot = path('partial');
  mkdirSync(snapshot);
  writeFileSync(join(snapshot, 'stable_memory.bin'), imageBytes('corrupt-base').subarray(0, pages));
  writeFileSync(join(snapshot, 'metadata.json'), JSON.stringify({ stable_memory_size: imageBytes('corrupt-base').length }));
  expect((await run('check', snapshot, '--fail-on', 'never')).status).toBe(1);
});

test('findings of a baseline pass, new ones do not', async () => {
  const baseline = path('known.json');
  const written = await run('check', damaged, '--baseline', baseline, '--write-baseline');
  expect(written).toEqual({ status: 0, stdout: '', stderr: `stable-memory: ${baseline} was written: 2 findings.\n` });
  expect(await run('check', damaged, '--baseline', baseline)).toMatchObject({
    status: 0,
    stdout: 'No new findings.\n2 findings of the baseline are not listed.\n',
  });
  expect(JSON.parse((await run('check', damaged, '--baseline', baseline, '--json')).stdout)).toMatchObject({
    findings: [],
    known: 2,
  });
  await run('lock', sound, '-o', path('known.lock.json'));
  const { status, stdout } = await run('check', other, '--baseline', baseline, '--lock', path('known.lock.json'));
  expect(status).toBe(1);
  expect(stdout).toContain('[lock.');
  expect((await run('check', damaged, leaking, '--baseline', baseline, '--write-baseline')).status).toBe(0);
  expect((await run('check', damaged, leaking, '--baseline', baseline, '--fail-on', 'warning')).status).toBe(0);
});

test('SARIF has a run for each snapshot; what contradicts a lock is at its line there', async () => {
  await run('lock', sound, '-o', path('sarif.lock.json'));
  const { status, stdout } = await run('check', sound, other, '--lock', path('sarif.lock.json'), '--format', 'sarif');
  expect(status).toBe(1);
  const [none, some] = JSON.parse(stdout).runs;
  expect(none.results).toEqual([]);
  const { physicalLocation } = some.results[0].locations[0];
  expect(physicalLocation.artifactLocation.uri).toMatch(/sarif\.lock\.json$/);
  const line = read('sarif.lock.json').split('\n')[physicalLocation.region.startLine - 1];
  expect(line).toContain(some.results[0].properties.path.at(-1));
});

test('annotations of GitHub, a line each', async () => {
  const { status, stdout } = await run('check', damaged, '--format', 'github');
  expect(status).toBe(1);
  const [error, warning, end] = stdout.split('\n');
  expect(error).toMatch(/^::error file=[^,]*corrupt-btree-len\.bin,title=btree\.length in memory\/0\/btreemap::The header says/);
  expect(warning).toMatch(/^::warning file=[^,]*corrupt-btree-len\.bin,title=memory\.two-maps in memory\/0\/btreemap::/);
  expect(end).toBe('');
});
