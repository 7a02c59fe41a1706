import { strict as assert } from 'node:assert';
import * as vscode from 'vscode';
import { inside } from './inside.ts';

describe('Activation', () => {
  it('starts no engine and loads no language client', async () => {
    const start = performance.now();
    const { engineRuns } = await inside();
    const took = performance.now() - start;
    assert.equal(engineRuns(), false);
    assert.deepEqual(
      Object.keys(require.cache).filter((file) => /dist.(client|worker)\.cjs$/.test(file)),
      [],
    );
    assert.ok(took < 500, `It took ${took} ms.`);
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
