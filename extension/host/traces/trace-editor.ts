import * as vscode from 'vscode';
import { errorText } from '../engine-client.ts';
import { traceTextUri } from './trace-files.ts';

export const TRACE_EDITOR = 'stableMemory.trace';

/**
 * Custom editor for binary trace files. It only opens the trace's text in a text editor, where breakpoints, folding, search and
 * hovers work. The package registers it for files on disk only, so it does not apply to the text itself.
 */
export class TraceEditor implements vscode.CustomReadonlyEditorProvider {
  openCustomDocument(uri: vscode.Uri): vscode.CustomDocument {
    return { uri, dispose: () => undefined };
  }

  async resolveCustomEditor({ uri }: vscode.CustomDocument, panel: vscode.WebviewPanel): Promise<void> {
    const { viewColumn, active } = panel;
    const preview = tabOf(uri, viewColumn)?.isPreview ?? true;
    try {
      const document = await vscode.workspace.openTextDocument(traceTextUri(uri));
      await vscode.window.showTextDocument(document, {
        preview,
        preserveFocus: !active,
        ...(viewColumn === undefined ? {} : { viewColumn }),
      });
    } catch (error) {
      void vscode.window.showErrorMessage(errorText(error));
    }
    panel.dispose();
  }
}

function tabOf(uri: vscode.Uri, column: vscode.ViewColumn | undefined): vscode.Tab | undefined {
  const group = vscode.window.tabGroups.all.find(({ viewColumn }) => viewColumn === column);
  return group?.tabs.find(({ input }) => input instanceof vscode.TabInputCustom && input.uri.toString() === uri.toString());
}
