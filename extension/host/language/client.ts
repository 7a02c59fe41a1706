/**
 * The language client: a bundle of its own, loaded with the first document that it serves. The server runs in the engine's worker;
 * its messages travel among the engine's calls and notices.
 */
import type * as vscode from 'vscode';
import {
  AbstractMessageReader,
  AbstractMessageWriter,
  type DataCallback,
  HoverRequest,
  LanguageClient,
  type Message,
  type MessageReader,
  type MessageWriter,
} from 'vscode-languageclient/node';
import type { EngineClient } from '../engine-client.ts';
import { MOTOKO_DOCUMENTS, OWN_DOCUMENTS } from './documents.ts';

/** What the server in the worker says. */
class NoticeReader extends AbstractMessageReader implements MessageReader {
  readonly #engine: EngineClient;

  constructor(engine: EngineClient) {
    super();
    this.#engine = engine;
  }

  listen(callback: DataCallback): vscode.Disposable {
    return this.#engine.onNotice((notification) => {
      // Only the server makes these, from messages of its own.
      if (notification.notification === 'language/message' && isMessage(notification.message)) callback(notification.message);
    });
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

/** Starts the client. Where the worker dies it starts anew with the next one. */
export async function startLanguageClient(engine: EngineClient): Promise<StartedLanguageClient> {
  const transports = async () => ({ reader: new NoticeReader(engine), writer: new CallWriter(engine) });
  const client = new LanguageClient('stableMemory.language', 'Stable Memory', transports, {
    documentSelector: [...OWN_DOCUMENTS, ...MOTOKO_DOCUMENTS],
  });
  await client.start();
  const restart = engine.onDidStop(() => void client.restart());
  return {
    async hover(document, position, token) {
      const params = client.code2ProtocolConverter.asTextDocumentPositionParams(document, position);
      return client.protocol2CodeConverter.asHover(await client.sendRequest(HoverRequest.type, params, token));
    },
    dispose() {
      restart.dispose();
      void client.dispose();
    },
  };
}
