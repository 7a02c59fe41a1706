/**
 * The language client. It is a separate bundle that is loaded with the first document that it serves. The server runs in the
 * engine's worker; its messages travel as calls and notifications of the engine.
 */
import type * as vscode from 'vscode';
import {
  AbstractMessageReader,
  AbstractMessageWriter,
  CloseAction,
  type DataCallback,
  ErrorAction,
  HoverRequest,
  LanguageClient,
  type Message,
  type MessageReader,
  type MessageWriter,
} from 'vscode-languageclient/node';
import type { EngineClient } from '../engine-client.ts';
import { MOTOKO_DOCUMENTS, OWN_DOCUMENTS } from './documents.ts';

/** Reads the messages of the server in the worker. The end of the worker closes the connection, and the client starts another one. */
class NotificationReader extends AbstractMessageReader implements MessageReader {
  readonly #engine: EngineClient;
  readonly #subscriptions: vscode.Disposable[] = [];

  constructor(engine: EngineClient) {
    super();
    this.#engine = engine;
    this.#subscriptions.push(engine.onDidStop(() => this.fireClose()));
  }

  listen(callback: DataCallback): vscode.Disposable {
    const subscription = this.#engine.onNotification((notification) => {
      // Only the server sends these notifications, with its own messages.
      if (notification.notification === 'language/message' && isMessage(notification.message)) callback(notification.message);
    });
    this.#subscriptions.push(subscription);
    return subscription;
  }

  override dispose(): void {
    super.dispose();
    for (const each of this.#subscriptions) each.dispose();
  }
}

class CallWriter extends AbstractMessageWriter implements MessageWriter {
  readonly #engine: EngineClient;

  constructor(engine: EngineClient) {
    super();
    this.#engine = engine;
  }

  async write(message: Message): Promise<void> {
    await this.#engine.call('language/message', { message });
  }

  end(): void {
    // Nothing is held open between messages.
  }
}

function isMessage(message: object): message is Message {
  return 'jsonrpc' in message;
}

export interface StartedLanguageClient extends vscode.Disposable {
  /** Asks the server for a hover. */
  hover(
    document: vscode.TextDocument,
    position: vscode.Position,
    token: vscode.CancellationToken,
  ): Promise<vscode.Hover | undefined>;
}

/** Starts the client. Whenever the worker dies, the client starts again with the next worker. */
export async function startLanguageClient(engine: EngineClient): Promise<StartedLanguageClient> {
  const transports = async () => ({ reader: new NotificationReader(engine), writer: new CallWriter(engine) });
  const client = new LanguageClient('stableMemory.language', 'Stable Memory', transports, {
    documentSelector: [...OWN_DOCUMENTS, ...MOTOKO_DOCUMENTS],
    // The commands of the extension that lenses may run.
    initializationOptions: { commands: ['stableMemory.stepTo'] },
    // The engine says itself that it died.
    errorHandler: {
      error: () => ({ action: ErrorAction.Continue, handled: true }),
      closed: () => ({ action: CloseAction.Restart, handled: true }),
    },
    // A start that the end of the worker cuts short is followed by another one.
    initializationFailedHandler: () => false,
  });
  try {
    await client.start();
  } catch (error) {
    // Whoever asks again makes another client.
    void client.dispose().catch(() => undefined);
    throw error;
  }
  return {
    async hover(document, position, token) {
      const params = client.code2ProtocolConverter.asTextDocumentPositionParams(document, position);
      return client.protocol2CodeConverter.asHover(await client.sendRequest(HoverRequest.type, params, token));
    },
    dispose() {
      void client.dispose();
    },
  };
}
