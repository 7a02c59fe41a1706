import * as vscode from 'vscode';
import { errorText } from './engine-client.ts';

/** The handlers of commands by command id. A menu, a link or the palette passes the arguments. */
type Commands = Readonly<Record<`stableMemory.${string}`, Parameters<typeof vscode.commands.registerCommand>[1]>>;

/** Registers commands. If a command fails, its error message is shown to the user. */
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
