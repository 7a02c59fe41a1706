import * as vscode from 'vscode';
import type { TracePlace } from '../../../engine/views/protocol.ts';

/** Opens the document that shows a place of a trace, and selects its line. */
export async function showPlace({ uri, line }: TracePlace): Promise<void> {
  const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(uri));
  const start = new vscode.Position(line, 0);
  const editor = await vscode.window.showTextDocument(document, { selection: new vscode.Range(start, start) });
  editor.revealRange(editor.selection, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}
