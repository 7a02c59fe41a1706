/** The package `stable-memory` as it is published: packed, installed without a network, and run. */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildCli, cliFolder } from '../../tools/cli-package.ts';
import { copyPackage } from '../../tools/package-files.ts';
import { root } from '../../tools/project.ts';
import { InstalledPackage } from './installed-package.ts';
import { oldestNode } from './oldest-node.ts';

/** Maximum bytes of the program, compressed, and of the tarball, which also has what is loaded when somebody tries a type. */
const PROGRAM_LIMIT = 470 * 1024;
const LIMIT = 600 * 1024;

let cli: InstalledPackage;

beforeAll(async () => {
  cli = await InstalledPackage.make('stable-memory', async (folder) => {
    copyPackage(cliFolder, folder);
    await buildCli(join(folder, 'dist'));
  });
  cpSync(join(root, 'media/sample/stable_memory.bin.gz'), join(cli.folder, 'sample.bin.gz'));
});

afterAll(() => cli?.remove());

/** Runs `npx stable-memory` on the oldest Node that is at hand. */
const npx = (...words: readonly string[]) => cli.npx('stable-memory', ...words);

test('the tarball is small, and has no test and no fixture', () => {
  expect(gzipSync(readFileSync(join(cli.folder, 'node_modules/stable-memory/dist/stable-memory.mjs'))).length).toBeLessThan(
    PROGRAM_LIMIT,
  );
  expect(cli.packedSize).toBeLessThan(LIMIT);
  const inDist = ['NOTICES.txt', 'schemas.cjs', 'stable-memory.mjs'].map((file) => `dist/${file}`);
  expect(cli.files()).toEqual(['LICENSE', 'README.md', ...inDist, 'package.json']);
});

test('npx stable-memory --help', () => {
  expect(npx('--help')).toMatchObject({ status: 0, stderr: '', stdout: expect.stringContaining('inspect') });
});

test('npx stable-memory inspect', () => {
  const { status, stdout } = npx('inspect', 'sample.bin.gz', '--json');
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ schema: 'stable-memory/inspect/1', layout: 'memory-manager' });
});

test('npx stable-memory decode loads what it needs', () => {
  const { stdout, stderr } = npx(
    'decode',
    'sample.bin.gz',
    'memory/0',
    '--value',
    'record { id : nat }',
    '--json',
    '--limit',
    '0',
  );
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toMatchObject({ schema: 'stable-memory/decode/1', complete: true });
});

test.skipIf(process.platform === 'win32')('git diff shows what differs in a snapshot, as docs/diff.md says', () => {
  const folder = join(cli.folder, 'repository');
  mkdirSync(folder);
  const bin = join(cli.folder, 'node_modules/.bin');
  const environment = { ...process.env, PATH: [bin, dirname(oldestNode()), process.env['PATH'] ?? ''].join(delimiter) };
  const git = (...words: readonly string[]): string =>
    execFileSync('git', words, { cwd: folder, encoding: 'utf8', env: environment });
  const fixture = (name: string): Uint8Array => gunzipSync(readFileSync(join(root, 'test/fixtures/diff', `${name}.bin.gz`)));
  git('init', '--quiet');
  git('config', 'diff.stable-memory.command', `sh -c 'stable-memory diff "$2" "$5"' diff`);
  writeFileSync(join(folder, '.gitattributes'), 'stable_memory.bin diff=stable-memory\n');
  writeFileSync(join(folder, 'stable_memory.bin'), fixture('a-before'));
  git('add', '--all');
  writeFileSync(join(folder, 'stable_memory.bin'), fixture('a-after'));
  expect(git('--no-pager', 'diff')).toContain('22 entries added, 6 entries removed, 10 entries changed.');
  expect(git('--no-pager', 'diff', '--cached', '4b825dc642cb6eb9a060e54bf8d69288fbee4904')).toContain('1,000');
});

test('npx stable-memory --version is that of the package', () => {
  expect(npx('--version').stdout).toBe(`${cli.manifest()['version']}\n`);
});

test('it can be started by its name', () => {
  expect(statSync(join(cli.folder, 'node_modules/stable-memory/dist/stable-memory.mjs')).mode & 0o111).toBe(0o111);
});

test('a Node that cannot read Zstandard says so in one sentence', () => {
  const node = oldestNode();
  const script = "process.exit('createZstdDecompress' in require('node:zlib') ? 1 : 0)";
  if (spawnSync(node, ['-e', script]).status !== 0) return;
  writeFileSync(join(cli.folder, 'packed.bin.zst'), new Uint8Array([0x28, 0xb5, 0x2f, 0xfd, 0, 0, 0, 0]));
  const { status, stdout, stderr } = npx('inspect', 'packed.bin.zst');
  expect([status, stdout, stderr.trim().split('\n').length]).toEqual([2, '', 1]);
  expect(stderr).toContain('use Node 22.15 or newer');
});

test('publint has nothing to say', async () => {
  const { messages, pkg } = await publint({ pack: { tarball: cli.tarballBytes() }, strict: true });
  expect(messages.map((message) => formatMessage(message, pkg) ?? message.code)).toEqual([]);
});
