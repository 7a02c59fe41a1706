import * as vscode from 'vscode';
import { cut } from '../../../engine/core/format.ts';
import type { CallOutcome } from '../../../engine/views/recording.ts';
import { plainText } from '../plain-text.ts';
import { type ModulesOfScripts, moduleName } from './modules.ts';
import type { Outcomes } from './outcomes.ts';
import { isScript } from './script-files.ts';

const MARKS = { replied: '✓', rejected: '⊘', trapped: '✗' } as const;
/** Maximum characters of a reply or an error above its line. */
const MAX_TEXT = 100;

/** Draws above a script what records it, and above each line how its call ended in the last recording. */
export class ScriptLenses implements vscode.CodeLensProvider {
  readonly #modules: ModulesOfScripts;
  readonly #outcomes: Outcomes;
  readonly #changes = new vscode.EventEmitter<void>();

  readonly onDidChangeCodeLenses = this.#changes.event;

  constructor(modules: ModulesOfScripts, outcomes: Outcomes) {
    this.#modules = modules;
    this.#outcomes = outcomes;
    for (const event of [modules.onDidChange, outcomes.onDidChange, vscode.workspace.onDidGrantWorkspaceTrust])
      event(() => this.#changes.fire());
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    if (!isScript(document.uri)) return [];
    const { trace = '', byLine = new Map<number, CallOutcome>() } = this.#outcomes.of(document) ?? {};
    const outcomes = [...byLine].flatMap(([line, outcome]) => outcomeLenses(vscode.Uri.file(trace), line, outcome));
    return [...this.#recordLenses(document.uri), ...outcomes];
  }

  #recordLenses(script: vscode.Uri): readonly vscode.CodeLens[] {
    if (!vscode.workspace.isTrusted) return [lens(0, 'Trust This Workspace to Record', 'workbench.trust.manage')];
    const module = this.#modules.get(script);
    if (!module) return [lens(0, '▶ Record…', 'stableMemory.recordTrace', script)];
    return [
      lens(0, `▶ Record with ${plainText(moduleName(module.fsPath))}`, 'stableMemory.recordTrace', script),
      lens(0, 'Choose Another Module…', 'stableMemory.chooseModule', script),
    ];
  }
}

function outcomeLenses(trace: vscode.Uri, line: number, { outcome, text, step }: CallOutcome): readonly vscode.CodeLens[] {
  const shown = plainText(cut(text, MAX_TEXT));
  const title = `${MARKS[outcome]} ${outcome}${shown === '' ? '' : outcome === 'replied' ? ` ${shown}` : `: ${shown}`}`;
  if (step === undefined) return [lens(line, title, '')];
  const target = [trace, step] as const;
  if (outcome !== 'trapped') return [lens(line, title, 'stableMemory.stepThrough', ...target)];
  return [
    lens(line, title, 'stableMemory.stepThrough', ...target),
    lens(line, 'Step to It', 'stableMemory.stepThrough', ...target),
  ];
}

function lens(line: number, title: string, command: string, ...args: readonly unknown[]): vscode.CodeLens {
  const tooltips: Readonly<Record<string, string>> = {
    'stableMemory.recordTrace': 'Run this script, and record what it does to stable memory',
    'stableMemory.stepThrough': 'Step through the trace, from the end of this call',
  };
  const tooltip = tooltips[command];
  return new vscode.CodeLens(new vscode.Range(line, 0, line, 0), {
    title,
    command,
    arguments: [...args],
    ...(tooltip === undefined ? {} : { tooltip }),
  });
}
