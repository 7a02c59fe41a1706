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
import type { Bookmarks } from '../bookmarks/bookmarks.ts';
import { type EngineClient, errorText } from '../engine-client.ts';
import { isCall, isNotification, OUTDATED_PAGE } from '../page-messages.ts';
import { setUpPage } from '../web-page.ts';
import type { SelectedBytes } from './active-memory.ts';
import { copyBytes } from './copy-bytes.ts';
import type { SelectionStatus } from './selection-status.ts';

type MemoryCall = Extract<Call, { readonly call: PageCall }>;

/** Time without a step before the full scan starts, because a debugger may step quickly. Milliseconds. */
const SCAN_DELAY = 400;

/** All that the editors of memories share. */
export interface EditorServices {
  readonly engine: EngineClient;
  /** The folder of the extension. */
  readonly extension: vscode.Uri;
  readonly bookmarks: Bookmarks;
  readonly status: SelectionStatus;
}

/** A webview that draws one memory. Answers its calls and sends it what to show. Lives as long as its panel. */
export class MemoryPanel implements vscode.Disposable {
  readonly panel: vscode.WebviewPanel;
  readonly memory: MemoryRef;
  readonly #document: string;
  readonly #engine: EngineClient;
  readonly #bookmarks: Bookmarks;
  readonly #status: SelectionStatus;
  readonly #scans = new vscode.EventEmitter<void>();
  readonly #selections = new vscode.EventEmitter<SelectedBytes>();
  readonly #reloads = new vscode.EventEmitter<void>();
  readonly #names = new vscode.EventEmitter<string>();
  readonly #subscriptions: vscode.Disposable[] = [this.#scans, this.#selections, this.#reloads, this.#names];
  /** Fires when the full scan is done. */
  readonly onDidScan = this.#scans.event;
  /** Fires when the user selects bytes in the page. */
  readonly onDidSelect = this.#selections.event;
  /** Fires when the user asks to read the memory again. */
  readonly onDidRequestReload = this.#reloads.event;
  /** Fires with the new title when names of the memories were found. */
  readonly onDidName = this.#names.event;
  #ready = false;
  #disposed = false;
  /** Offset to select as soon as the page is ready. */
  #selection: number | undefined;
  #takesFocus = false;
  #selected: number | undefined;
  /** The place and value of the selection. */
  #statusText: string | undefined;
  /** Explains that the file no longer holds what is shown. */
  #stale: string | undefined;
  #scanning: NodeJS.Timeout | undefined;
  #scan: ScanSummary | undefined;
  /** The summary of the current step, which arrives with it. */
  #summary: Summary | undefined;
  #scannedGeneration = 0;
  /** Increases with each change of content, so that late answers about older content are dropped. */
  #generation = 1;

  /** @param document the snapshot or trace, to whom the bookmarks belong */
  constructor(panel: vscode.WebviewPanel, memory: MemoryRef, document: string, services: EditorServices) {
    const { engine, extension, bookmarks, status } = services;
    this.panel = panel;
    this.memory = memory;
    this.#document = document;
    this.#engine = engine;
    this.#bookmarks = bookmarks;
    this.#status = status;
    this.#subscriptions.push(
      panel.webview.onDidReceiveMessage((message: unknown) => this.#receive(message)),
      // A hidden page is destroyed. When it is created again, it reports that it is ready.
      panel.onDidChangeViewState(() => {
        if (!panel.visible) this.#ready = false;
        this.#showStatus();
      }),
      bookmarks.onDidChange((changed) => {
        if (changed === document) this.#postBookmarks();
      }),
    );
    setUpPage(panel.webview, extension, 'editor');
    // The engine opens a snapshot while VS Code creates the page. An error is shown when the page asks again.
    if (memory.kind === 'snapshot') void engine.call('memory/open', { memory }).catch(() => undefined);
  }

  /** Offset of the byte that the user selected last. */
  get selected(): number | undefined {
    return this.#selected;
  }

  /** Result of the last full scan. */
  get scan(): ScanSummary | undefined {
    return this.#scan;
  }

