/** What the tests inside the extension host share: the extension, the sample workspace, and waiting. */
import { strict as assert } from 'node:assert';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Inside } from '../../../extension/host/inside.ts';
import { PATIENCE } from '../../patience.ts';

/** The extension's own view of itself; activates it where nothing has yet. */
export async function inside(): Promise<Inside> {
  const extension = vscode.extensions.getExtension<Inside>('stable-memory.stable-memory-debugger');
  assert.ok(extension);
  return extension.activate();
}

/** A file of the sample workspace. */
export function sample(path: string): vscode.Uri {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  assert.ok(folder, 'No folder is open.');
  return vscode.Uri.file(join(folder.uri.fsPath, path));
}

/** Waits until `read` gives something, and answers that. */
export async function until<T>(what: string, read: () => T | undefined | Promise<T | undefined>, limit = PATIENCE): Promise<T> {
  const end = Date.now() + limit;
  while (Date.now() < end) {
    const value = await read();
    if (value !== undefined && value !== false) return value;
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  throw new Error(`After ${limit / 1000} s there is still no ${what}.`);
}

export function sha256(uri: vscode.Uri): string {
  return createHash('sha256').update(readFileSync(uri.fsPath)).digest('hex');
}

/** Every open tab: its label and what it is. */
export function tabs(): readonly vscode.Tab[] {
  return vscode.window.tabGroups.all.flatMap((group) => group.tabs);
}

export async function closeEverything(): Promise<void> {
  await vscode.debug.stopDebugging();
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
}
