/** Tests what `growth` prints and draws, and in which order it puts snapshots. */
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { imageBytes } from '../fixtures.ts';
import { run, testFolder } from './in-process.ts';

vi.mock('node:worker_threads', () => import('./fake-worker.ts'));

const { folder, put, image } = testFolder('growth');

/** Writes a snapshot folder as `icp` does, with the time in nanoseconds. */
function snapshot(parent: string, name: string, fixture: string, time?: bigint): string {
  const path = join(folder, parent, name);
  mkdirSync(path, { recursive: true });
  const bytes = imageBytes(fixture);
  writeFileSync(join(path, 'stable_memory.bin'), bytes);
  writeFileSync(
    join(path, 'metadata.json'),
    `{"stable_memory_size": ${bytes.length}, "taken_at_timestamp": ${time ?? 0}, "wasm_memory_size": 0, "source": null}`,
  );
  return path;
}

const [monday, tuesday] = [1_787_000_000_000_000_000n, 1_787_086_400_000_000_000n];

test('prints the snapshots, and the bytes by owner', async () => {
  const { status, stdout, stderr } = await run('growth', image('a-before'), image('a-after'));
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toMatchInlineSnapshot(`
    "   snapshot       memory       live  free, slack  leaked  cycles a year
    1  a-before.bin  1.6 MiB  266.2 KiB      1.2 MiB     0 B         6.11 G
    2  a-after.bin   1.6 MiB  255.2 KiB      1.3 MiB     0 B         6.11 G

    The memory has the same size in the first and in the last.

    Bytes by owner
      owner           1        2  growth    of live
      memory/0  256 KiB  256 KiB       0  -11.2 KiB
      memory/1  256 KiB  256 KiB       0          0
      memory/2  256 KiB  256 KiB       0      +40 B
      memory/3  256 KiB  256 KiB       0      +32 B
      memory/4  256 KiB  256 KiB       0      +48 B
      memory/5  256 KiB  256 KiB       0       -1 B
      manager    64 KiB   64 KiB       0          0
    "
  `);
});

test('takes the snapshots of a folder in the order of their times, and names owners by the labels', async () => {
  snapshot('daily', 'a', 'a-after', tuesday);
  snapshot('daily', 'b', 'a-before', monday);
  const labels = put('labels.json', '{"memories":{"0":{"name":"users"}}}');
  const { stdout } = await run('growth', join(folder, 'daily'), '--labels', labels, '--json');
  const report = JSON.parse(stdout);
  expect(report.schema).toBe('stable-memory/growth/1');
  expect(report.snapshots.map(({ title, takenAt }: Record<string, string>) => [title, takenAt])).toEqual([
    ['b', '2026-08-17T20:53:20.000Z'],
    ['a', '2026-08-18T20:53:20.000Z'],
  ]);
  expect(report.owners.find(({ part }: { part: string }) => part === 'memory/0')).toMatchObject({ name: 'users' });
  for (const [index, { usage }] of report.snapshots.entries()) {
    const sum = report.owners.reduce((all: number, { bytes }: { bytes: number[] }) => all + (bytes[index] ?? 0), 0);
    expect(sum).toBe(usage.bytes);
  }
});

test('puts snapshots in the order of their names where one has no time, and in that of the words on the command line', async () => {
  for (const name of ['10', '9']) snapshot('plain', name, 'a-before');
  const { stdout } = await run('growth', join(folder, 'plain'), image('a-after'), '--json');
  const report = JSON.parse(stdout);
  expect(report.snapshots.map(({ title }: { title: string }) => title)).toEqual(['9', '10', 'a-after.bin']);
  const timed = await run('growth', join(folder, 'plain'), '--by-time');
  expect([timed.status, timed.stderr]).toEqual([2, expect.stringContaining('does not say when it was taken')]);
});

test('draws a picture, which is not replaced', async () => {
  const picture = join(folder, 'growth.svg');
  const labels = put('hostile.json', '{"memories":{"0":{"name":"<script>&\\""}}}');
  const words = ['growth', image('a-before'), image('a-after'), '--labels', labels, '-o', picture];
  expect(await run(...words)).toMatchObject({ status: 0, stderr: '' });
  const drawn = readFileSync(picture, 'utf8');
  expect(drawn).toContain('&lt;script&gt;&amp;&quot;');
  expect(drawn).not.toContain('<script>');
  const again = await run(...words);
  expect([again.status, again.stderr]).toEqual([2, expect.stringContaining('already exists')]);
});

test('writes no picture into the folder of a snapshot', async () => {
  const one = snapshot('kept', 'one', 'a-before', monday);
  const { status, stderr } = await run('growth', one, '-o', join(one, 'growth.svg'));
  expect([status, stderr]).toEqual([2, expect.stringContaining('is in the folder of the snapshot')]);
});

test('a folder without snapshots is refused', async () => {
  mkdirSync(join(folder, 'empty'));
  const { status, stderr } = await run('growth', join(folder, 'empty'));
  expect([status, stderr]).toEqual([2, expect.stringContaining('has no stable_memory.bin')]);
});

test('a snapshot that lacks bytes is named, and the status is 1', async () => {
  const path = snapshot('short', 'one', 'a-before', monday);
  const bytes = imageBytes('a-before');
  writeFileSync(join(path, 'stable_memory.bin'), bytes.subarray(0, bytes.length - 65_536));
  const { status, stdout } = await run('growth', path, image('a-after'));
  expect([status, stdout]).toEqual([1, expect.stringContaining('Not all of one could be read: Some of its bytes are missing.')]);
  const report = JSON.parse((await run('growth', path, '--json')).stdout);
  expect(report.snapshots[0].incomplete).toBe('Some of its bytes are missing.');
});

test.skipIf(process.platform === 'win32')('a link to itself is refused', async () => {
  symlinkSync('loop', join(folder, 'loop'));
  const { status, stderr } = await run('growth', join(folder, 'loop'));
  expect([status, stderr]).toEqual([2, expect.stringContaining('leads back to itself')]);
});
