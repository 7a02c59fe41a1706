import * as vscode from 'vscode';
import { plainText } from '../plain-text.ts';
import { traceFileOf } from '../traces/trace-files.ts';
import { type ModulesOfScripts, moduleName } from './modules.ts';
import { exists, scriptOfTrace } from './script-files.ts';

/** Draws above a recorded trace what records it again, if its script is beside it and the module of the script is known. */
export class TraceLenses implements vscode.CodeLensProvider {
  readonly #modules: ModulesOfScripts;

  readonly onDidChangeCodeLenses: vscode.Event<void>;

  constructor(modules: ModulesOfScripts) {
    this.#modules = modules;
    this.onDidChangeCodeLenses = modules.onDidChange;
  }

  async provideCodeLenses({ uri }: vscode.TextDocument): Promise<vscode.CodeLens[]> {
    const trace = traceFileOf(uri);
    const script = trace === undefined ? undefined : scriptOfTrace(trace);
    const module = script && this.#modules.get(script);
    // A later part of the text does not begin with the trace's first line.
    if (!script || !module || uri.query !== '' || !vscode.workspace.isTrusted || !(await exists(script))) return [];
    const lens = new vscode.CodeLens(new vscode.Range(0, 0, 0, 0), {
      title: '▶ Record Again',
      tooltip: `Run the script of this trace again with ${plainText(moduleName(module.fsPath))}`,
      command: 'stableMemory.recordTrace',
      arguments: [script],
    });
    return [lens];
  }
}
