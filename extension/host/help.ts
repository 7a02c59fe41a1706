import * as vscode from 'vscode';
import { registerCommands } from './commands.ts';

/** Registers the command that opens the extension's walkthrough, its short manual. */
export function registerHelp(context: vscode.ExtensionContext): void {
  const walkthrough = `${context.extension.id}#start`;
  context.subscriptions.push(
    registerCommands({
      'stableMemory.openHelp': () => vscode.commands.executeCommand('workbench.action.openWalkthrough', walkthrough),
    }),
  );
}
