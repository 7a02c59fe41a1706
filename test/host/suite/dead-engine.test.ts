import { strict as assert } from 'node:assert';
import type { Worker } from 'node:worker_threads';
import * as vscode from 'vscode';
import { closeEverything, hoverOn, inside, sample, until } from './inside.ts';
import { openTrace, press, stopAfter, watchStops } from './stepping.ts';

/** The workers that were started in this process since the tests began. */
const workers: Worker[] = [];
const note = (worker: Worker): void => void workers.push(worker);

const stepThrough = () => vscode.commands.executeCommand('stableMemory.stepThrough');
const settings = () => vscode.workspace.getConfiguration('stableMemory');

/** Kills the engine and its helpers, as a lack of memory does. */
async function killWorkers(): Promise<void> {
  const killed = workers.splice(0);
  assert.ok(killed.length > 0, 'No worker runs.');
  await Promise.all(killed.map((worker) => worker.terminate()));
}

describe('When the engine dies', () => {
  let tracker: vscode.Disposable;
  before(async () => {
    process.on('worker', note);
    tracker = watchStops();
    const { engineRuns, activeTitle } = await inside();
    await vscode.commands.executeCommand('stableMemory.openSnapshot', sample('openchat-like-b128'));
    await until('open snapshot', () => activeTitle());
    // A changed setting starts the workers anew, so that they are known here.
    await settings().update('cost.nodes', 14, vscode.ConfigurationTarget.Global);
    await until('workers of ours', () => (engineRuns() && workers.length > 0) || undefined);
  });
  after(async () => {
    process.off('worker', note);
    tracker.dispose();
    await settings().update('cost.nodes', undefined, vscode.ConfigurationTarget.Global);
  });
  afterEach(closeEverything);

  it('the views of a snapshot start it again', async () => {
    const { rows } = await inside();
    const before = await rows('memories');
    await killWorkers();
    assert.deepEqual(await until('rows', () => rows('memories').catch(() => undefined)), before);
  });

  it('a debug session ends, and the next one starts it again', async () => {
    await openTrace();
    const first = await stopAfter(stepThrough);
    await stopAfter(press('stepOver'));
    await killWorkers();
    await until('end of the session', () => vscode.debug.activeDebugSession === undefined || undefined);
    await openTrace();
    assert.deepEqual(await stopAfter(stepThrough), first);
  });

  it('hovers are answered again, also after it died while it started', async () => {
    const trace = await openTrace();
    assert.match(await hoverOn(trace, '0x45'), /0x45.* in region 16/);
    await killWorkers();
    // The language client starts the next one.
    await until('worker', () => workers.length > 0 || undefined);
    await killWorkers();
    assert.match(await hoverOn(trace, '0x45'), /0x45.* in region 16/);
  });
});
