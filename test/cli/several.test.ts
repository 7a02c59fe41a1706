/** Several snapshots in one call, and one that comes through the standard input. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { imageBytes } from '../fixtures.ts';
import { Program } from './program.ts';

let program: Program;
let sound = '';
let damaged = '';

beforeAll(async () => {
  program = await Program.build('several');
  sound = program.put('sound.bin', imageBytes('corrupt-base'));
  damaged = program.put('damaged.bin', imageBytes('corrupt-btree-len'));
});
afterAll(() => program.remove());

test.each(['check', 'inspect'])('%s reads several snapshots, each as it is alone', (command) => {
  const alone = [sound, damaged].map((path) => program.run([command, path, '--json']));
  const together = program.run([command, sound, damaged, '--json']);
  expect(together.stdout).toBe(alone.map(({ stdout }) => stdout).join(''));
  expect(together.status).toBe(Math.max(...alone.map(({ status }) => status ?? 0)));
});

test('for people, each of several has its path above it', () => {
  const { stdout } = program.run(['check', sound, damaged]);
  const alone = [sound, damaged].map((path) => program.run(['check', path]).stdout);
  expect(stdout).toBe(`==> ${sound} <==\n${alone[0]}\n==> ${damaged} <==\n${alone[1]}`);
});

test('one that cannot be used is reported, and the others are read', () => {
  const { status, stdout, stderr } = program.run(['check', join(program.folder, 'nowhere'), sound, '--json']);
  expect(status).toBe(2);
  expect(stdout.trim().split('\n')).toHaveLength(1);
  expect(stderr).toMatch(/^stable-memory: There is no file or folder .*nowhere\.\n$/);
});

test('a command for one snapshot takes no second one', () => {
  expect(program.run(['explain', sound, '0', damaged]).status).toBe(2);
});

test.each([
  ['as it is', imageBytes('corrupt-btree-len')],
  ['packed', gzipSync(imageBytes('corrupt-btree-len'))],
])('a snapshot comes through the standard input: %s', (_, bytes) => {
  const path = program.put('piped.bin', bytes);
  for (const command of ['inspect', 'check']) {
    const piped = program.shell(`cat "$1" | $PROGRAM ${command} - --json`, path);
    expect(piped.stderr).toBe('');
    expect(piped.stdout).toBe(program.run([command, damaged, '--json']).stdout);
  }
  expect(program.shell('$PROGRAM entries - image --limit 1 < "$1"', path).stdout).toBe(
    program.run(['entries', damaged, 'image', '--limit', '1']).stdout,
  );
});

test('one of several comes through the standard input', () => {
  const { stdout } = program.shell('$PROGRAM check "$1" - --json < "$2"', sound, damaged);
  expect(stdout).toBe(program.run(['check', sound, damaged, '--json']).stdout);
});

test('labels from the folder in which the command runs are not those of the standard input', () => {
  program.put('stable-memory.json', '{"memories":{"0":{"name":"from elsewhere"}}}');
  const { stdout } = program.shell('cd "$2" && $PROGRAM inspect - < "$1"', damaged, program.folder);
  expect(stdout).not.toContain('from elsewhere');
});

test('nothing is left of what came through the standard input', () => {
  const temporary = join(program.folder, 'temporary');
  program.shell('mkdir "$2"; TMPDIR="$2" $PROGRAM check - < "$1"', damaged, temporary);
  expect(readdirSync(temporary)).toEqual([]);
});

test.each([
  ['nothing', ': | $PROGRAM check -', /Nothing came through the standard input/],
  ['too much', 'cat "$1" | $PROGRAM check - --unpack-limit 1KiB', /has more than 1 KiB, the limit/],
  ['an archive', 'tar -c -C "$2" sound.bin | $PROGRAM check -', /tar archive/],
  ['a cut file', 'gzip -c "$1" | head -c 10 | $PROGRAM check -', /could not be read/],
  ['itself, twice', 'cat "$1" | $PROGRAM check - -', /only once/],
])('%s in the standard input is refused with one sentence', (_, script, sentence) => {
  const { status, stdout, stderr } = program.shell(script, damaged, program.folder);
  expect([status, stdout, stderr.trim().split('\n').length]).toEqual([2, '', 1]);
  expect(stderr).toMatch(sentence);
});

test('a command that names no "-" leaves the standard input to others', () => {
  const { stdout } = program.shell('printf "1\\n2\\n" | { $PROGRAM check "$1" --json > /dev/null; cat; }', sound);
  expect(stdout).toBe('1\n2\n');
});
