/** The engine's worker uses no network: it answers calls with all ways to one stubbed, so that they throw and are noted. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, expect, test } from 'vitest';
import type { Call } from '../../../engine/views/protocol.ts';
import { imageBytes } from '../../fixtures.ts';
import { PATIENCE } from '../../patience.ts';

const folder = mkdtempSync(join(tmpdir(), 'worker-network-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the worker answers without a network', { timeout: PATIENCE }, async () => {
  await build({
    entryPoints: [join(import.meta.dirname, '../../../extension/worker/main.ts')],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['vscode', '@dfinity/didc'],
    outfile: join(folder, 'worker.cjs'),
    logLevel: 'error',
  });
  const path = join(folder, 'image.bin');
  writeFileSync(path, imageBytes('a-before'));
  const memory = { kind: 'snapshot', path } as const;
  const calls: readonly Call[] = [
    { id: 1, call: 'memory/open', params: { memory } },
    { id: 2, call: 'memory/scan', params: { memory } },
    { id: 3, call: 'memory/shape', params: { memory, part: 'memory/0/btreemap' } },
  ];
  writeFileSync(
    join(folder, 'main.cjs'),
    `const { Worker } = require('node:worker_threads');
     const worker = new Worker(${JSON.stringify(join(folder, 'worker.cjs'))}, { workerData: {} });
     const replies = [];
     worker.on('message', (message) => {
       if ('id' in message) replies.push('error' in message ? message.error : 'answered');
       if (replies.length < ${calls.length}) return;
       console.log(JSON.stringify(replies));
       worker.terminate();
     });
     for (const call of ${JSON.stringify(calls)}) worker.postMessage(call);`,
  );
  const log = join(folder, 'network.log');
  const hook = join(import.meta.dirname, '../../no-network.cjs');
  const { stdout, stderr } = spawnSync(process.execPath, [join(folder, 'main.cjs')], {
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: `--require ${hook}`, NETWORK_LOG: log },
  });
  expect([stderr, JSON.parse(stdout)]).toEqual(['', calls.map(() => 'answered')]);
  expect(existsSync(log)).toBe(false);
});
