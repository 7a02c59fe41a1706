import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { runCommand } from '../../cli/command-line.ts';
import { imageBytes } from '../fixtures.ts';
import { takeWritten } from './fake-worker.ts';

vi.mock('node:worker_threads', () => import('./fake-worker.ts'));

const folder = mkdtempSync(join(tmpdir(), 'find-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function run(...words: readonly string[]) {
  const status = await runCommand(words);
  return { status, ...takeWritten() };
}

function image(name: string): string {
  const path = join(folder, `${name}.bin`);
  writeFileSync(path, imageBytes(name));
  return path;
}

/** Runs the command with `--json`, and returns the objects of its lines. */
async function lines(...words: readonly string[]): Promise<readonly Record<string, unknown>[]> {
  const { stdout } = await run(...words, '--json');
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

test('text is found where it is in the file, and only there', async () => {
  const path = image('openchat-like-b128');
  const bytes = Buffer.from(imageBytes('openchat-like-b128'));
  const places: number[] = [];
  for (let place = bytes.indexOf('alpha'); place !== -1; place = bytes.indexOf('alpha', place + 5)) places.push(place);
  const found = await lines('find', path, 'alpha');
  expect(found.map(({ offset }) => offset)).toEqual(places);
  expect(found[0]).toEqual({
    offset: 65_726,
    length: 5,
    part: 'memory/3/btreemap',
    address: 190,
    state: 'live',
    text: expect.stringContaining('alpha βeta #0'),
  });
});

test('the owner and the state of what is found are those that explain tells', async () => {
  const path = image('btreemap-v2-overflow-churn');
  const found = await lines('find', path, '00 00 00 00 00 00 00 00', '--as', 'hex');
  expect(new Set(found.map(({ state }) => state))).toEqual(new Set(['live', 'free', 'residual']));
  for (const { offset, state } of found.filter((_, index) => index % 211 === 0)) {
    const [report] = await lines('explain', path, String(offset));
    const isUsed = !/"(free|unused|slack|stale|leaked|unmanaged|reserved|never written)/.test(JSON.stringify(report));
    expect([offset, state === 'live']).toEqual([offset, isUsed]);
  }
});

test.each(['openchat-like-b128', 'btreemap-v2-u64-text', 'cell-cbor'])(
  'values of %s are those that entries lists',
  async (name) => {
    const path = image(name);
    const { structures } = JSON.parse((await run('inspect', path, '--json')).stdout);
    for (const { part } of structures.slice(0, 6)) {
      const entries = await lines('entries', path, part);
      const texts = entries
        .flatMap(({ keyText, valueText }) => [keyText, valueText])
        .filter((text) => String(text ?? '').includes('a'));
      const found = await lines('find', path, 'a', '--as', 'value', '--in', part);
      expect(found.filter(({ state }) => state === 'live').map(({ text }) => text)).toEqual(texts);
      for (const { offset, part: owner } of found) expect([typeof offset, owner]).toEqual(['number', part]);
    }
  },
);

test('nothing found is no error, and a limit says so', async () => {
  const path = image('openchat-like-b128');
  expect(await run('find', path, 'not in there')).toEqual({ status: 0, stdout: '', stderr: '' });
  const { stdout, stderr } = await run('find', path, 'alpha', '--limit', '2');
  expect(stdout.split('\n')).toHaveLength(3);
  expect(stderr).toContain('Only the first 2 places are listed.');
});

test.each([
  [['--as', 'regex'], /--as takes text, hex, int, principal, value, not "regex"/],
  [['--in', 'memory/77'], /There is no part "memory\/77"\. The parts are: memory\/0/],
  [['--as', 'int'], /not a whole number/],
])('%j is refused', async (words, message) => {
  const { status, stdout, stderr } = await run('find', image('openchat-like-b128'), 'alpha', ...words);
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(message);
});
