/** The package `stable-memory` as it is published: packed, installed without a network, and run. */
import { spawnSync } from 'node:child_process';
import { cpSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildCli, cliFolder } from '../../tools/cli-package.ts';
import { copyPackage } from '../../tools/package-files.ts';
import { root } from '../../tools/project.ts';
import { InstalledPackage } from './installed-package.ts';
import { oldestNode } from './oldest-node.ts';

/** Bytes of the tarball. It was 400 KiB until layout locks, SARIF and Motoko's subtyping came. */
const LIMIT = 420 * 1024;

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
  expect(cli.packedSize).toBeLessThan(LIMIT);
  expect(cli.files()).toEqual(['LICENSE', 'README.md', 'dist/NOTICES.txt', 'dist/stable-memory.mjs', 'package.json']);
});

test('npx stable-memory --help', () => {
  expect(npx('--help')).toMatchObject({ status: 0, stderr: '', stdout: expect.stringContaining('inspect') });
});

test('npx stable-memory inspect', () => {
  const { status, stdout } = npx('inspect', 'sample.bin.gz', '--json');
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ schema: 'stable-memory/inspect/1', layout: 'memory-manager' });
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
