import * as vscode from 'vscode';
import { type EngineClient, errorText } from '../engine-client.ts';
import { SNAPSHOT_EDITOR } from './snapshot-editor.ts';

/** Usual names of snapshot files. */
const NAMES = [
  ...['stable_memory.bin', 'stable.bin'].flatMap((name) => [name, `${name}.gz`, `${name}.zst`]),
  '*_stable_memory.overlay',
  '*.stable-memory',
  '*.stmem',
];
// Globs do not support nested groups.
const PATTERN = `**/{${NAMES.join(',')}}`;

/** Opens the snapshot at `uri`, a file or a snapshot's folder. Without `uri`, lets the user choose. */
export async function openSnapshot(uri: vscode.Uri | undefined, engine: EngineClient): Promise<void> {
  const chosen = uri ?? (await choose());
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

interface Choice extends vscode.QuickPickItem {
  readonly uri: () => Promise<vscode.Uri | undefined>;
}

const dialog = async (options: vscode.OpenDialogOptions) => (await vscode.window.showOpenDialog(options))?.[0];

const FILE_DIALOGS: readonly Choice[] = [
  {
    label: '$(folder-opened) Choose a Snapshot Folder…',
    uri: () => dialog({ canSelectFiles: false, canSelectFolders: true, openLabel: 'Open Snapshot' }),
  },
  {
    label: '$(file-binary) Choose a File…',
    uri: () => dialog({ canSelectFiles: true, canSelectFolders: false, openLabel: 'Open Snapshot' }),
  },
];

/** Offers the file dialogs at once, and the snapshots of the workspace as soon as they are found. */
async function choose(): Promise<vscode.Uri | undefined> {
  const pick = vscode.window.createQuickPick<Choice>();
  pick.title = 'Open a snapshot of stable memory';
  pick.placeholder = 'A snapshot folder, its stable_memory.bin, or any raw image of stable memory, also gzipped';
  pick.items = FILE_DIALOGS;
  pick.busy = true;
  vscode.workspace.findFiles(PATTERN, undefined, 100).then((found) => {
    const present = found.map((uri): Choice => ({ label: vscode.workspace.asRelativePath(uri), uri: async () => uri }));
    pick.items = [...present, ...FILE_DIALOGS];
    pick.busy = false;
  });
  const chosen = await new Promise<Choice | undefined>((resolve) => {
    pick.onDidAccept(() => resolve(pick.activeItems[0]));
    pick.onDidHide(() => resolve(undefined));
    pick.show();
  });
  pick.dispose();
  return chosen?.uri();
}
