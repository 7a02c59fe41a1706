import * as vscode from 'vscode';
import { type EngineClient, errorText } from '../engine-client.ts';
import type { StartedLanguageClient } from './client.ts';
import { MOTOKO_DOCUMENTS, OWN_DOCUMENTS } from './documents.ts';

/** Starts the language client when the first document of the extension is opened, or with the first hover in Motoko. */
export function registerLanguage(context: vscode.ExtensionContext, engine: EngineClient): void {
  let client: Promise<StartedLanguageClient | undefined> | undefined;
  const start = async (): Promise<StartedLanguageClient | undefined> => {
    try {
      const { startLanguageClient } = await import('./client.ts');
      // Loading it takes tens of milliseconds. Other work of the extension host may run before it starts.
      await new Promise((resolve) => setImmediate(resolve));
      const started = await startLanguageClient(engine);
      context.subscriptions.push(started);
      // From now on the client answers hovers in Motoko itself.
      firstHover.dispose();
      return started;
    } catch (error) {
      client = undefined;
      void vscode.window.showErrorMessage(
        `Hovers and links in traces do not work because the language server did not start: ${errorText(error)}`,
      );
      return undefined;
    }
  };
  const started = (): Promise<StartedLanguageClient | undefined> => {
    client ??= start();
    return client;
  };
  const firstHover = vscode.languages.registerHoverProvider([...MOTOKO_DOCUMENTS], {
    provideHover: async (document, position, token) => (await started())?.hover(document, position, token),
  });
  const consider = (document: vscode.TextDocument): void => {
    if (vscode.languages.match([...OWN_DOCUMENTS], document) > 0) void started();
  };
  context.subscriptions.push(firstHover, vscode.workspace.onDidOpenTextDocument(consider));
  for (const document of vscode.workspace.textDocuments) consider(document);
}
