import { strict as assert } from 'node:assert';
import * as vscode from 'vscode';
import { closeEverything, hoverOn, sample, until } from './inside.ts';

describe('Hovers', () => {
  afterEach(closeEverything);

  it('explain an address of a trace', async () => {
    await vscode.commands.executeCommand('vscode.open', sample('traces/memory-region.smtrace'));
    const document = await until('text of a trace', () => {
      const open = vscode.window.activeTextEditor?.document;
      return open?.uri.scheme === 'stable-memory-trace' ? open : undefined;
    });
    assert.match(await hoverOn(document, '0x45'), /0x45.* in region 16/);
  });

  it('decode a blob literal of Motoko', async () => {
    const document = await vscode.workspace.openTextDocument(sample('Ledger.mo'));
    await vscode.window.showTextDocument(document);
    assert.match(await hoverOn(document, '"\\44'), /42/);
  });
});
