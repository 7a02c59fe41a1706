import { execFile } from 'node:child_process';
import * as vscode from 'vscode';

/** The command line is in the package; VS Code's own Node runs it, so that nothing has to be installed. */
const AS_NODE = { ELECTRON_RUN_AS_NODE: '1' } as const;

export class CommandLine {
  readonly #script: string;

  constructor(extension: vscode.Uri) {
    this.#script = vscode.Uri.joinPath(extension, 'dist', 'stable-memory.mjs').fsPath;
  }

  /** Runs it to its end. @throws with what it said on its standard error. */
  run(args: readonly string[]): Promise<void> {
    return new Promise((resolve, reject) => {
      execFile(process.execPath, [this.#script, ...args], { env: { ...process.env, ...AS_NODE } }, (error, _output, said) => {
        if (error) reject(new Error(said.trim() === '' ? error.message : said.trim()));
        else resolve();
      });
    });
  }

  /** A terminal in which `stable-memory` is the command line of this package. */
  openTerminal(): void {
    const terminal = vscode.window.createTerminal({ name: 'Stable Memory' });
    terminal.show();
    const parts = [process.execPath, this.#script];
    terminal.sendText(process.platform === 'win32' ? powerShellFunction(parts) : shellAlias(parts));
    terminal.sendText('stable-memory --help');
  }
}

function powerShellFunction(parts: readonly string[]): string {
  const command = parts.map((part) => `'${part.replaceAll("'", "''")}'`).join(' ');
  return `function stable-memory { $env:ELECTRON_RUN_AS_NODE = 1; & ${command} @args; Remove-Item Env:ELECTRON_RUN_AS_NODE }`;
}

/** An alias: all shells of Unix have it alike, and allow a hyphen in its name. */
function shellAlias(parts: readonly string[]): string {
  const command = parts.map((part) => `'${part.replaceAll("'", `'\\''`)}'`).join(' ');
  return `alias stable-memory="ELECTRON_RUN_AS_NODE=1 ${command.replaceAll(/["\\$`]/g, '\\$&')}"`;
}
