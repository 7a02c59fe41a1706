import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { COMMANDS } from '../../cli/commands/commands.ts';
import { Program } from './program.ts';

let program: Program;

beforeAll(async () => {
  program = await Program.build('completions');
});
afterAll(() => program.remove());

const script = (shell: string): string => program.run(['completions', shell]).stdout;

/** Returns bash's completions for the last word. */
function offered(...words: readonly string[]): readonly string[] {
  const path = program.put('completions.bash', script('bash'));
  const call = `source "$1"; shift; COMP_WORDS=(stable-memory "$@"); COMP_CWORD=$#; _stable_memory; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync('bash', ['-c', call, 'bash', path, ...words], { encoding: 'utf8' });
  expect(stderr).toBe('');
  return stdout.trim().split('\n');
}

test('bash completes the commands', () => {
  expect(offered('')).toEqual([...COMMANDS.map(({ name }) => name), '--help', '--version']);
  expect(offered('in')).toEqual(['inspect']);
});

test('bash completes the options of a command, and files as usual', () => {
  expect(offered('inspect', 'memory.bin', '--pri')).toEqual(['--price']);
  expect(offered('check', '')).toEqual(['']);
  expect(offered('completions', 'f')).toEqual(['fish']);
});

test.each(['bash', 'zsh', 'fish'])('the script for %s contains every command and option', (shell) => {
  const text = script(shell);
  for (const { name, options = {} } of COMMANDS) {
    expect(text).toContain(name);
    for (const option of Object.keys(options))
      expect(text).toMatch(new RegExp(shell === 'fish' ? `-l ${option}\\b` : `--${option}\\b`));
  }
});

test.each(['bash', 'zsh', 'fish'])('%s can parse its script, if it is installed', (shell) => {
  const path = program.put(`completions.${shell}`, script(shell));
  const { status, stderr, error } = spawnSync(shell, ['-n', path], { encoding: 'utf8' });
  if (error === undefined) expect([status, stderr]).toEqual([0, '']);
});

test('another shell is an error', () => {
  expect(program.run(['completions', 'ksh'])).toMatchObject({ status: 2, stdout: '' });
});

test.each([
  ['-h', /^stable-memory: shows what is in a canister/],
  ['-V', /^\d+\.\d+\.\d+\n$/],
  ['--version', /^\d+\.\d+\.\d+\n$/],
])('%s prints and exits', (word, expected) => {
  expect(program.run([word])).toMatchObject({ status: 0, stdout: expect.stringMatching(expected) });
});

test('-h after a command prints its help', () => {
  expect(program.run(['check', '-h']).stdout).toBe(program.run(['check', '--help']).stdout);
});
