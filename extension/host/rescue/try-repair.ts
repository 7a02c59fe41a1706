import { join } from 'node:path';
import * as vscode from 'vscode';
import { formatCounted } from '../../../engine/core/format.ts';
import type { EngineClient } from '../engine-client.ts';
import { plainText } from '../plain-text.ts';
import type { ShownMemory } from '../snapshots/active-memory.ts';
import { doLongWork } from '../snapshots/long-work.ts';
import { SNAPSHOT_EDITOR } from '../snapshots/snapshot-editor.ts';
import { folderFor, nameOf } from '../snapshots/suggested-place.ts';
import type { TextPages } from '../text-pages.ts';

/** Repairs a copy of a snapshot in memory and shows what came of it. The user may save the copy as a new snapshot folder. */
export async function tryRepair(engine: EngineClient, pages: TextPages, { memory, title, document }: ShownMemory): Promise<void> {
  const begin = () => engine.call('rescue/repair', { memory });
  const result = await doLongWork(engine, `Trying repairs on a copy of ${plainText(title)}`, begin);
  if (result === undefined) return;
  await pages.show(`Repair of ${title}`, result.text);
  const { repairs, errors } = await engine.call('rescue/repaired', { memory });
  if (repairs === 0) return;
  const left = errors === 0 ? 'No error is left.' : `${formatCounted(errors, 'error')} left.`;
  const text = `${formatCounted(repairs, 'repair')} made on a copy in memory. ${left} The snapshot itself is as it was.`;
  const save = 'Save Repaired Copy…';
  if ((await vscode.window.showInformationMessage(text, save)) !== save) return;
  const folder = await vscode.window.showSaveDialog({
    title: 'Save the repaired copy as a new snapshot folder',
    saveLabel: 'Save as a New Folder',
    defaultUri: vscode.Uri.joinPath(folderFor(memory), `${nameOf(title)}-repaired`),
  });
  if (folder === undefined) return;
  if (folder.scheme !== 'file') throw new Error(`${folder.toString()} is not on this computer. Choose a folder of its disk.`);
  const remarks = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: 'Writing the repaired copy, and checking it again' },
    async () => engine.call('rescue/write-repaired', { memory, folder: folder.fsPath }),
  );
  const written = vscode.Uri.file(join(folder.fsPath, 'stable_memory.bin'));
  const said = [`${folder.fsPath} was written, and checked again.`, ...remarks].join(' ');
  const answer = await vscode.window.showInformationMessage(plainText(said), 'Open', 'Compare');
  if (answer === 'Open') await vscode.commands.executeCommand('vscode.openWith', written, SNAPSHOT_EDITOR);
  if (answer === 'Compare') {
    const before = vscode.Uri.parse(document, true);
    await vscode.commands.executeCommand('stableMemory.compareSnapshots', before, [before, written]);
  }
}
