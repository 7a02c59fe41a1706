import * as vscode from 'vscode';
import { type EngineClient, errorText } from '../engine-client.ts';
import { chooseSnapshot } from './files/choose-snapshot.ts';
import { SNAPSHOT_EDITOR } from './snapshot-editor.ts';

/** Opens the snapshot at `uri`, a file or a snapshot's folder. Without `uri`, lets the user choose. */
export async function openSnapshot(uri: vscode.Uri | undefined, engine: EngineClient): Promise<void> {
  const chosen = uri ?? (await chooseSnapshot('Open a snapshot of stable memory', 'Open Snapshot'));
  if (!chosen) return;
  let file: string;
  try {
    file = await engine.call('snapshot/file', { path: chosen.fsPath });
  } catch (error) {
    void vscode.window.showErrorMessage(errorText(error));
    return;
  }
  await vscode.commands.executeCommand('vscode.openWith', vscode.Uri.file(file), SNAPSHOT_EDITOR);
}
