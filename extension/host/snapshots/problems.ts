import * as vscode from 'vscode';
import { formatAddress } from '../../../engine/core/format.ts';
import type { FindingRow, MemoryRef } from '../../../engine/views/protocol.ts';
import { memoryKey } from '../memory-key.ts';
import type { ActiveMemory, ShownMemory } from './active-memory.ts';

/**
 * Scheme of documents whose lines are the findings of a snapshot. A diagnostic must be in a text, and a snapshot is not a text.
 */
const FINDINGS_SCHEME = 'stable-memory-findings';

/** Suffix of the document's name, so that no custom editor matches it. */
const SUFFIX = ' findings';

const SEVERITIES = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  information: vscode.DiagnosticSeverity.Information,
} as const;

/** Opening a document and placing the cursor are several events. Only the last within this time counts. Milliseconds. */
const FOLLOW_DELAY = 80;

interface Listed {
  readonly shown: ShownMemory;
  readonly findings: readonly FindingRow[];
}

/**
 * Lists the findings of all open snapshots in VS Code's Problems view. A click on one opens its line in the snapshot's document
 * of findings. This class then selects the bytes in our editor and closes the document, because the editor shows the same.
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

  /** Lists errors and warnings only. Information needs no remedy and stays in the editor's list. */
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
    this.#following = setTimeout(() => void this.#follow(editor), FOLLOW_DELAY);
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

/** Returns the URI of a snapshot's document of findings. Returns undefined for a trace, whose findings change with each step. */
function uriOf(memory: MemoryRef): vscode.Uri | undefined {
  return memory.kind === 'snapshot' ? vscode.Uri.file(`${memory.path}${SUFFIX}`).with({ scheme: FINDINGS_SCHEME }) : undefined;
}

function placeOf({ at }: FindingRow): string {
  return at === undefined ? 'outside the image' : formatAddress(at.start);
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
