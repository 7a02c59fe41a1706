import { strict as assert } from 'node:assert';
import * as vscode from 'vscode';
import { closeEverything, inside, sample, tabs, until } from './inside.ts';

const tables = () =>
  tabs().filter(({ input }) => input instanceof vscode.TabInputWebview && input.viewType.endsWith('stableMemory.table'));

async function openSnapshot(path: string): Promise<void> {
  const { rows } = await inside();
  await vscode.commands.executeCommand('stableMemory.openSnapshot', sample(path));
  await until('rows', async () => ((await rows('memories')).length > 0 ? true : undefined));
}

describe('The tables', () => {
  afterEach(closeEverything);

  it('open beside the editor of their memory, and are named after it', async () => {
    await openSnapshot('openchat-like-b128');
    const element = await until('element', async () => (await inside()).firstElement());
    await vscode.commands.executeCommand('stableMemory.showInTable', element);
    const table = await until('table', () => tables().find(({ label }) => /^memory \d+ /.test(label)));
    assert.equal(table.group.viewColumn, vscode.ViewColumn.Two);
    assert.equal(vscode.window.tabGroups.all.length, 2);
  });

  it('are there once for each structure', async () => {
    await openSnapshot('openchat-like-b128');
    const element = await until('element', async () => (await inside()).firstElement());
    await vscode.commands.executeCommand('stableMemory.showInTable', element);
    await vscode.commands.executeCommand('stableMemory.showInTable', element);
    await until('table', () => tables()[0]);
    assert.equal(tables().length, 1);
  });

  it('of a step close with the debugger, and those of a snapshot stay', async () => {
    await openSnapshot('openchat-like-b128');
    const element = await until('element', async () => (await inside()).firstElement());
    await vscode.commands.executeCommand('stableMemory.showInTable', element);
    await until('table', () => tables()[0]);
    await vscode.commands.executeCommand('stableMemory.stepThrough', sample('traces/memory-manager.smtrace'), 3_000);
    const ofStep = await until('element of a step', async () => {
      const row = await (await inside()).firstElement();
      return row?.shown.memory.kind === 'step' ? row : undefined;
    });
    await vscode.commands.executeCommand('stableMemory.showInTable', ofStep);
    await until('two tables', () => tables().length === 2 || undefined);
    // VS Code focuses a session after its first stop. One that has ended by then would stay in focus.
    await until('focused frame', () => vscode.debug.activeStackItem);
    await vscode.debug.stopDebugging();
    await until('one table', () => tables().length === 1 || undefined);
    // The next test starts a session of its own, and must not take this one for it.
    await until('end of the session', () => vscode.debug.activeDebugSession === undefined || undefined);
  });
});
