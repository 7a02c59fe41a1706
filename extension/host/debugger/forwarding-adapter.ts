import * as vscode from 'vscode';
import { type EngineClient, errorText } from '../engine-client.ts';

/**
 * Debug adapter that only forwards messages, in order. The real adapter runs in the worker, next to the timeline that it steps
 * through.
 */
export class ForwardingAdapter implements vscode.DebugAdapter {
  readonly #engine: EngineClient;
  readonly #session: string;
  readonly #messages = new vscode.EventEmitter<vscode.DebugProtocolMessage>();
  readonly #subscriptions: vscode.Disposable[];
  #ended = false;

  readonly onDidSendMessage = this.#messages.event;

  constructor(engine: EngineClient, session: string) {
    this.#engine = engine;
    this.#session = session;
    this.#subscriptions = [
      this.#messages,
      engine.onNotification((notification) => {
        if (notification.notification === 'debug/message' && notification.session === session)
          this.#messages.fire(notification.message);
      }),
      engine.onDidStop(() => this.#end()),
    ];
    engine.call('debug/start', { session }).catch((error) => this.#fail(error));
  }

  handleMessage(message: vscode.DebugProtocolMessage): void {
    if (this.#ended) return;
    this.#engine.call('debug/message', { session: this.#session, message }).catch((error) => this.#fail(error));
  }

  dispose(): void {
    const ended = this.#ended;
    this.#ended = true;
    for (const each of this.#subscriptions) each.dispose();
    if (!ended) this.#engine.call('debug/stop', { session: this.#session }).catch(() => undefined);
  }

  #fail(error: unknown): void {
    if (this.#ended) return;
    this.#messages.fire({
      type: 'event',
      event: 'output',
      seq: 0,
      body: { category: 'important', output: `${errorText(error)}\n` },
    });
    this.#end();
  }

  /** Ends the session. The worker is gone, and the state of the session with it. */
  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#messages.fire({ type: 'event', event: 'terminated', seq: 0 });
  }
}
