import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { imageBytes } from '../../fixtures.ts';

const FIXTURES = join(import.meta.dirname, '..', '..', 'fixtures');
let folder = '';
let program = '';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'command-line-'));
  program = join(folder, 'stable-memory.mjs');
  const entryPoint = join(import.meta.dirname, '..', '..', '..', 'engine', 'node', 'main.ts');
  await build({ entryPoints: [entryPoint], bundle: true, platform: 'node', format: 'esm', outfile: program, logLevel: 'error' });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(...words: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...words], { encoding: 'utf8', maxBuffer: 2 ** 28 });
  return { status, stdout, stderr };
}

function put(name: string, content: Uint8Array | string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const image = (name: string): string => put(`${name}.bin`, imageBytes(name));
const trace = (name: string): string => join(FIXTURES, 'traces', `${name}.jsonl.gz`);

/** What cannot be worked with is one line on stderr, without a stack trace, and exit status 2. */
function refusal(...words: readonly string[]): string {
  const { status, stdout, stderr } = run(...words);
  expect([status, stdout, stderr.trim().split('\n').length]).toEqual([2, '', 1]);
  return stderr;
}

test('inspect has the schema and all bytes', () => {
  const report = JSON.parse(run('inspect', image('mm-basic'), '--json').stdout);
  expect(report).toMatchObject({ schema: 'stable-memory/inspect/1', layout: 'memory-manager', bytes: 5_439_488, pages: 83 });
});

test('check ends with 1 where something is an error, and with 0 where nothing is', () => {
  const damaged = run('check', image('corrupt-btree-len'), '--json');
  expect([damaged.status, JSON.parse(damaged.stdout).findings[0].code]).toEqual([1, 'btree.length']);
  expect(run('check', image('corrupt-base')).status).toBe(0);
});

test('explain takes hex and decimal', () => {
  const path = image('mm-basic');
  expect(run('explain', path, '0x20000', '--json').stdout).toBe(run('explain', path, '131072', '--json').stdout);
});

test('entries are one line each, from and to where they are asked for', () => {
  const lines = run('entries', image('btreemap-v2-u64-text'), 'image', '--from', '2', '--limit', '3', '--json').stdout;
  const entries = lines
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(entries.map((entry) => [entry.index, entry.keyCodec, entry.guessed])).toEqual(
    [2, 3, 4].map((index) => [index, 'u64-be', true]),
  );
  const named = run(
    'entries',
    image('btreemap-v2-u64-text'),
    'image/btreemap',
    '--limit',
    '1',
    '--key',
    'bytes',
    '--value',
    'text',
    '--json',
  );
  expect(JSON.parse(named.stdout)).not.toHaveProperty('guessed');
});

test('a foreign trace is imported, and replays to the image of the real library', () => {
  const output = join(folder, 'memory.smtrace');
  expect(run('import', trace('trace-main-memory'), '-o', output).status).toBe(0);
  expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
  const expected = JSON.parse(readFileSync(join(FIXTURES, 'traces', 'trace-main-memory.json'), 'utf8'));
  const picture = join(folder, 'image.bin');
  const state = JSON.parse(run('replay', output, '--image', picture, '--json').stdout);
  expect([state.pages, state.sha256]).toEqual([expected.image.pages, expected.image.sha256]);
  expect(createHash('sha256').update(readFileSync(picture)).digest('hex')).toBe(expected.image.sha256);
  const memories = state.spaces.map((space: { id: number; pages: number; sha256: string }) => [
    space.id,
    { pages: space.pages, sha256: space.sha256 },
  ]);
  expect(Object.fromEntries(memories)).toEqual(expected.memories);
});

test('the two forms of a trace say the same', () => {
  const [cbor, json] = ['region.smtrace', 'region.smtrace.jsonl'].map((name) => join(folder, name));
  for (const output of [cbor, json]) run('import', trace('mixed__mr-1.4.0+ab-0.8.0'), '-o', output ?? '');
  expect(run('replay', cbor ?? '', '--to', '5000', '--json').stdout).toBe(
    run('replay', json ?? '', '--to', '5000', '--json').stdout,
  );
});

test('an image of an allocator’s trace is refused', () =>
  expect(refusal('replay', trace('mixed__mr-1.4.0+ab-0.8.0'), '--image', join(folder, 'none.bin'))).toMatch(/gives no image/));

test('what is no trace', () => expect(refusal('trace', put('x.smtrace', 'hello'))).toMatch(/is no trace/));
test('an empty trace', () => expect(refusal('trace', put('empty.smtrace', ''))).toMatch(/The file is empty/));
test('a step that there is not', () =>
  expect(refusal('replay', trace('mixed__mr-1.4.0+ab-0.8.0'), '--to', '10001')).toMatch(/there is no step 10,001/));
test('an unknown policy', () =>
  expect(refusal('simulate', trace('mixed__mr-1.4.0+ab-0.8.0'), '--policy', 'worst')).toMatch(/two-btrees/));
test('an unknown command', () => expect(refusal('inspekt')).toMatch(/no command "inspekt"/));
test('an unknown option', () => expect(refusal('inspect', 'x', '--jason')).toMatch(/--jason/));
test('a part that there is not', () =>
  expect(refusal('entries', image('corrupt-base'), 'memory/9')).toMatch(/There are: memory\/0/));
test('an offset behind the end', () => expect(refusal('explain', image('corrupt-base'), '0xffffffff')).toMatch(/behind the end/));
test('a file that is not there', () => expect(refusal('inspect', join(folder, 'none'))).toMatch(/no file or folder/));

test('a file of anything is named as unknown', () => {
  const report = JSON.parse(run('inspect', put('noise.bin', new Uint8Array(200_000).fill(0xa5)), '--json').stdout);
  expect([report.layout, report.usage.unknown, report.remarks.length]).toEqual(['unknown', 200_000, 1]);
});

test('an empty file is an empty memory', () => {
  const { status, stdout } = run('inspect', put('empty.bin', ''), '--json');
  expect([status, JSON.parse(stdout).layout]).toEqual([0, 'empty']);
});

test('a trace cut in the middle gives what could be read, and says so', () => {
  const whole = join(folder, 'whole.smtrace');
  run('import', trace('mixed__mr-1.4.0+ab-0.8.0'), '-o', whole);
  const bytes = readFileSync(whole);
  const { status, stdout } = run('trace', put('cut.smtrace', bytes.subarray(0, bytes.length / 2)), '--json');
  const report = JSON.parse(stdout);
  expect([status, report.complete, report.findings[0].code]).toEqual([0, false, 'trace.cut']);
  expect(report.steps).toBeGreaterThan(1000);
});

test('--help and --version', () => {
  expect(run('--help').stdout).toMatch(/inspect .* layout/);
  expect(run('entries', '--help').stdout).toMatch(/Usage: stable-memory entries SNAPSHOT PART/);
  expect(run('--version').stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});