  /** Draws the memory again after its content or decoding changed. `summary` is the summary of a new step. */
  show(summary?: Summary): void {
    this.#scan = undefined;
    this.#summary = summary;
    this.#generation++;
    clearTimeout(this.#scanning);
    void this.#show();
  }

  select(offset: number, takesFocus = false): void {
    this.#selection = offset;
    this.#takesFocus = takesFocus;
    this.#passSelection();
  }

  /** Shows that the file is no longer what is shown. `undefined` removes the message. */
  showStale(text: string | undefined): void {
    this.#stale = text;
    if (this.#ready) this.#post({ notification: 'stale', text });
  }

  dispose(): void {
    this.#disposed = true;
    clearTimeout(this.#scanning);
    this.#generation++;
    this.#status.show(this, undefined);
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
      else if (summary.hasImage) this.#scanSoon(generation);
      if (this.memory.kind === 'snapshot') void this.#showNames(generation);
    } catch (error) {
      if (generation === this.#generation) this.#post({ notification: 'problem', text: errorText(error) });
    }
  }

  /** Shows the names of the memories once the project's files are read. Without them the editor is as good as before. */
  async #showNames(generation: number): Promise<void> {
    const folders = (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath);
    const params = { memory: this.memory, folders };
    const summary = await this.#engine.call('memory/names', params).catch(() => undefined);
    if (summary === undefined || generation !== this.#generation) return;
    this.#post({ notification: 'show', version: PROTOCOL_VERSION, memory: this.memory, summary });
    if (this.#scan) this.#post({ notification: 'scan', scan: this.#scan });
    this.#names.fire(summary.title);
  }

  #scanSoon(generation: number): void {
    clearTimeout(this.#scanning);
    const delay = this.memory.kind === 'step' ? SCAN_DELAY : 0;
    this.#scanning = setTimeout(() => void this.#runScan(generation), delay);
  }

  async #runScan(generation: number): Promise<void> {
    if (this.#scannedGeneration === generation) return; // A page that was hidden meanwhile gets the result of the running scan.
    this.#scannedGeneration = generation;
    try {
      const scan = await this.#engine.scan(this.memory);
      if (generation !== this.#generation) return;
      this.#scan = scan;
      this.#post({ notification: 'scan', scan });
      this.#scans.fire();
    } catch (error) {
      // Try again when the page is shown again.
      this.#scannedGeneration = 0;
      if (generation === this.#generation) this.#post({ notification: 'scan-failed', text: errorText(error) });
    }
  }

  #receive(message: unknown): void {
    if (isCall(message, PAGE_CALLS)) void this.#answer(message);
    else if (isNotification<HostNotification>(message)) this.#receiveNotification(message);
  }

  async #answer(call: MemoryCall): Promise<void> {
    this.#post(await this.#engine.forward(call.id, { call: call.call, params: { ...call.params, memory: this.memory } }));
  }

  #receiveNotification(notification: HostNotification): void {
    switch (notification.notification) {
      case 'ready':
        if (notification.version !== PROTOCOL_VERSION) {
          this.#post({ notification: 'problem', text: OUTDATED_PAGE });
          return;
        }
        this.#ready = true;
        if (this.#stale !== undefined) this.#post({ notification: 'stale', text: this.#stale });
        if (this.#bookmarks.of(this.#document).length > 0) this.#postBookmarks();
        void this.#show();
        return;
      case 'reload':
        this.#reloads.fire();
        return;
      case 'selected':
        if (typeof notification.offset === 'number') this.#selected = notification.offset;
        if (typeof notification.part === 'string')
          this.#selections.fire({ part: notification.part, offset: notification.offset });
        return;
      case 'copy':
        void this.#copy(notification.offset, notification.length);
        return;
      case 'bookmark': {
        const { start, length, name } = notification;
        if (typeof start === 'number' && typeof length === 'number' && typeof name === 'string')
          this.#bookmarks.toggle(this.#document, { start, length, name });
        return;
      }
      case 'status':
        this.#statusText = notification.text;
        this.#showStatus();
        return;
      case 'command':
        if (PAGE_COMMANDS.some((name) => name === notification.command))
          void vscode.commands.executeCommand(`stableMemory.${notification.command}`);
    }
  }

  async #copy(start: number, length: number): Promise<void> {
    try {
      await copyBytes(this.#engine, this.memory, { start, length }, 'hex');
    } catch (error) {
      void vscode.window.showErrorMessage(errorText(error));
    }
  }

  #showStatus(): void {
    this.#status.show(this, this.panel.active ? this.#statusText : undefined);
  }

  #postBookmarks(): void {
    if (this.#ready) this.#post({ notification: 'bookmarks', bookmarks: this.#bookmarks.of(this.#document) });
  }

  #passSelection(): void {
    if (!this.#ready || this.#selection === undefined) return;
    this.#post({ notification: 'select', offset: this.#selection, takesFocus: this.#takesFocus });
    this.#selection = undefined;
  }

  #post(message: WebviewNotification | Awaited<ReturnType<EngineClient['forward']>>): void {
    // If the panel is closed or its page hidden, nobody waits for the message.
    if (this.#disposed) return;
    this.panel.webview.postMessage(message).then(undefined, () => undefined);
  }
}
