/** The action as a user's repository runs it: the steps of `action.yml`, with the packed command line and without a network. */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { buildCli, cliFolder } from '../../tools/cli-package.ts';
import { copyPackage } from '../../tools/package-files.ts';
import { root } from '../../tools/project.ts';
import { imageBytes } from '../fixtures.ts';
import { EMPTY_BODY, postUpgradeModule, TRAPPING_BODY } from '../post-upgrade-module.ts';
import { InstalledPackage } from './installed-package.ts';
import { oldestNode } from './oldest-node.ts';

const ACTION = readFileSync(join(root, 'action/action.yml'), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'action-'));
/** As on a runner: the user's files, the action's, and temporary ones. */
const [repository, actionFolder, temporary] = ['repository', 'actions/stable-memory', 'temp'].map((name) => join(folder, name));
const [output, summary] = ['output', 'summary'].map((name) => join(folder, name));
let environment: NodeJS.ProcessEnv = {};

/** The inputs with their defaults, and the environment and command of each step. */
const defaults = new Map(
  [...ACTION.matchAll(/^ {2}([a-z-]+):\n {4}description: .*\n {4}(?:default: (.*)|required: true)$/gm)].map(([, name, text]) => [
    name,
    (text ?? '').replace(/^'(.*)'$/, '$1'),
  ]),
);
const steps = ACTION.slice(ACTION.indexOf('  steps:'))
  .split('    - name: ')
  .slice(1)
  .map((step) => ({
    inputs: [...step.matchAll(/^ {8}([A-Z_]+): \$\{\{ inputs\.([a-z-]+) \}\}$/gm)].map(([, variable = '', name = '']) => [
      variable,
      name,
    ]),
    command: /^ {6}run: (.*)$/m.exec(step)?.[1] ?? '',
  }));

const [OK, TRAP] = [EMPTY_BODY, TRAPPING_BODY].map(postUpgradeModule);

