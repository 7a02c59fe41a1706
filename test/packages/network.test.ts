/** No command uses a network: each runs with all ways to one stubbed, so that they throw and are noted. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { COMMANDS } from '../../cli/commands/commands.ts';
import { buildCli, cliFolder } from '../../tools/cli-package.ts';
import { copyPackage } from '../../tools/package-files.ts';
import { imageBytes } from '../fixtures.ts';
import { PATIENCE } from '../patience.ts';
import { EMPTY_BODY, postUpgradeModule } from '../post-upgrade-module.ts';
import { InstalledPackage } from './installed-package.ts';
import { oldestNode } from './oldest-node.ts';

let cli: InstalledPackage;
const path = (name: string): string => join(cli.folder, name);

beforeAll(async () => {
  cli = await InstalledPackage.make('stable-memory', async (folder) => {
    copyPackage(cliFolder, folder);
    await buildCli(join(folder, 'dist'));
  });
  const put = (name: string, content: Uint8Array | string): void => writeFileSync(path(name), content);
  put('a.bin', imageBytes('a-before'));
  put('b.bin', imageBytes('a-after'));
  put('damaged.bin', imageBytes('corrupt-btree-freelist-cycle'));
  put('foreign.jsonl.gz', readFileSync(join(import.meta.dirname, '../fixtures/traces/ties__mr-1.4.0+ab-0.8.0.jsonl.gz')));
  put('calls.jsonl', '{"call":"init"}\n');
  put('before.most', '// Version: 1.0.0\nactor { stable var count : Nat };\n');
  put('after.most', '// Version: 1.0.0\nactor { stable var count : Int };\n');
  put('empty.wasm', postUpgradeModule(EMPTY_BODY));
});

afterAll(() => cli?.remove());
beforeEach(() => rmSync(path('network.log'), { force: true }));

/** Runs a script without a network. */
function node(words: readonly string[]) {
  const environment = {
    NODE_OPTIONS: `--require ${join(import.meta.dirname, '../no-network.cjs')}`,
    NETWORK_LOG: path('network.log'),
  };
  return spawnSync(oldestNode(), words, { encoding: 'utf8', input: '', env: { ...process.env, ...environment } });
}

/** The words after each command's name, with files of the test's folder. */
const RUNS: Readonly<Record<string, readonly string[]>> = {
  inspect: ['a.bin', '--json'],
  check: ['a.bin', 'damaged.bin', '--format', 'sarif'],
  lock: ['a.bin', '-o', 'lock.json'],
  explain: ['a.bin', '100000'],
  entries: ['a.bin', 'memory/0/btreemap', '--json'],
  decode: ['a.bin', 'memory/0/btreemap', '--value', 'record { id : nat }'],
  export: ['a.bin', 'memory/0', '-o', 'memory.raw', '--format', 'raw'],
  find: ['a.bin', '00ff', '--as', 'hex'],
  shape: ['a.bin', 'memory/0/btreemap'],
  diff: ['a.bin', 'b.bin', '--entries'],
  growth: ['a.bin', 'b.bin', '-o', 'growth.svg'],
  repair: ['damaged.bin', '-o', 'repaired', '--patch', 'changes.jsonl'],
  patch: ['damaged.bin', 'changes.jsonl', '-o', 'patched'],
  recover: ['a.bin', '--entries'],
  edit: ['a.bin', 'memory/0/btreemap', '--key', '10', '--remove', '-o', 'edited'],
  'compare-signatures': ['before.most', 'after.most'],
  record: ['empty.wasm', '--calls', 'calls.jsonl', '-o', 'recorded.smtrace'],
  rehearse: ['a.bin', '--wasm', 'empty.wasm'],
  import: ['foreign.jsonl.gz', '-o', 'run.smtrace'],
  trace: ['run.smtrace', '--export', 'run.csv', '--format', 'csv'],
  'compare-traces': ['run.smtrace', 'run.smtrace'],
  replay: ['run.smtrace'],
  simulate: ['run.smtrace', '--policy', 'first-fit'],
  dap: [],
  completions: ['bash'],
};

test('every command is here', () => {
  expect(Object.keys(RUNS).sort()).toEqual(COMMANDS.map(({ name }) => name).sort());
});

test.each(Object.entries(RUNS))('%s uses no network', { timeout: PATIENCE }, (name, words) => {
  const placed = words.map((word) => (/^[\w-]+\.[\w.]+$|^(repaired|patched|edited)$/.test(word) ? path(word) : word));
  const { status, stdout, stderr } = node([path('node_modules/stable-memory/dist/stable-memory.mjs'), name, ...placed]);
  // Otherwise it might have ended before it did anything.
  expect([0, 1], stderr).toContain(status);
  expect(name === 'dap' || stdout !== '' || name === 'import' || name === 'export', stderr).toBe(true);
  expect(existsSync(path('network.log'))).toBe(false);
});

test('a use is noticed, even if the program catches the error, and in its workers', () => {
  for (const use of [
    "fetch('http://127.0.0.1:9')",
    "http.get('http://127.0.0.1:9')",
    "(await import('node:dns')).lookup('x', () => {})",
  ]) {
    rmSync(path('network.log'), { force: true });
    writeFileSync(
      path('use.mjs'),
      `import { Worker } from 'node:worker_threads';
       import * as http from 'node:http';
       try { await (${use}); } catch {}
       await new Promise((done) => new Worker("try { fetch('http://127.0.0.1:9') } catch {}", { eval: true }).on('exit', done));`,
    );
    expect(node([path('use.mjs')]).status).toBe(0);
    expect(readFileSync(path('network.log'), 'utf8').trim().split('\n')).toHaveLength(2);
  }
});
