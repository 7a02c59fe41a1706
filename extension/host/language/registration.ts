import * as vscode from 'vscode';
import { type EngineClient, errorText } from '../engine-client.ts';
import { LANGUAGE_DOCUMENTS } from './documents.ts';

/** Starts the language client when the first document that it serves is opened. */
export function registerLanguage(context: vscode.ExtensionContext, engine: EngineClient): void {
  let started = false;
  const consider = async (document: vscode.TextDocument): Promise<void> => {
    if (started || vscode.languages.match([...LANGUAGE_DOCUMENTS], document) === 0) return;
    started = true;
    try {
      const { startLanguageClient } = await import('./client.ts');
      context.subscriptions.push(await startLanguageClient(engine));
    } catch (error) {
      started = false;
      void vscode.window.showErrorMessage(
        `Hovers and links in traces do not work because the language server did not start: ${errorText(error)}`,
      );
    }
  };
  context.subscriptions.push(vscode.workspace.onDidOpenTextDocument((document) => void consider(document)));
  for (const document of vscode.workspace.textDocuments) void consider(document);
}
