/** Tests what `recover` prints and writes, and how it ends. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { run, testFolder } from './in-process.ts';

vi.mock('node:worker_threads', () => import('./fake-worker.ts'));

const { folder, image, put } = testFolder('recover');
const log = image('log-10k');
const damaged = image('wipe-header-ff-memory7');

test('counts what is left, by structure and place', async () => {
  const { status, stdout, stderr } = await run('recover', log);
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toMatchInlineSnapshot(`
    "25 entries are left in bytes that no structure uses.

    part          where                   whole  doubtful  partial  in use, too  other value in use
    memory/2/log  after the last element     24         1        0            0                   0
    "
  `);
});

test('lists entries, each with its place and what is doubtful', async () => {
  const { stdout } = await run('recover', log, 'memory/2', '--entries', '--limit', '2');
  expect(stdout).toMatchInlineSnapshot(`
    "memory/2/log	after the last element 0x61	[5]	a βeta delta #2delta delta ζ alpha #3épsilon delta alpha βeta βeta #4épsilon ζ ζ #5	doubtful: newer entries have overwritten its beginning, or it is not known where it begins
    memory/2/log	after the last element 0xbc	[6]	ζ alpha alpha #6

    25 entries are left in bytes that no structure uses.

    part          where                   whole  doubtful  partial  in use, too  other value in use
    memory/2/log  after the last element     24         1        0            0                   0
    "
  `);
});

test('the limit is that of the list, not of what is counted', async () => {
  expect((await run('recover', log, '--entries', '--limit', '0')).stdout).toContain('25 entries are left');
  expect((await run('recover', log, '--entries', '--limit', '0', '--json')).stdout).toBe('');
  expect((await run('recover', log, '--entries', '--limit', '3', '--json')).stdout.trimEnd().split('\n')).toHaveLength(3);
});

test('the last line of an incomplete list says why it is not complete', async () => {
  const cut = put('cut.bin', readFileSync(log).subarray(0, 1_000_000));
  const { status, stdout } = await run('recover', cut, '--entries', '--json');
  expect([status, JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '')]).toEqual([
    1,
    { incomplete: true, reason: expect.stringContaining('lacks bytes') },
  ]);
});

test('lists the same as JSON', async () => {
  const { status, stdout } = await run('recover', log, 'memory/2', '--entries', '--json');
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect([status, lines.length]).toEqual([0, 25]);
  expect(lines[1]).toEqual({
    part: 'memory/2/log',
    source: 'past-end',
    confidence: 'whole',
    position: 6,
    value: expect.stringMatching(/^[0-9a-f]+$/),
    valueText: 'ζ alpha alpha #6',
    valueCodec: 'text',
    guessed: true,
    address: 188,
    size: 17,
    offset: expect.any(Number),
  });
});

test('reports as JSON', async () => {
  const { stdout } = await run('recover', damaged, 'memory/7', '--json');
  expect(JSON.parse(stdout)).toEqual({
    schema: 'stable-memory/recover/1',
    complete: true,
    entries: 0,
    sources: [],
    hidden: [{ part: 'memory/7', reason: expect.stringContaining('--item-size') }],
  });
});

test('writes all of them to a file', async () => {
  const csv = join(folder, 'left.csv');
  const written = await run('recover', log, '-o', csv, '--format', 'csv');
  expect([written.status, written.stdout]).toEqual([0, expect.stringContaining('left.csv was written: 25 entries.')]);
  const [head, ...lines] = readFileSync(csv, 'utf8').trimEnd().split('\r\n');
  expect(head).toBe('part,source,confidence,inUse,position,path,keyText,key,valueText,value,address,offset,chunk,reason');
  expect(lines).toHaveLength(25);
  const again = await run('recover', log, '-o', csv);
  expect([again.status, again.stderr]).toEqual([2, expect.stringContaining('--force')]);
  await run('recover', log, '-o', csv, '--force');
  expect(readFileSync(csv, 'utf8').split('\n')).toHaveLength(26);
});

test('refuses what it cannot do', async () => {
  expect(await run('recover', log, 'memory/77')).toMatchObject({ status: 2, stderr: expect.stringContaining('memory/77') });
  expect(await run('recover', log, '--key', 'text')).toMatchObject({ status: 2, stderr: expect.stringContaining('PART') });
  expect(await run('recover', log, '-o', join(folder, 'x'), '--format', 'xml')).toMatchObject({ status: 2 });
  expect(await run('recover', log, 'memory/2', 'memory/3')).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('Usage'),
  });
});

test('builds a map anew whose header is lost, in its own place: nothing differs from the sound one', async () => {
  const rebuilt = join(folder, 'rebuilt');
  const built = await run(
    'recover',
    image('wipe-header-zero-memory0'),
    'memory/0',
    '--as-map',
    '--memory',
    '0',
    '-o',
    rebuilt,
    '--json',
  );
  expect([built.status, JSON.parse(built.stdout)]).toEqual([
    0,
    {
      schema: 'stable-memory/recover-map/1',
      part: 'memory/0/btreemap',
      space: 'memory/0',
      entries: 450,
      pageSize: 1024,
      left: { inUse: 0, copies: 135, otherValues: 0, removed: 126, doubtful: 0, partial: 0, tooMany: 0 },
      folder: rebuilt,
      remarks: [expect.stringContaining('no module'), expect.stringContaining('Upgrade the canister')],
    },
  ]);
  expect(JSON.parse((await run('diff', image('corrupt-base'), rebuilt, '--json')).stdout)).toMatchObject({ same: true });
  const refused = await run('recover', log, 'memory/2', '--as-map', '-o', join(folder, 'no'));
  expect([refused.status, refused.stderr]).toEqual([2, expect.stringContaining('is not a map or a set')]);
  expect((await run('recover', log, 'memory/2', '--as-map')).stderr).toContain('-o FOLDER');
});
