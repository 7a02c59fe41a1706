import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { plainText } from '../plain-text.ts';
import { SNAPSHOT_EDITOR } from './snapshot-editor.ts';

/** What a snapshot's stable memory is called in its folder. */
const NAMES = ['stable_memory.bin', 'stable_memory.bin.gz'] as const;

const PATTERN = '**/{stable_memory.bin,stable_memory.bin.gz,*.stable-memory,*.stmem}';

/** Opens the snapshot at `uri`, a file or a snapshot's folder; without one, lets the user choose. */
export async function openSnapshot(uri: vscode.Uri | undefined): Promise<void> {
  const chosen = uri ?? (await choose());
  if (!chosen) return;
  const file = snapshotFile(chosen.fsPath);
  if (file === undefined) {
    void vscode.window.showErrorMessage(
      `The folder ${plainText(chosen.fsPath)} holds no stable_memory.bin, so it is no snapshot. ` +
        'Choose the folder that "icp canister snapshot download" or "dfx canister snapshot download" wrote.',
    );
    return;
  }
  await vscode.commands.executeCommand('vscode.openWith', vscode.Uri.file(file), SNAPSHOT_EDITOR);
}

/** The file to open; undefined for a folder that is no snapshot. */
function snapshotFile(path: string): string | undefined {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return path;
  return NAMES.map((name) => join(path, name)).find((file) => existsSync(file));
}

interface Choice extends vscode.QuickPickItem {
  readonly uri: () => Promise<vscode.Uri | undefined>;
}

const dialog = async (options: vscode.OpenDialogOptions) => (await vscode.window.showOpenDialog(options))?.[0];

const ELSEWHERE: readonly Choice[] = [
  {
    label: '$(folder-opened) Choose a Snapshot Folder…',
    uri: () => dialog({ canSelectFiles: false, canSelectFolders: true, openLabel: 'Open Snapshot' }),
  },
  {
    label: '$(file-binary) Choose a File…',
    uri: () => dialog({ canSelectFiles: true, canSelectFolders: false, openLabel: 'Open Snapshot' }),
  },
];

/** Offers the way to any snapshot at once, and those of the workspace as soon as they are found. */
async function choose(): Promise<vscode.Uri | undefined> {
  const pick = vscode.window.createQuickPick<Choice>();
  pick.title = 'Open a snapshot of stable memory';
  pick.placeholder = 'A snapshot folder, its stable_memory.bin, or any raw image of stable memory, also gzipped';
  pick.items = ELSEWHERE;
  pick.busy = true;
  vscode.workspace.findFiles(PATTERN, undefined, 100).then((found) => {
    const present = found.map((uri): Choice => ({ label: vscode.workspace.asRelativePath(uri), uri: async () => uri }));
    pick.items = [...present, ...ELSEWHERE];
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
