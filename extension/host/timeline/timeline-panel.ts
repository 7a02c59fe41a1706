import * as vscode from 'vscode';
import { type Call, PROTOCOL_VERSION } from '../../../engine/views/protocol.ts';
import {
  TIMELINE_PAGE_CALLS,
  type TimelineHostNotification,
  type TimelineNotification,
  type TimelinePageCall,
} from '../../../engine/views/timeline/page.ts';
import { type EngineClient, errorText } from '../engine-client.ts';
import { isCall, isNotification, OUTDATED_PAGE } from '../page-messages.ts';
import { watchForChange } from '../snapshots/files/file-watch.ts';
import { setUpPage } from '../web-page.ts';
import type { TraceSessions } from './trace-sessions.ts';

type TimelineCall = Extract<Call, { readonly call: TimelinePageCall }>;

/** A webview that draws one trace over time. Answers its calls, and follows the debug session of the trace. */
export class TimelinePanel implements vscode.Disposable {
  readonly panel: vscode.WebviewPanel;
  readonly path: string;
  readonly #engine: EngineClient;
  readonly #sessions: TraceSessions;
  readonly #subscriptions: readonly vscode.Disposable[];
  #ready = false;
  #disposed = false;

  constructor(panel: vscode.WebviewPanel, path: string, engine: EngineClient, sessions: TraceSessions, extension: vscode.Uri) {
    this.panel = panel;
    this.path = path;
    this.#engine = engine;
    this.#sessions = sessions;
    this.#subscriptions = [
      panel.webview.onDidReceiveMessage((message: unknown) => this.#receive(message)),
      // A hidden page is destroyed. When it is created again, it reports that it is ready.
      panel.onDidChangeViewState(() => {
        if (!panel.visible) this.#ready = false;
      }),
      sessions.onDidMove((moved) => {
        if (moved === path && this.#ready) this.#post({ notification: 'moved', step: sessions.stepOf(path) });
      }),
      watchForChange(path, () => void this.#show()),
    ];
    setUpPage(panel.webview, extension, 'timeline');
  }

  dispose(): void {
    this.#disposed = true;
    for (const each of this.#subscriptions) each.dispose();
  }

  async #show(): Promise<void> {
    if (!this.#ready) return;
    const { path } = this;
    try {
      const summary = await this.#engine.call('timeline/open', { path });
      this.#post({ notification: 'timeline', version: PROTOCOL_VERSION, path, summary, step: this.#sessions.stepOf(path) });
    } catch (error) {
      this.#post({ notification: 'problem', text: errorText(error) });
    }
  }

  #receive(message: unknown): void {
    if (isCall(message, TIMELINE_PAGE_CALLS)) void this.#answer(message);
    else if (isNotification<TimelineHostNotification>(message)) this.#receiveNotification(message);
  }

  async #answer({ id, call, params }: TimelineCall): Promise<void> {
    this.#post(await this.#engine.forward(id, { call, params: { ...params, path: this.path } }));
  }

  #receiveNotification(notification: TimelineHostNotification): void {
    switch (notification.notification) {
      case 'ready':
        if (notification.version !== PROTOCOL_VERSION) {
          this.#post({ notification: 'problem', text: OUTDATED_PAGE });
          return;
        }
        this.#ready = true;
        void this.#show();
        return;
      case 'go':
        if (Number.isSafeInteger(notification.step) && notification.step >= 0) void this.#goTo(notification.step);
    }
  }

  async #goTo(step: number): Promise<void> {
    try {
      await this.#sessions.goTo(this.path, step);
    } catch (error) {
      // The page shows the step that the debugger is really at.
      this.#post({ notification: 'moved', step: this.#sessions.stepOf(this.path) });
      void vscode.window.showErrorMessage(errorText(error));
    }
  }

  #post(message: TimelineNotification | Awaited<ReturnType<EngineClient['forward']>>): void {
    // If the panel is closed or its page hidden, nobody waits for the message.
    if (this.#disposed) return;
    this.panel.webview.postMessage(message).then(undefined, () => undefined);
  }
}
