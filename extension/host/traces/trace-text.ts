import * as vscode from 'vscode';
import { formatCount } from '../../../engine/core/format.ts';
import { TRACE_SCHEME } from '../../../servers/open-files/trace-uri.ts';
import type { EngineClient } from '../engine-client.ts';
import { watchForChange } from '../snapshots/file-watch.ts';
import { TRACE_LANGUAGE } from './trace-files.ts';

/** Lines asked for at once; the worker answers fewer where its answers would grow too large. */
const PIECE = 5000;

/** VS Code hands no document to extensions that has more than 50 million characters; no breakpoint could bind in it. */
const MAX_CHARACTERS = 40_000_000;

/** Assembles the text of traces from the worker's pieces, and keeps an eye on their files. */
export class TraceText implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #engine: EngineClient;
  readonly #changes = new vscode.EventEmitter<vscode.Uri>();
  readonly #watches = new Map<string, vscode.Disposable>();
  readonly #subscriptions: vscode.Disposable[];

  readonly onDidChange = this.#changes.event;

  constructor(engine: EngineClient) {
    this.#engine = engine;
    this.#subscriptions = [
      this.#changes,
      vscode.workspace.registerTextDocumentContentProvider(TRACE_SCHEME, this),
      vscode.workspace.onDidOpenTextDocument((document) => void ensureLanguage(document)),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#unwatch(uri)),
    ];
  }

  async provideTextDocumentContent(uri: vscode.Uri, token: vscode.CancellationToken): Promise<string> {
    this.#watch(uri);
    const path = uri.fsPath;
    const { lines } = await this.#engine.call('trace/open', { path });
    const pieces: string[] = [];
    let characters = 0;
    let from = 0;
    while (from < lines && characters < MAX_CHARACTERS && !token.isCancellationRequested) {
      const piece = await this.#engine.call('trace/lines', { path, from, count: Math.min(PIECE, lines - from) });
      if (piece.lines === 0) break;
      pieces.push(piece.text.endsWith('\n') ? piece.text : `${piece.text}\n`);
      characters += piece.text.length;
      from += piece.lines;
    }
    if (from < lines)
      pieces.push(`The other ${formatCount(lines - from)} lines are not shown here; the debugger steps through them all.`);
    return pieces.join('').replace(/\n$/, '');
  }

  dispose(): void {
    for (const each of [...this.#subscriptions, ...this.#watches.values()]) each.dispose();
    this.#watches.clear();
  }

  #watch(uri: vscode.Uri): void {
    const key = uri.toString();
    if (!this.#watches.has(key))
      this.#watches.set(
        key,
        watchForChange(uri.fsPath, () => this.#changes.fire(uri)),
      );
  }

  #unwatch(uri: vscode.Uri): void {
    const key = uri.toString();
    this.#watches.get(key)?.dispose();
    this.#watches.delete(key);
  }
}

/** A trace file may have any name, as `a.smtrace.jsonl`: its text is of our language all the same. */
async function ensureLanguage(document: vscode.TextDocument): Promise<void> {
  if (document.uri.scheme === TRACE_SCHEME && document.languageId !== TRACE_LANGUAGE) {
    await vscode.languages.setTextDocumentLanguage(document, TRACE_LANGUAGE);
  }
}
