import * as vscode from 'vscode';
import { formatAddress } from '../../../engine/core/format.ts';
import type { FindingRow, MemoryRef } from '../../../engine/views/protocol.ts';
import { memoryKey } from '../engine-client.ts';
import type { ActiveMemory, ShownMemory } from './active-memory.ts';

/** Documents whose lines are the findings of a snapshot: a diagnostic needs a text to be in, and a snapshot is none. */
export const FINDINGS_SCHEME = 'stable-memory-findings';

/** A name that no custom editor takes for its own, ours among them. */
const SUFFIX = ' findings';

const SEVERITIES = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  information: vscode.DiagnosticSeverity.Information,
} as const;

/** Opening a document and putting the cursor into a line are several events: the last of them counts. Milliseconds. */
const SETTLE = 80;

interface Listed {
  readonly shown: ShownMemory;
  readonly findings: readonly FindingRow[];
}

/**
 * Lists the findings of every open snapshot among VS Code's Problems. A click on one opens its line in the snapshot's document of findings, from
 * where it goes on to the bytes in our editor; the document is closed again, as the editor says all that it says.
 */
export class Problems implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #collection = vscode.languages.createDiagnosticCollection('Stable Memory');
  readonly #listed = new Map<string, Listed>();
  readonly #changes = new vscode.EventEmitter<vscode.Uri>();
  readonly #subscriptions: vscode.Disposable[];
  #following: NodeJS.Timeout | undefined;

  readonly onDidChange = this.#changes.event;

  constructor(active: ActiveMemory) {
    const follow = (editor: vscode.TextEditor | undefined): void => {
      if (editor?.document.uri.scheme === FINDINGS_SCHEME) this.#followSoon(editor);
    };
    this.#subscriptions = [
      this.#collection,
      this.#changes,
      vscode.workspace.registerTextDocumentContentProvider(FINDINGS_SCHEME, this),
      active.onDidScanAny((shown) => this.#list(shown)),
      active.onDidDrop((memory) => this.#drop(memory)),
      vscode.window.onDidChangeActiveTextEditor(follow),
      vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => follow(textEditor)),
    ];
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#of(uri)?.findings.map(lineOf).join('\n') ?? 'The snapshot is not open. Its findings are listed while it is.';
  }

  dispose(): void {
    clearTimeout(this.#following);
    for (const each of this.#subscriptions) each.dispose();
  }

  /** Facts that need no remedy are no problems: they stay in the editor's list. */
  #list(shown: ShownMemory): void {
    const uri = uriOf(shown.memory);
    if (uri === undefined) return;
    const findings = (shown.scan?.findings ?? []).filter(({ severity }) => severity !== 'information');
    this.#listed.set(memoryKey(shown.memory), { shown, findings });
    this.#collection.set(uri, findings.map(diagnosticOf));
    this.#changes.fire(uri);
  }

  #drop(memory: MemoryRef): void {
    const uri = uriOf(memory);
    this.#listed.delete(memoryKey(memory));
    if (uri !== undefined) this.#collection.delete(uri);
  }

  #of(uri: vscode.Uri): Listed | undefined {
    return [...this.#listed.values()].find(({ shown }) => uriOf(shown.memory)?.toString() === uri.toString());
  }

  #followSoon(editor: vscode.TextEditor): void {
    clearTimeout(this.#following);
    this.#following = setTimeout(() => void this.#follow(editor), SETTLE);
  }

  async #follow({ document, selection }: vscode.TextEditor): Promise<void> {
    const listed = this.#of(document.uri);
    const finding = listed?.findings[selection.active.line];
    if (listed === undefined || finding?.at === undefined) return;
    listed.shown.select(finding.at.start, true);
    const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
    const own = tabs.filter(
      ({ input }) => input instanceof vscode.TabInputText && input.uri.toString() === document.uri.toString(),
    );
    await vscode.window.tabGroups.close(own, true);
  }
}

/** Undefined for the moments of a trace, whose findings come and go with each step. */
function uriOf(memory: MemoryRef): vscode.Uri | undefined {
  return memory.kind === 'snapshot' ? vscode.Uri.file(`${memory.path}${SUFFIX}`).with({ scheme: FINDINGS_SCHEME }) : undefined;
}

function placeOf({ at }: FindingRow): string {
  return at === undefined ? 'outside of the image' : formatAddress(at.start);
}

function lineOf(finding: FindingRow): string {
  const { severity, code, message, remedy } = finding;
  return `${severity.padEnd(8)} ${placeOf(finding)}  ${oneLine(`${message} ${remedy}`)}  ${code}`;
}

function diagnosticOf(finding: FindingRow, line: number): vscode.Diagnostic {
  const range = new vscode.Range(line, 0, line, lineOf(finding).length);
  const text = `${oneLine(finding.message)} (${placeOf(finding)})`;
  const diagnostic = new vscode.Diagnostic(range, text, SEVERITIES[finding.severity]);
  diagnostic.source = 'Stable Memory';
  diagnostic.code = finding.code;
  return diagnostic;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ');
}
