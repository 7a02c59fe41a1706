/**
 * The language client: a bundle of its own, loaded with the first document that it serves. The server runs in the engine's worker;
 * its messages travel among the engine's calls and notices.
 */
import * as vscode from 'vscode';
import {
  AbstractMessageReader,
  AbstractMessageWriter,
  type DataCallback,
  LanguageClient,
  type Message,
  type MessageReader,
  type MessageWriter,
} from 'vscode-languageclient/node';
import type { EngineClient } from '../engine-client.ts';
import { LANGUAGE_DOCUMENTS } from './documents.ts';

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

/** Starts the client. Where the worker dies it starts anew with the next one. */
export async function startLanguageClient(engine: EngineClient): Promise<vscode.Disposable> {
  const transports = async () => ({ reader: new NoticeReader(engine), writer: new CallWriter(engine) });
  const client = new LanguageClient('stableMemory.language', 'Stable Memory', transports, {
    documentSelector: [...LANGUAGE_DOCUMENTS],
  });
  await client.start();
  const restart = engine.onDidStop(() => void client.restart());
  return vscode.Disposable.from(restart, { dispose: () => void client.dispose() });
}
