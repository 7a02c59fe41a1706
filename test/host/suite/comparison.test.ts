import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { closeEverything, sample, tabs, until } from './inside.ts';

const [monday, tuesday] = ['two-days/monday', 'two-days/tuesday'] as const;
const titled = (pattern: RegExp) =>
  until(`tab ${pattern}`, () =>
    tabs().find(
      ({ input, label }) =>
        input instanceof vscode.TabInputWebview &&
        /stableMemory\.(comparison|comparedFolders)$/.test(input.viewType) &&
        pattern.test(label),
    ),
  );

describe('The comparison', () => {
  const root = mkdtempSync(join(tmpdir(), 'comparison-'));
  afterEach(closeEverything);
  after(() => rmSync(root, { recursive: true, force: true }));

  it('of two selected snapshots opens once, and is named after both', async () => {
    const selected = [sample(monday), sample(tuesday)];
    await vscode.commands.executeCommand('stableMemory.compareSnapshots', selected[0], selected);
    await titled(/^(monday ↔ tuesday|tuesday ↔ monday)$/);
    await vscode.commands.executeCommand('stableMemory.compareSnapshots', selected[0], selected);
    assert.equal(tabs().length, 1);
  });

  it('of two folders lists the snapshots in them', async () => {
    for (const [folder, from] of [
      ['first', monday],
      ['second', tuesday],
    ] as const) {
      mkdirSync(join(root, folder));
      cpSync(sample(from).fsPath, join(root, folder, 'ledger'), { recursive: true });
    }
    const folders = ['first', 'second'].map((name) => vscode.Uri.file(join(root, name)));
    await vscode.commands.executeCommand('stableMemory.compareSnapshots', folders[0], folders);
    await titled(/^(first ↔ second|second ↔ first)$/);
  });

  it('with the last commit has Git’s version before', async () => {
    const repository = join(root, 'repository');
    const folder = join(repository, 'ledger');
    cpSync(sample(monday).fsPath, folder, { recursive: true });
    const git = (...args: readonly string[]) =>
      execFileSync('git', ['-c', 'user.name=test', '-c', 'user.email=test@example.com', ...args], { cwd: repository });
    git('init', '-q');
    git('add', '.');
    git('commit', '-q', '-m', 'Add a snapshot');
    cpSync(join(sample(tuesday).fsPath, 'stable_memory.bin'), join(folder, 'stable_memory.bin'));
    const extension = vscode.extensions.getExtension('vscode.git');
    assert.ok(extension);
    const builtIn = await extension.activate();
    const settings = vscode.workspace.getConfiguration('git');
    await settings.update('enabled', true, vscode.ConfigurationTarget.Global);
    await until('enabled Git', () => builtIn.enabled || undefined);
    await builtIn.getAPI(1).openRepository(vscode.Uri.file(repository));
    await vscode.commands.executeCommand('stableMemory.compareWithGit', vscode.Uri.file(join(folder, 'stable_memory.bin')));
    await titled(/^ledger \(git\) ↔ ledger$/);
    await settings.update('enabled', false, vscode.ConfigurationTarget.Global);
  });

  it('of two steps of a trace takes the one that the debugger is at', async () => {
    await vscode.commands.executeCommand('stableMemory.stepThrough', sample('traces/memory-manager.smtrace'), 3_000);
    await until('focused frame', () => vscode.debug.activeStackItem);
    const compared = vscode.commands.executeCommand('stableMemory.compareSteps');
    let isDone = false;
    compared.then(
      () => {
        isDone = true;
      },
      () => undefined,
    );
    await until('answer', async () => {
      // The input box suggests the step before.
      await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
      return isDone || undefined;
    });
    await titled(/step 2,999 ↔ .*step 3,000$/);
  });
});
