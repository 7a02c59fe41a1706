import * as vscode from 'vscode';
import { TRACE_SCHEME } from '../../../servers/open-files/trace-uri.ts';
import type { EngineClient } from '../engine-client.ts';
import { watchForChange } from '../snapshots/files/file-watch.ts';
import { TRACE_LANGUAGE, traceTextUri } from './trace-files.ts';

/** Maximum lines per request, so that none takes long. The worker returns fewer if the text would be too large. */
const CHUNK_LINES = 2000;

/** Assembles the text of traces, or of parts of long ones, from the worker's chunks, and watches their files. */
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
    const chunks: string[] = [];
    let from = 0;
    while (!token.isCancellationRequested) {
      const chunk = await this.#engine.call('trace/lines', { uri: uri.toString(), from, count: CHUNK_LINES });
      chunks.push(chunk.text);
      from += chunk.lines;
      if (chunk.lines === 0 || from >= chunk.total) break;
    }
    return chunks.join('').replace(/\n$/, '');
  }

  /** Reads a trace again that was just written. Its watch would notice that only later. */
  refresh(path: string): void {
    const { path: ofText } = traceTextUri(vscode.Uri.file(path));
    for (const key of this.#watches.keys()) {
      const uri = vscode.Uri.parse(key);
      if (uri.path === ofText) this.#changes.fire(uri);
    }
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

/** Sets our language on the text of a trace. VS Code may choose another by the file name, such as `a.smtrace.jsonl`. */
async function ensureLanguage(document: vscode.TextDocument): Promise<void> {
  if (document.uri.scheme === TRACE_SCHEME && document.languageId !== TRACE_LANGUAGE) {
    await vscode.languages.setTextDocumentLanguage(document, TRACE_LANGUAGE);
  }
}
