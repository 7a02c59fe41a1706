import { execFile } from 'node:child_process';
import * as vscode from 'vscode';

/**
 * Environment that makes VS Code's executable run as Node. The package contains the command line, so nothing has to be installed.
 */
const AS_NODE = { ELECTRON_RUN_AS_NODE: '1' } as const;

export class CommandLine {
  readonly #script: string;

  constructor(extension: vscode.Uri) {
    this.#script = vscode.Uri.joinPath(extension, 'dist', 'stable-memory.mjs').fsPath;
  }

  /** Runs the command line until it exits. Returns what it printed. @throws Error with the text of its standard error. */
  run(args: readonly string[]): Promise<string> {
    return new Promise((resolve, reject) => {
      execFile(process.execPath, [this.#script, ...args], { env: { ...process.env, ...AS_NODE } }, (error, output, stderr) => {
        if (error) reject(new Error(stderr.trim() === '' ? error.message : stderr.trim()));
        else resolve(output);
      });
    });
  }

  /** Opens a terminal in which `stable-memory` runs the command line of this package. */
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

/** Returns an alias. All Unix shells share its syntax, and its name may have a hyphen. */
function shellAlias(parts: readonly string[]): string {
  const command = parts.map((part) => `'${part.replaceAll("'", `'\\''`)}'`).join(' ');
  return `alias stable-memory="ELECTRON_RUN_AS_NODE=1 ${command.replaceAll(/["\\$`]/g, '\\$&')}"`;
}
