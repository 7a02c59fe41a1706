import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import type { CancellationToken } from 'vscode';
import type { RecordingTask } from '../../../../engine/views/recording.ts';
import { Recordings } from '../../../../extension/host/recorder/recordings.ts';
import { EventEmitter } from '../fake-vscode.ts';

vi.mock('vscode', () => import('../fake-vscode.ts'));

const folder = mkdtempSync(join(tmpdir(), 'recordings-'));
afterAll(() => rmSync(folder, { recursive: true }));

const cancellation = new EventEmitter<void>();
const TOKEN = { isCancellationRequested: false, onCancellationRequested: cancellation.event } as unknown as CancellationToken;
const TASK: RecordingTask = {
  kind: 'record',
  wasm: '',
  calls: '',
  trace: '/a/notes.smtrace',
  replace: false,
  snapshot: undefined,
  unpackLimit: 0,
};

/** Runs code in the place of the recorder. `progress` is called with the number of steps. */
function run(code: string, progress: (steps: number) => void = () => undefined) {
  const file = join(folder, `${code.length}.cjs`);
  writeFileSync(file, `const { parentPort: port, workerData } = require('node:worker_threads');\n${code}`);
  const recordings = new Recordings(file);
  const start = () => recordings.run(TASK, TOKEN, ({ steps }) => progress(steps));
  return { start, recorded: start() };
}

test('a recording reports its progress and its end', async () => {
  const steps: number[] = [];
  const code = `port.postMessage({ kind: 'progress', call: 1, calls: 1, steps: 7 });
    port.postMessage({ kind: 'recorded', recorded: workerData.task.trace });`;
  expect(await run(code, (count) => steps.push(count)).recorded).toBe('/a/notes.smtrace');
  expect(steps).toEqual([7]);
});

test('a recording that fails says why', async () => {
  const { recorded } = run(`port.postMessage({ kind: 'failed', error: 'It is not a module.' })`);
  await expect(recorded).rejects.toThrow(/^It is not a module\.$/);
});

test('a recorder that dies is reported', async () => {
  const { recorded } = run(`throw new Error('out of memory')`);
  await expect(recorded).rejects.toThrow(/^The recorder stopped unexpectedly \(out of memory\)\. notes\.smtrace has what ran/);
});

test('a cancelled recording ends by itself', async () => {
  const started = Promise.withResolvers<void>();
  const code = `port.postMessage({ kind: 'progress', call: 1, calls: 1, steps: 0 });
    const flag = new Int32Array(workerData.cancelled);
    while (Atomics.load(flag, 0) === 0);
    port.postMessage({ kind: 'recorded', recorded: 'what ran' });`;
  const { recorded } = run(code, () => started.resolve());
  await started.promise;
  cancellation.fire();
  expect(await recorded).toBe('what ran');
});

test('a cancelled recording that does not is ended, and its trace has one recording at a time', async () => {
  const started = Promise.withResolvers<void>();
  const { start, recorded } = run(`port.postMessage({ kind: 'progress', call: 1, calls: 1, steps: 0 }); for (;;);`, () =>
    started.resolve(),
  );
  await started.promise;
  await expect(start()).rejects.toThrow('/a/notes.smtrace is being recorded already.');
  cancellation.fire();
  await expect(recorded).rejects.toThrow('The recording was cancelled. notes.smtrace has what ran until then.');
});
