import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { SnapshotPair } from '../../../engine/views/diff/calls.ts';
import type { DiffHostNotification, DiffNotification, FolderSource, PairRow } from '../../../engine/views/diff/page.ts';
import { PROTOCOL_VERSION } from '../../../engine/views/protocol.ts';
import { type EngineClient, errorText } from '../engine-client.ts';
import type { EngineWorker } from '../engine-worker.ts';
import { isNotification, OUTDATED_PAGE } from '../page-messages.ts';
import { setUpPage } from '../web-page.ts';

/** A webview that lists the snapshots in two folders by name, and compares one pair after the other in a worker of its own. */
export class FolderPanel implements vscode.Disposable {
  readonly panel: vscode.WebviewPanel;
  readonly source: FolderSource;
  readonly #engine: EngineClient;
  readonly #open: (before: string, after: string) => void;
  readonly #subscriptions: readonly vscode.Disposable[];
  #worker: EngineWorker | undefined;
  #pairs: readonly SnapshotPair[] = [];
  #rows: readonly PairRow[] = [];
  #problem: string | undefined;
  #ready = false;
  /** Increases with each run, so that a run that was stopped ends. */
  #run = 0;

  /** `open` shows what differs between two snapshots, by their paths. */
  constructor(
    panel: vscode.WebviewPanel,
    source: FolderSource,
    engine: EngineClient,
    extension: vscode.Uri,
    open: (before: string, after: string) => void,
  ) {
    this.panel = panel;
    this.source = source;
    this.#engine = engine;
    this.#open = open;
    this.#subscriptions = [
      panel.webview.onDidReceiveMessage((message: unknown) => {
        if (isNotification<DiffHostNotification>(message)) this.#receive(message);
      }),
      panel.onDidChangeViewState(() => {
        if (!panel.visible) this.#ready = false;
      }),
    ];
    setUpPage(panel.webview, extension, 'compare');
    panel.title = `${basename(source.before)} ↔ ${basename(source.after)}`;
  }

  dispose(): void {
    this.#stop();
    for (const each of this.#subscriptions) each.dispose();
  }

  async #compareAll(): Promise<void> {
    this.#stop();
    const run = this.#run;
    const worker = this.#engine.separateWorker('The comparison of folders');
    this.#worker = worker;
    try {
      const pairs = await worker.call('diff/pairs', this.source);
      if (run !== this.#run) return;
      this.#pairs = pairs;
      this.#rows = pairs.map(firstRow);
      this.#show();
      for (const { name, before, after } of pairs) {
        if (before === undefined || after === undefined) continue;
        this.#change({ name, state: 'comparing', text: '' });
        const row = await comparePair(worker, name, before, after);
        if (run !== this.#run) return;
        this.#change(row);
      }
      worker.stop('All snapshots are compared.');
    } catch (error) {
      if (run !== this.#run) return;
      this.#problem = errorText(error);
      this.#show();
    }
  }

  #stop(): void {
    this.#run += 1;
    this.#problem = undefined;
    this.#worker?.stop('The comparison was stopped.');
    this.#worker = undefined;
  }

  #change(row: PairRow): void {
    this.#rows = this.#rows.map((each) => (each.name === row.name ? row : each));
    this.#show();
  }

  #show(): void {
    const { before, after } = this.source;
    this.#post(
      this.#problem === undefined
        ? {
            notification: 'pairs',
            version: PROTOCOL_VERSION,
            folders: this.source,
            before: vscode.workspace.asRelativePath(before),
            after: vscode.workspace.asRelativePath(after),
            pairs: this.#rows,
          }
        : { notification: 'problem', text: this.#problem },
    );
  }

  #receive(message: DiffHostNotification): void {
    switch (message.notification) {
      case 'ready':
        this.#ready = true;
        if (message.version !== PROTOCOL_VERSION) this.#post({ notification: 'problem', text: OUTDATED_PAGE });
        else if (this.#worker === undefined && this.#problem === undefined) void this.#compareAll();
        else this.#show();
        return;
      case 'stop':
        this.#stop();
        this.#problem = 'The comparison was stopped.';
        this.#show();
        return;
      case 'again':
        void this.#compareAll();
        return;
      case 'open': {
        const { before, after } = this.#pairs.find(({ name }) => name === message.name) ?? {};
        if (before !== undefined && after !== undefined) this.#open(before, after);
      }
    }
  }

  #post(message: DiffNotification): void {
    // If the panel is closed or its page hidden, nobody waits for the message.
    if (this.#ready) this.panel.webview.postMessage(message).then(undefined, () => undefined);
  }
}

function firstRow({ name, before, after }: SnapshotPair): PairRow {
  return { name, state: before === undefined ? 'added' : after === undefined ? 'removed' : 'waiting', text: '' };
}

async function comparePair(worker: EngineWorker, name: string, before: string, after: string): Promise<PairRow> {
  try {
    const side = (path: string) => ({ kind: 'snapshot', path }) as const;
    await worker.call('diff/begin', { before: side(before), after: side(after), folders: [] });
    for (;;) {
      const part = await worker.call('diff/more', {});
      if (!part.isDone) continue;
      const { isSame, isComplete, sentences } = part.summary;
      return { name, state: isSame && isComplete ? 'same' : 'different', text: sentences.join(' ') };
    }
  } catch (error) {
    return { name, state: 'failed', text: errorText(error) };
  }
}
