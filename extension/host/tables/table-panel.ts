import * as vscode from 'vscode';
import { formatCount } from '../../../engine/core/format.ts';
import { type ByteRange, type Call, type MemoryRef, PROTOCOL_VERSION } from '../../../engine/views/protocol.ts';
import { ROW_FORMATS, type RowFormat } from '../../../engine/views/table/calls.ts';
import {
  TABLE_PAGE_CALLS,
  type TableHostNotification,
  type TableNotification,
  type TablePageCall,
} from '../../../engine/views/table/page.ts';
import { type EngineClient, errorText } from '../engine-client.ts';
import { isCall, isNotification, OUTDATED_PAGE } from '../page-messages.ts';
import { watchForChange } from '../snapshots/files/file-watch.ts';
import { setUpPage } from '../web-page.ts';

type TableCall = Extract<Call, { readonly call: TablePageCall }>;
type Go = Extract<TableNotification, { readonly notification: 'go' }>['to'];

/** The structure that a table shows. */
export interface TableSource {
  readonly memory: MemoryRef;
  readonly part: string;
}

const FORMAT_NAMES: Readonly<Record<RowFormat, string>> = { tsv: 'text with tabs', json: 'JSON' };
/** Time that the message about a copy is shown. Milliseconds. */
const SHOWN_FOR = 3_000;
/** Time without a step before the table is read again, because a debugger may step quickly. Milliseconds. */
const STEP_DELAY = 80;

/** A webview with the table of one structure. Answers its calls, and draws it again when its memory changes. */
export class TablePanel implements vscode.Disposable {
  readonly panel: vscode.WebviewPanel;
  readonly source: TableSource;
  readonly #engine: EngineClient;
  readonly #showBytes: (memory: MemoryRef, at: ByteRange) => Promise<void>;
  readonly #subscriptions: readonly vscode.Disposable[];
  #ready = false;
  #disposed = false;
  /** Increases with each change of the memory, so that late answers about older content are dropped. */
  #generation = 0;
  #showing: NodeJS.Timeout | undefined;
  /** The row to select as soon as the page shows the table. */
  #go: Go | undefined;

  /** `showBytes` shows bytes in the memory's editor. */
  constructor(
    panel: vscode.WebviewPanel,
    source: TableSource,
    engine: EngineClient,
    extension: vscode.Uri,
    showBytes: (memory: MemoryRef, at: ByteRange) => Promise<void>,
  ) {
    this.panel = panel;
    this.source = source;
    this.#engine = engine;
    this.#showBytes = showBytes;
    const { memory } = source;
    this.#subscriptions = [
      panel.webview.onDidReceiveMessage((message: unknown) => this.#receive(message)),
      // A hidden page is destroyed. When it is created again, it reports that it is ready.
      panel.onDidChangeViewState(() => {
        if (!panel.visible) this.#ready = false;
      }),
      ...(memory.kind === 'snapshot'
        ? [watchForChange(memory.path, () => this.#post({ notification: 'stale', text: STALE }))]
        : []),
    ];
    setUpPage(panel.webview, extension, 'table');
  }

  /** Draws the table again after its memory or the way it is decoded changed. */
  show(): void {
    this.#generation += 1;
    clearTimeout(this.#showing);
    this.#showing = setTimeout(() => void this.#show(), this.source.memory.kind === 'step' ? STEP_DELAY : 0);
  }

  /** Selects a row. */
  go(to: Go): void {
    this.#go = to;
    if (this.#ready) this.#passGo();
  }

  async copy(index: number, format: RowFormat, columns: readonly string[]): Promise<void> {
    const text = await this.#engine.call('table/copy', { ...this.source, index, format, columns });
    await vscode.env.clipboard.writeText(text);
    vscode.window.setStatusBarMessage(`Copied row ${formatCount(index)} as ${FORMAT_NAMES[format]}`, SHOWN_FOR);
  }

  dispose(): void {
    this.#disposed = true;
    this.#generation += 1;
    clearTimeout(this.#showing);
    for (const each of this.#subscriptions) each.dispose();
  }

  async #show(): Promise<void> {
    if (!this.#ready) return;
    const generation = this.#generation;
    const { memory } = this.source;
    try {
      const summary = await this.#engine.call('table/open', this.source);
      if (generation !== this.#generation) return;
      this.panel.title = summary.shortTitle;
      this.#post({ notification: 'table', version: PROTOCOL_VERSION, memory, summary });
      this.#passGo();
    } catch (error) {
      if (generation === this.#generation) this.#post({ notification: 'problem', text: errorText(error) });
    }
  }

  #passGo(): void {
    if (this.#go) this.#post({ notification: 'go', to: this.#go });
    this.#go = undefined;
  }

  #receive(message: unknown): void {
    if (isCall(message, TABLE_PAGE_CALLS)) void this.#answer(message);
    else if (isNotification<TableHostNotification>(message)) void this.#receiveNotification(message);
  }

  async #answer({ id, call, params }: TableCall): Promise<void> {
    this.#post(await this.#engine.forward(id, { call, params: { ...params, ...this.source } }));
  }

  async #receiveNotification(message: TableHostNotification): Promise<void> {
    try {
      switch (message.notification) {
        case 'ready':
          if (message.version === PROTOCOL_VERSION) {
            this.#ready = true;
            void this.#show();
          } else this.#post({ notification: 'problem', text: OUTDATED_PAGE });
          return;
        case 'bytes':
          await this.#showBytes(this.source.memory, message.at);
          return;
        case 'copy':
          if (ROW_FORMATS.includes(message.format)) await this.copy(message.index, message.format, message.columns);
      }
    } catch (error) {
      void vscode.window.showErrorMessage(errorText(error));
    }
  }

  #post(message: TableNotification | Awaited<ReturnType<EngineClient['forward']>>): void {
    // If the panel is closed or its page hidden, nobody waits for the message.
    if (this.#disposed) return;
    this.panel.webview.postMessage(message).then(undefined, () => undefined);
  }
}

const STALE =
  'The file has changed on disk. The table may show a mix of old and new content. Reload its snapshot to read it again.';
