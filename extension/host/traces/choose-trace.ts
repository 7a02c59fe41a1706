import * as vscode from 'vscode';
import { activeTrace } from './trace-files.ts';

/** Asks for a trace. Suggests the one in the active editor. */
export async function chooseTrace(title: string): Promise<vscode.Uri | undefined> {
  const active = activeTrace();
  const chosen = await vscode.window.showOpenDialog({
    title,
    filters: { Trace: ['smtrace', 'gz', 'jsonl'] },
    ...(active === undefined ? {} : { defaultUri: vscode.Uri.file(active) }),
  });
  return chosen?.[0];
}
