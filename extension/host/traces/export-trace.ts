import * as vscode from 'vscode';
import { EXPORT_FORMATS, type ExportFormat } from '../../../engine/trace/export/formats.ts';
import { chooseTrace } from './choose-trace.ts';
import type { CommandLine } from './command-line.ts';

/** The purpose of each format, and the end of its files' names. */
const FORMATS: Readonly<Record<ExportFormat, { readonly detail: string; readonly ending: string }>> = {
  chrome: { detail: 'Messages, steps and counters as JSON, for ui.perfetto.dev and Chrome’s profiler', ending: '.trace.json' },
  csv: { detail: 'One line a step, for spreadsheets and scripts', ending: '.csv' },
  heaptrack: { detail: 'Blocks by call stack, as text like heaptrack’s', ending: '.heaptrack.txt' },
};

/** Writes a trace in a format of another tool, and offers to show the file. */
export async function exportTrace(commandLine: CommandLine, from: vscode.Uri | undefined): Promise<void> {
  const source = from ?? (await chooseTrace('Choose a Trace to Export'));
  if (!source) return;
  const picked = await vscode.window.showQuickPick(
    EXPORT_FORMATS.map((format) => ({ label: format, detail: FORMATS[format].detail, format })),
    { title: 'Export Trace', placeHolder: 'Choose a format' },
  );
  if (!picked) return;
  const name = source.path.replace(/^.*\//, '').replace(/\.smtrace(\.gz|\.jsonl)?$/, '');
  const target = await vscode.window.showSaveDialog({
    title: 'Export Trace',
    defaultUri: vscode.Uri.joinPath(source, '..', `${name}${FORMATS[picked.format].ending}`),
  });
  if (!target) return;
  // The dialog has already asked whether an existing file may be replaced.
  const words = ['trace', source.fsPath, '--export', target.fsPath, '--format', picked.format, '--force'];
  await vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title: `Exporting ${name}…` }, () =>
    commandLine.run(words),
  );
  const show = 'Show in Folder';
  const answer = await vscode.window.showInformationMessage(`The trace was exported to ${target.fsPath}.`, show);
  if (answer === show) await vscode.commands.executeCommand('revealFileInOS', target);
}