/** Runs the steps as the runner does. Returns the status of the last one, what it printed, its outputs and the summary. */
function runAction(inputs: Readonly<Record<string, string>>) {
  const values = new Map([...defaults, ...Object.entries(inputs)]);
  let [status, stdout, stderr] = [0, '', ''];
  for (const { inputs: own, command } of steps.slice(1)) {
    const ended = step(command, Object.fromEntries(own.map(([variable = '', name]) => [variable, values.get(name ?? '') ?? ''])));
    [status, stdout, stderr] = [ended.status ?? -1, ended.stdout, ended.stderr];
  }
  const outputs = Object.fromEntries(
    readFileSync(output ?? '', 'utf8')
      .trim()
      .split('\n')
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
  return { status, stdout, stderr, outputs, summary: readFileSync(summary ?? '', 'utf8') };
}

function step(command: string, inputs: Readonly<Record<string, string>>) {
  return spawnSync('bash', ['--noprofile', '--norc', '-e', '-o', 'pipefail', '-c', command], {
    cwd: repository,
    encoding: 'utf8',
    env: { ...environment, ...inputs },
  });
}

function cli(...words: readonly string[]): void {
  const program = join(temporary ?? '', 'stable-memory/node_modules/stable-memory/dist/stable-memory.mjs');
  execFileSync(oldestNode(), [program, ...words], { cwd: repository });
}

const isWindows = process.platform === 'win32';

beforeAll(async () => {
  if (isWindows) return;
  for (const path of [repository, actionFolder, temporary]) mkdirSync(path ?? '', { recursive: true });
  cpSync(join(root, 'action'), actionFolder ?? '', { recursive: true });
  const packed = await InstalledPackage.make('stable-memory', async (source) => {
    copyPackage(cliFolder, source);
    await buildCli(join(source, 'dist'));
  });
  const tarball = join(folder, 'stable-memory.tgz');
  writeFileSync(tarball, new Uint8Array(packed.tarballBytes()));
  packed.remove();
  environment = {
    PATH: [dirname(oldestNode()), process.env['PATH'] ?? ''].join(delimiter),
    HOME: folder,
    GITHUB_ACTIONS: 'true',
    GITHUB_ACTION_PATH: actionFolder,
    GITHUB_WORKSPACE: repository,
    GITHUB_OUTPUT: output,
    GITHUB_STEP_SUMMARY: summary,
    RUNNER_TEMP: temporary,
    npm_config_offline: 'true',
    npm_config_cache: join(folder, 'cache'),
  };
  // The version may be the address of a tarball, as for every package.
  const installed = step(steps[0]?.command ?? '', { VERSION: `file:${tarball}` });
  expect([installed.status, installed.stderr]).toEqual([0, '']);
  // A user's repository: a snapshot and its lock are committed.
  writeFileSync(join(repository ?? '', 'memory.bin'), imageBytes('a-before'));
  writeFileSync(join(repository ?? '', 'damaged.bin'), imageBytes('corrupt-btree-bad-magic'));
  writeFileSync(join(repository ?? '', 'next.wasm'), OK ?? '');
  writeFileSync(join(repository ?? '', 'trap.wasm'), TRAP ?? '');
  cli('lock', 'memory.bin', '-o', 'stable-memory.lock.json');
  const git = (...words: readonly string[]) => execFileSync('git', words, { cwd: repository, stdio: 'ignore' });
  git('init', '--quiet');
  git('add', '--all');
  git('-c', 'user.name=user', '-c', 'user.email=user@example.com', 'commit', '--quiet', '-m', 'feat: guard the memory');
});

beforeEach(() => {
  if (!isWindows) for (const path of [output, summary]) writeFileSync(path ?? '', '');
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the version is that of the package', () => {
  const { version } = JSON.parse(readFileSync(join(cliFolder, 'package.json'), 'utf8'));
  expect(defaults.get('version')).toBe(version);
  expect(steps.map(({ inputs }) => inputs.length)).toEqual([1, 9]);
});

test('no input is part of a command', () => {
  for (const { command } of steps) expect(command).not.toContain('${{');
});

test.skipIf(isWindows)('a snapshot that agrees with its lock passes', () => {
  const ended = runAction({ snapshot: 'memory.bin', lock: 'stable-memory.lock.json', wasm: 'next.wasm' });
  expect([ended.status, ended.stderr]).toEqual([0, '']);
  expect(ended.outputs).toMatchObject({ status: '0', errors: '0', warnings: '0', sarif: '', rehearsal: 'succeeded' });
  expect(ended.summary).toContain('## Stable memory: passed');
  expect(ended.summary).toContain('Upgrade of memory.bin: succeeds.');
});

test.skipIf(isWindows)('a snapshot that breaks the lock fails, with annotations and SARIF', () => {
  writeFileSync(join(repository ?? '', 'next.bin'), imageBytes('btreemap-v2-u64-text'));
  const ended = runAction({ snapshot: 'next.bin', lock: 'stable-memory.lock.json', sarif: 'out/findings.sarif' });
  expect(ended.status).toBe(1);
  expect(ended.outputs).toMatchObject({ status: '1', sarif: 'out/findings.sarif', rehearsal: '' });
  expect(Number(ended.outputs['errors'])).toBeGreaterThan(0);
  expect(ended.stdout).toMatch(/^::error file=stable-memory\.lock\.json,line=\d+,title=lock\./m);
  const log = JSON.parse(readFileSync(join(repository ?? '', 'out/findings.sarif'), 'utf8'));
  expect(log).toMatchObject({ version: '2.1.0', runs: [{ tool: { driver: { name: 'stable-memory' } } }] });
  expect(ended.summary).toContain('| error | lock.');
});

test.skipIf(isWindows)('findings of a baseline pass, and --fail-on never passes with findings', () => {
  expect(runAction({ snapshot: 'damaged.bin' }).status).toBe(1);
  expect(runAction({ snapshot: 'damaged.bin', 'fail-on': 'never', annotations: 'false' })).toMatchObject({
    status: 0,
    stdout: '',
  });
  cli('check', 'damaged.bin', '--baseline', 'known.json', '--write-baseline');
  expect(runAction({ snapshot: 'damaged.bin', baseline: 'known.json' }).status).toBe(0);
});

test.skipIf(isWindows)('an upgrade that traps fails', () => {
  const ended = runAction({ snapshot: 'memory.bin', wasm: 'trap.wasm' });
  expect([ended.status, ended.outputs['rehearsal']]).toEqual([1, 'failed']);
  expect(ended.stdout).toContain('::error title=The upgrade fails::post_upgrade of memory.bin: ');
  expect(ended.summary).toContain('Upgrade of memory.bin: **fails**.');
});

test.skipIf(isWindows)('input that cannot be used is said, with status 2', () => {
  expect(runAction({ snapshot: '' })).toMatchObject({ status: 2, outputs: { status: '2' } });
  const absent = runAction({ snapshot: 'absent' });
  expect(absent).toMatchObject({ status: 2, stderr: expect.stringContaining('absent') });
  const lock = runAction({ snapshot: 'memory.bin', lock: 'absent.json' });
  expect(lock).toMatchObject({ status: 2, stderr: expect.stringContaining('absent.json') });
});

test.skipIf(isWindows)('texts of an input or a snapshot are obeyed by nobody', () => {
  const marker = join(folder, 'obeyed');
  const name = `$(touch ${marker}) ::error::x%0A.bin`;
  const ended = runAction({ snapshot: name });
  expect([ended.status, existsSync(marker)]).toEqual([2, false]);
  expect(ended.stderr).not.toMatch(/^\s*::/m);
  writeFileSync(join(repository ?? '', 'hostile.json'), JSON.stringify({ memories: { 0: { name: '<b>|x|' } } }));
  const labelled = runAction({ snapshot: 'damaged.bin', labels: 'hostile.json' });
  expect(labelled.summary).not.toContain('<b>');
});
