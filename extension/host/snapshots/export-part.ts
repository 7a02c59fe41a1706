import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { Format } from '../../../engine/views/export-formats.ts';
import { opensInCustomEditor } from '../custom-editors.ts';
import type { EngineClient } from '../engine-client.ts';
import { plainText } from '../plain-text.ts';
import type { ActiveMemory } from './active-memory.ts';
import { type ChosenRow, chooseRow } from './choose-row.ts';
import { doLongWork } from './long-work.ts';
import { isExportable } from './memory-tree.ts';
import { BINARY_EDITOR } from './snapshot-editor.ts';
import { folderFor, nameOf } from './suggested-place.ts';

interface ExportFormat {
  readonly label: string;
  readonly detail: string;
  readonly ending: string;
  /** The viewer of such files: our editor of bytes, VS Code's of text, or one of another extension. */
  readonly shownBy: 'us' | 'text editor' | 'viewer';
}

const FORMATS: Readonly<Record<Format, ExportFormat>> = {
  raw: { label: 'Raw bytes', detail: 'All bytes, in the order of their addresses', ending: 'bin', shownBy: 'us' },
  jsonl: {
    label: 'JSON Lines',
    detail: 'A line of JSON for each entry, with its bytes and its decoded text',
    ending: 'jsonl',
    shownBy: 'text editor',
  },
  csv: { label: 'CSV', detail: 'A table of the entries, for spreadsheets', ending: 'csv', shownBy: 'text editor' },
  parquet: {
    label: 'Parquet',
    detail: 'The same table, for DuckDB, pandas and other tools for data',
    ending: 'parquet',
    shownBy: 'viewer',
  },
  sqlite: {
    label: 'SQLite database',
    detail: 'The database in this memory, as a file that opens',
    ending: 'sqlite',
    shownBy: 'viewer',
  },
};

/** Exports the memory, region or structure of a row, or one that the user chooses, to a file. */
export async function exportPart(engine: EngineClient, active: ActiveMemory, from: ChosenRow | undefined): Promise<void> {
  const chosen =
    from ??
    (await chooseRow(engine, active, 'memories', isExportable, {
      title: 'Export a memory or region',
      none: 'This memory has nothing to export.',
    }));
  const part = chosen?.row.part;
  if (chosen === undefined || part === undefined) return;
  const { memory, title } = chosen.shown;
  const format = await chooseFormat(await engine.call('memory/export-formats', { memory, part }), part);
  if (format === undefined) return;
  const { ending } = FORMATS[format];
  const target = await vscode.window.showSaveDialog({
    title: `Export ${part}`,
    defaultUri: vscode.Uri.joinPath(folderFor(memory), `${nameOf(title)}-${part.replaceAll(/[/@]/g, '-')}.${ending}`),
    filters: { [FORMATS[format].label]: [ending] },
  });
  if (target === undefined) return;
  if (target.scheme !== 'file') throw new Error(`${target.toString()} is not on this computer. Choose a file of its disk.`);
  const begin = () => engine.call('memory/export', { memory, part, format, file: target.fsPath });
  const result = await doLongWork(engine, `Exporting ${part}`, begin);
  if (result === undefined) return;
  const show = result.problems.length === 0 ? vscode.window.showInformationMessage : vscode.window.showWarningMessage;
  const open = openerOf(format, target);
  const actions = [...(open ? ['Open'] : []), 'Show in Folder'];
  const answer = await show(plainText([result.text, ...result.problems].join(' ')), ...actions);
  if (answer === 'Open') await open?.();
  if (answer === 'Show in Folder') await vscode.commands.executeCommand('revealFileInOS', target);
}

/** Returns what opens an exported file. Returns undefined where no extension is a viewer of such files. */
function openerOf(format: Format, target: vscode.Uri): (() => Thenable<unknown>) | undefined {
  const { shownBy } = FORMATS[format];
  if (shownBy === 'us') return () => vscode.commands.executeCommand('vscode.openWith', target, BINARY_EDITOR);
  if (shownBy === 'viewer' && !opensInCustomEditor(basename(target.fsPath))) return undefined;
  return () => vscode.commands.executeCommand('vscode.open', target);
}

async function chooseFormat(formats: readonly Format[], part: string): Promise<Format | undefined> {
  const items = formats.map((format) => ({ ...FORMATS[format], format }));
  return (await vscode.window.showQuickPick(items, { title: `Export ${part}`, placeHolder: 'Choose a format' }))?.format;
}
