import { join } from 'node:path';
import * as vscode from 'vscode';
import type { EngineClient } from '../engine-client.ts';
import type { CommandLine } from './command-line.ts';
import { TRACE_SOURCE_LANGUAGE } from './trace-files.ts';

/** Creates and opens a short trace to edit by hand. F5 needs a file on disk, so this asks for a name first. */
export async function newTrace(engine: EngineClient): Promise<void> {
  const content = await engine.call('trace/template', {});
  const target = await vscode.window.showSaveDialog({
    title: 'Save New Trace',
    filters: { 'Trace, as text': ['smtrace.jsonl'] },
    ...inWorkspace('new.smtrace.jsonl'),
  });
  if (!target) return;
  await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(content));
  const document = await vscode.workspace.openTextDocument(target);
  await vscode.languages.setTextDocumentLanguage(document, TRACE_SOURCE_LANGUAGE);
  await vscode.window.showTextDocument(document);
}

/** Makes a trace from another tool's recording or from a canister's logs, and opens it. */
export async function importTrace(commandLine: CommandLine, from: vscode.Uri | undefined): Promise<void> {
  const chosen = from ? [from] : await vscode.window.showOpenDialog({ title: 'Choose a Recording to Import' });
  const source = chosen?.[0];
  if (!source) return;
  const name = source.path.replace(/^.*\//, '').replace(/(\.jsonl|\.json|\.log|\.txt)?(\.gz)?$/, '.smtrace');
  const target = await vscode.window.showSaveDialog({
    title: 'Save Trace',
    filters: { Trace: ['smtrace'] },
    defaultUri: vscode.Uri.joinPath(source, '..', name),
  });
  if (!target) return;
  await vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title: `Importing ${name}…` }, () =>
    commandLine.run(['import', source.fsPath, '-o', target.fsPath]),
  );
  await vscode.commands.executeCommand('vscode.open', target);
}

function inWorkspace(name: string): { readonly defaultUri?: vscode.Uri } {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  return folder ? { defaultUri: vscode.Uri.file(join(folder.uri.fsPath, name)) } : {};
}
