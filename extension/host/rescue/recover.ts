import { extname } from 'node:path';
import * as vscode from 'vscode';
import type { EngineClient } from '../engine-client.ts';
import { plainText } from '../plain-text.ts';
import type { ShownMemory } from '../snapshots/active-memory.ts';
import { doLongWork } from '../snapshots/long-work.ts';
import { folderFor, nameOf } from '../snapshots/suggested-place.ts';
import type { TextPages } from '../text-pages.ts';

/** Lists the entries in bytes that no structure uses any more. The user may save all of them to a file. */
export async function recover(engine: EngineClient, pages: TextPages, { memory, title }: ShownMemory): Promise<void> {
  const find = () => engine.call('rescue/recover', { memory });
  const result = await doLongWork(engine, `Looking for what can be recovered from ${plainText(title)}`, find);
  if (result === undefined) return;
  await pages.show(`Recovered from ${title}`, result.text);
  if (result.found === 0) return;
  const save = 'Save All…';
  if ((await vscode.window.showInformationMessage('The page lists what can be recovered.', save)) !== save) return;
  const target = await vscode.window.showSaveDialog({
    title: 'Save all entries that can be recovered',
    defaultUri: vscode.Uri.joinPath(folderFor(memory), `${nameOf(title)}-recovered.jsonl`),
    filters: { 'JSON Lines': ['jsonl'], CSV: ['csv'] },
  });
  if (target === undefined) return;
  if (target.scheme !== 'file') throw new Error(`${target.toString()} is not on this computer. Choose a file of its disk.`);
  const format = extname(target.fsPath) === '.csv' ? 'csv' : 'jsonl';
  const write = () => engine.call('rescue/write-recovered', { memory, file: target.fsPath, format });
  const written = await doLongWork(engine, 'Writing what can be recovered', write);
  if (written === undefined) return;
  if ((await vscode.window.showInformationMessage(plainText(written.text), 'Open')) === 'Open')
    await vscode.commands.executeCommand('vscode.open', target);
}
