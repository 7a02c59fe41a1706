import * as vscode from 'vscode';

/** Usual names of snapshot files. */
const NAMES = [
  ...['stable_memory.bin', 'stable.bin'].flatMap((name) => [name, `${name}.gz`, `${name}.zst`]),
  '*_stable_memory.overlay',
  '*.stable-memory',
  '*.stmem',
];
// Globs do not support nested groups.
const PATTERN = `**/{${NAMES.join(',')}}`;

interface Choice extends vscode.QuickPickItem {
  readonly uri: () => Promise<vscode.Uri | undefined>;
}

const dialog = async (options: vscode.OpenDialogOptions) => (await vscode.window.showOpenDialog(options))?.[0];

const fileDialogs = (openLabel: string): readonly Choice[] => [
  {
    label: '$(folder-opened) Choose a Snapshot Folder…',
    uri: () => dialog({ canSelectFiles: false, canSelectFolders: true, openLabel }),
  },
  {
    label: '$(file-binary) Choose a File…',
    uri: () => dialog({ canSelectFiles: true, canSelectFolders: false, openLabel }),
  },
];

/**
 * Lets the user choose a snapshot. Offers the file dialogs at once, and the snapshots of the workspace as soon as they are found.
 * `openLabel` is on the button of the dialogs.
 */
export async function chooseSnapshot(title: string, openLabel: string): Promise<vscode.Uri | undefined> {
  const dialogs = fileDialogs(openLabel);
  const pick = vscode.window.createQuickPick<Choice>();
  pick.title = title;
  pick.placeholder = 'A snapshot folder, its stable_memory.bin, or any raw image of stable memory, also gzipped';
  pick.items = dialogs;
  pick.busy = true;
  vscode.workspace.findFiles(PATTERN, undefined, 100).then((found) => {
    const present = found.map((uri): Choice => ({ label: vscode.workspace.asRelativePath(uri), uri: async () => uri }));
    pick.items = [...present, ...dialogs];
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
