import { strict as assert } from 'node:assert';
import * as vscode from 'vscode';
import { closeEverything, sample, until } from './inside.ts';

/** The text of all hovers at the first place where `text` stands in the document, as soon as there is one. */
async function hoverOn(document: vscode.TextDocument, text: string): Promise<string> {
  const position = document.positionAt(document.getText().indexOf(text) + 2);
  return until(`hover on ${text}`, async () => {
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>('vscode.executeHoverProvider', document.uri, position);
    const contents = hovers.flatMap((hover) => hover.contents);
    return contents.map((each) => (typeof each === 'string' ? each : each.value)).join('\n') || undefined;
  });
}

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
