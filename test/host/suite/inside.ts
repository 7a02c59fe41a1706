/** Shared parts of the tests inside the extension host: the extension, the sample workspace, and waiting. */
import { strict as assert } from 'node:assert';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { TestApi } from '../../../extension/host/test-api.ts';
import { PATIENCE } from '../../patience.ts';

/** Returns the extension's test API. Activates the extension if necessary. */
export async function inside(): Promise<TestApi> {
  const extension = vscode.extensions.getExtension<TestApi>('stable-memory.stable-memory-debugger');
  assert.ok(extension);
  return extension.activate();
}

/** Returns the URI of a file of the sample workspace. */
export function sample(path: string): vscode.Uri {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  assert.ok(folder, 'No folder is open.');
  return vscode.Uri.file(join(folder.uri.fsPath, path));
}

/** Waits until `read` returns something, and returns that. */
export async function until<T>(what: string, read: () => T | undefined | Promise<T | undefined>, limit = PATIENCE): Promise<T> {
  const end = Date.now() + limit;
  while (Date.now() < end) {
    const value = await read();
    if (value !== undefined && value !== false) return value;
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  throw new Error(`After ${limit / 1000} s there is still no ${what}.`);
}

/**
 * Exports a part of the active memory to the file that is suggested, `target`. Starts again if the list of formats closes, as it does when
 * something that ends takes the focus.
 */
export async function exportTo(target: vscode.Uri, part: string): Promise<void> {
  const { rowOf } = await inside();
  let isAsking = false;
  await until('exported file', async () => {
    if (!isAsking) {
      isAsking = true;
      vscode.commands.executeCommand('stableMemory.exportPart', await rowOf('memories', part)).then(() => {
        isAsking = false;
      });
    }
    // The list of formats and the dialog for the file suggest what is expected here.
    await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
    return existsSync(target.fsPath) || undefined;
  });
}

export function sha256(uri: vscode.Uri): string {
  return createHash('sha256').update(readFileSync(uri.fsPath)).digest('hex');
}

/** Waits for hovers at the first occurrence of `text` in the document, and returns their text. */
export async function hoverOn(document: vscode.TextDocument, text: string): Promise<string> {
  const position = document.positionAt(document.getText().indexOf(text) + 2);
  return until(`hover on ${text}`, async () => {
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>('vscode.executeHoverProvider', document.uri, position);
    const contents = hovers.flatMap((hover) => hover.contents);
    return contents.map((each) => (typeof each === 'string' ? each : each.value)).join('\n') || undefined;
  });
}

/** Returns all open tabs. */
export function tabs(): readonly vscode.Tab[] {
  return vscode.window.tabGroups.all.flatMap((group) => group.tabs);
}

export async function closeEverything(): Promise<void> {
  await vscode.debug.stopDebugging();
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
}
