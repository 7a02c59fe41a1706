import * as vscode from 'vscode';
import { registerCommands } from './commands.ts';

/** Opens the extension's walkthrough, which is its short manual. */
export function registerHelp(context: vscode.ExtensionContext): void {
  const walkthrough = `${context.extension.id}#start`;
  context.subscriptions.push(
    registerCommands({
      'stableMemory.openHelp': () => vscode.commands.executeCommand('workbench.action.openWalkthrough', walkthrough),
    }),
  );
}
