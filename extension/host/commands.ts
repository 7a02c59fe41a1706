import * as vscode from 'vscode';
import { errorText } from './engine-client.ts';

/** What a command does with the arguments that a menu, a link or the palette gives it. */
type Commands = Readonly<Record<`stableMemory.${string}`, Parameters<typeof vscode.commands.registerCommand>[1]>>;

/** Registers commands whose failures are shown as what they are: sentences for the user. */
export function registerCommands(commands: Commands): vscode.Disposable {
  const registrations = Object.entries(commands).map(([name, run]) =>
    vscode.commands.registerCommand(name, async (...args: readonly unknown[]) => {
      try {
        return await run(...args);
      } catch (error) {
        void vscode.window.showErrorMessage(errorText(error));
        return undefined;
      }
    }),
  );
  return vscode.Disposable.from(...registrations);
}
