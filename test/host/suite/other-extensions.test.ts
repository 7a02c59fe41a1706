/** Living beside extensions of others, which stand-ins of ours replace here. */
import { strict as assert } from 'node:assert';
import { readFileSync, rmSync } from 'node:fs';
import * as vscode from 'vscode';
import { closeEverything, exportTo, inside, sample, until } from './inside.ts';
import { openTrace, stopAfter, watchStops } from './stepping.ts';

/** Returns the variable of the step's event with this name, as the menu of its row has it. */
async function rowOf(name: string): Promise<{ readonly variable: { readonly memoryReference: string } }> {
  const session = await until('session', () => vscode.debug.activeDebugSession);
  const { scopes } = await session.customRequest('scopes', { frameId: 1 });
  const { variables } = await session.customRequest('variables', { variablesReference: scopes[0].variablesReference });
  const variable = variables.find((row: { readonly name: string }) => row.name === name);
  assert.ok(variable, `The event has no ${name}.`);
  return { variable };
}

describe('The Memory Inspector', () => {
  let tracker: vscode.Disposable;
  before(() => {
    tracker = watchStops();
  });
  after(() => tracker.dispose());
  afterEach(closeEverything);

  it('shows a value’s bytes, and what is at them', async () => {
    await openTrace('traces/memory-manager.smtrace');
    await stopAfter(() => vscode.commands.executeCommand('stableMemory.stepThrough', undefined, 4_000));
    const row = await rowOf('bytes');
    assert.match(row.variable.memoryReference, /@0x/);
    const shown = await vscode.commands.executeCommand<{
      readonly address: bigint;
      readonly bytes: Uint8Array;
      readonly variables: readonly { readonly name: string; readonly startAddress: string }[];
      readonly settings: { readonly visibleColumns: readonly string[] };
    }>('memory-inspector.show-variable', row);
    assert.equal(`0x${shown.address.toString(16)}`, row.variable.memoryReference.split('@')[1]);
    assert.equal(shown.bytes.length, 256);
    assert.ok(shown.variables.length > 0);
    assert.ok(shown.settings.visibleColumns.includes('variables'));
    assert.ok(Number(await vscode.commands.executeCommand('memory-inspector.store-file', row)) > 0);
  });

  it('is offered no writing', async () => {
    await openTrace('traces/memory-manager.smtrace');
    await stopAfter(() => vscode.commands.executeCommand('stableMemory.stepThrough'));
    await assert.rejects(async () => vscode.commands.executeCommand('memory-inspector.apply-file'), /supportsWriteMemoryRequest/);
    const session = await until('session', () => vscode.debug.activeDebugSession);
    const writing = async () => session.customRequest('writeMemory', { memoryReference: 'phys@0x0', data: 'AAAA' });
    await assert.rejects(writing, /cannot be changed/);
  });
});

describe('A viewer of SQLite databases', () => {
  afterEach(closeEverything);

  it('opens a database that was exported from a memory', async () => {
    const target = sample('database-memory-120.sqlite');
    rmSync(target.fsPath, { force: true });
    await vscode.commands.executeCommand('stableMemory.openSnapshot', sample('database'));
    const { activeTitle } = await inside();
    await until('memory', () => activeTitle() === 'database' || undefined);
    await exportTo(target, 'memory/120');
    await until('tab of the viewer', async () => {
      await vscode.commands.executeCommand('notification.acceptPrimaryAction');
      const { input } = vscode.window.tabGroups.activeTabGroup.activeTab ?? {};
      return input instanceof vscode.TabInputCustom && input.viewType === 'sqlite-viewer.view' ? input : undefined;
    });
    assert.equal(readFileSync(target.fsPath).subarray(0, 15).toString(), 'SQLite format 3');
    rmSync(target.fsPath);
  });
});
