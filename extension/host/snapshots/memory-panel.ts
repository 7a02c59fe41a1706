import * as vscode from 'vscode';
import {
  type Call,
  type HostNotification,
  type MemoryRef,
  PAGE_CALLS,
  PAGE_COMMANDS,
  type PageCall,
  PROTOCOL_VERSION,
  type ScanSummary,
  type Summary,
  type WebviewNotification,
} from '../../../engine/views/protocol.ts';
import { type EngineClient, errorText } from '../engine-client.ts';
import { memoryPage, pageRoot } from './memory-page.ts';

type MemoryCall = Extract<Call, { readonly call: PageCall }>;

/** How long a memory has to rest before it is walked as a whole: a debugger steps faster than that. Milliseconds. */
const REST = 400;

/** A webview that draws one memory: answers its calls, tells it what to show. Lives as long as its panel. */
export class MemoryPanel implements vscode.Disposable {
  readonly panel: vscode.WebviewPanel;
  readonly memory: MemoryRef;
  readonly #engine: EngineClient;
  readonly #scans = new vscode.EventEmitter<void>();
  readonly #selections = new vscode.EventEmitter<string>();
  readonly #reloads = new vscode.EventEmitter<void>();
  readonly #subscriptions: vscode.Disposable[] = [this.#scans, this.#selections, this.#reloads];
  /** The whole walk is done. */
  readonly onDidScan = this.#scans.event;
  /** The user selected bytes of this part in the page. */
  readonly onDidSelect = this.#selections.event;
  /** The user wants the memory read anew. */
  readonly onDidAskForReload = this.#reloads.event;
  #ready = false;
  #disposed = false;
  /** Bytes to select as soon as the page can. */
  #selection: number | undefined;
  /** Why what is shown is no longer what the file holds. */
  #stale: string | undefined;
  #scanning: NodeJS.Timeout | undefined;
  #scan: ScanSummary | undefined;
  #walkedGeneration = 0;
  /** Counts what was shown, so that a late answer about older content is dropped. */
  /** The summary of a step, which comes along with it. */
  #summary: Summary | undefined;
  #generation = 1;

  constructor(panel: vscode.WebviewPanel, memory: MemoryRef, engine: EngineClient, extension: vscode.Uri) {
    this.panel = panel;
    this.memory = memory;
    this.#engine = engine;
    panel.webview.options = { enableScripts: true, localResourceRoots: [pageRoot(extension)] };
    this.#subscriptions.push(
      panel.webview.onDidReceiveMessage((message: unknown) => this.#receive(message)),
      // A hidden page is destroyed, and says that it is ready when it is made anew.
      panel.onDidChangeViewState(() => {
        if (!panel.visible) this.#ready = false;
      }),
    );
    panel.webview.html = memoryPage(panel.webview, extension);
  }

  /** The findings of the last whole walk. */
  get scan(): ScanSummary | undefined {
    return this.#scan;
  }

  /** Draws the memory as it is now: its content, or how that is read, may be another. */
  show(summary?: Summary): void {
    this.#scan = undefined;
    this.#summary = summary;
    this.#generation++;
    clearTimeout(this.#scanning);
    void this.#show();
  }

  select(offset: number): void {
    this.#selection = offset;
    this.#passSelection();
  }

  /** Says that the file is no longer what is shown, until that is taken back. */
  showStale(text: string | undefined): void {
    this.#stale = text;
    if (this.#ready) this.#post({ notification: 'stale', text });
  }

  dispose(): void {
    this.#disposed = true;
    clearTimeout(this.#scanning);
    this.#generation++;
    for (const each of this.#subscriptions) each.dispose();
  }

  async #show(): Promise<void> {
    if (!this.#ready) return;
    const generation = this.#generation;
    try {
      const summary = this.#summary ?? (await this.#engine.call('memory/open', { memory: this.memory }));
      if (generation !== this.#generation) return;
      this.#post({ notification: 'show', version: PROTOCOL_VERSION, memory: this.memory, summary });
      this.#passSelection();
      if (this.#scan) this.#post({ notification: 'scan', scan: this.#scan });
      else this.#walkSoon(generation);
    } catch (error) {
      if (generation === this.#generation) this.#post({ notification: 'problem', text: errorText(error) });
    }
  }

  #walkSoon(generation: number): void {
    clearTimeout(this.#scanning);
    const rest = this.memory.kind === 'step' ? REST : 0;
    this.#scanning = setTimeout(() => void this.#walk(generation), rest);
  }

  async #walk(generation: number): Promise<void> {
    if (this.#walkedGeneration === generation) return; // A page that was hidden meanwhile gets the answer under way.
    this.#walkedGeneration = generation;
    try {
      const scan = await this.#engine.scan(this.memory);
      if (generation !== this.#generation) return;
      this.#scan = scan;
      this.#post({ notification: 'scan', scan });
      this.#scans.fire();
    } catch (error) {
      // Another try is made when the page is shown anew.
      this.#walkedGeneration = 0;
      if (generation === this.#generation) this.#post({ notification: 'scan-failed', text: errorText(error) });
    }
  }

  #receive(message: unknown): void {
    if (isMemoryCall(message)) void this.#result(message);
    else if (isHostNotification(message)) this.#receiveNotification(message);
  }

  async #result(call: MemoryCall): Promise<void> {
    this.#post(await this.#engine.forward(call.id, { call: call.call, params: { ...call.params, memory: this.memory } }));
  }

  #receiveNotification(notification: HostNotification): void {
    switch (notification.notification) {
      case 'ready':
        if (notification.version !== PROTOCOL_VERSION) {
          this.#post({
            notification: 'problem',
            text: 'The extension was updated while this editor was open. Reload the window to go on.',
          });
          return;
        }
        this.#ready = true;
        if (this.#stale !== undefined) this.#post({ notification: 'stale', text: this.#stale });
        void this.#show();
        return;
      case 'reload':
        this.#reloads.fire();
        return;
      case 'selected':
        if (typeof notification.part === 'string') this.#selections.fire(notification.part);
        return;
      case 'command':
        if (PAGE_COMMANDS.some((name) => name === notification.command))
          void vscode.commands.executeCommand(`stableMemory.${notification.command}`);
    }
  }

  #passSelection(): void {
    if (!this.#ready || this.#selection === undefined) return;
    this.#post({ notification: 'select', offset: this.#selection });
    this.#selection = undefined;
  }

  #post(message: WebviewNotification | Awaited<ReturnType<EngineClient['forward']>>): void {
    // The panel may be closed by now, or its page hidden; then nobody waits for the message.
    if (this.#disposed) return;
    this.panel.webview.postMessage(message).then(undefined, () => undefined);
  }
}

function isMemoryCall(message: unknown): message is MemoryCall {
  if (typeof message !== 'object' || message === null) return false;
  if (!('id' in message && 'call' in message && 'params' in message)) return false;
  const { id, call, params } = message;
  return typeof id === 'number' && PAGE_CALLS.some((name) => name === call) && typeof params === 'object' && params !== null;
}

function isHostNotification(message: unknown): message is HostNotification {
  return typeof message === 'object' && message !== null && 'notification' in message;
}
