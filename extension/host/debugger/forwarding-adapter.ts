import * as vscode from 'vscode';
import { type EngineClient, errorText } from '../engine-client.ts';

/** The debug adapter runs in the worker, beside the timeline that it steps through: this end only passes messages on, in order. */
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
      engine.onNotice((notification) => {
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

  /** The worker is gone, and every state of the session with it. */
  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#messages.fire({ type: 'event', event: 'terminated', seq: 0 });
  }
}
