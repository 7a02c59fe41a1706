import * as vscode from 'vscode';
import { chooseTrace } from './choose-trace.ts';
import type { CommandLine } from './command-line.ts';

/** Compares two traces, and shows the comparison as text. */
export async function compareTraces(
  commandLine: CommandLine,
  from: vscode.Uri | undefined,
  selected: readonly vscode.Uri[] | undefined,
): Promise<void> {
  const a = from ?? (await chooseTrace('Choose the First Trace'));
  // Two traces that are selected in the explorer are both passed.
  const b = a && (selected?.find((uri) => uri.fsPath !== a.fsPath) ?? (await chooseTrace('Choose the Second Trace')));
  if (!a || !b) return;
  const content = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: 'Comparing traces…' },
    () => commandLine.run(['compare-traces', a.fsPath, b.fsPath]),
  );
  const head = `A: ${a.fsPath}\nB: ${b.fsPath}\n\n`;
  const document = await vscode.workspace.openTextDocument({ content: head + content, language: 'plaintext' });
  await vscode.window.showTextDocument(document);
}
