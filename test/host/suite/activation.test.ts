import { strict as assert } from 'node:assert';
import * as vscode from 'vscode';
import { inside, sample } from './inside.ts';

describe('Activation', () => {
  it('starts no engine and loads no language client', async () => {
    const { activationTook, engineRuns } = await inside();
    assert.equal(engineRuns(), false);
    assert.ok(activationTook < 50, `It took ${activationTook} ms of processor time.`);
    assert.deepEqual(
      Object.keys(require.cache).filter((file) => /dist.(client|worker)\.cjs$/.test(file)),
      [],
    );
  });

  it('starts no engine for a document in Motoko', async () => {
    const { engineRuns } = await inside();
    await vscode.workspace.openTextDocument(sample('Ledger.mo'));
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.equal(engineRuns(), false);
  });

  it('registers every command that the package contributes', async () => {
    const { packageJSON } = vscode.extensions.getExtension('stable-memory.stable-memory-debugger') ?? {};
    const contributed: readonly string[] = packageJSON.contributes.commands.map(({ command }: vscode.Command) => command);
    const registered = await vscode.commands.getCommands(true);
    assert.deepEqual(
      contributed.filter((command) => !registered.includes(command)),
      [],
    );
  });
});
