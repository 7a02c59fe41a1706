/**
 * The language server. It explains blobs, addresses and steps in documents. It runs in the engine's worker, which has the open
 * traces.
 */
import { createConnection, type Diagnostic, type InitializeResult, TextDocumentSyncKind } from 'vscode-languageserver';
import {
  AbstractMessageReader,
  AbstractMessageWriter,
  createProtocolConnection,
  type DataCallback,
  type Disposable,
  type Message,
  TextDocuments,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { CodecTable } from '../../engine/values/codec-table.ts';
import type { Traces } from '../open-files/traces.ts';
import { diagnose } from './diagnostics.ts';
import { hoverAt } from './hover.ts';
import type { LabelTarget } from './labels.ts';
import { diagnosticsOf } from './traces/fault-diagnostics.ts';
import { FaultScans } from './traces/fault-scan.ts';
import { handleTraceRequests, TRACE_CAPABILITIES } from './traces/features.ts';
import { STEP_COMMAND } from './traces/lenses.ts';
import { ShownTraces } from './traces/shown-trace.ts';

export interface LanguageServerDependencies {
  /** Sends one message to the client. */
  readonly send: (message: object) => void;
  readonly traces: Traces;
  /** The codecs that the labels of open snapshots declare. */
  readonly codecs: () => CodecTable;
  /** Returns the snapshot in a folder, if there is one. The labels in the folder apply to it. */
  readonly snapshotIn: (folder: string) => Promise<LabelTarget | undefined>;
}

export interface LanguageServer {
  /** Takes one message from the client. */
  receive(message: object): void;
}

/** Time without a change after which a document is checked. Milliseconds. */
const CHECK_DELAY = 200;

/** Starts the server. It restarts with each `initialize`, because one client may follow another in the same worker. */
export function startLanguageServer(dependencies: LanguageServerDependencies): LanguageServer {
  let reader: HostReader | undefined;
  return {
    receive(message) {
      if (!isMessage(message)) return;
      if ('method' in message && message.method === 'initialize') reader = connect(dependencies);
      reader?.receive(message);
    },
  };
}

function connect({ send, traces, codecs, snapshotIn }: LanguageServerDependencies): HostReader {
  const reader = new HostReader();
  // The server lives as long as its worker. There is no separate process to watch or to end.
  const watchDog = { shutdownReceived: false, initialize: () => undefined, exit: () => undefined };
  const connection = createConnection((logger) => createProtocolConnection(reader, new HostWriter(send), logger), watchDog);
  const documents = new TextDocuments(TextDocument);
  const waiting = new Map<string, NodeJS.Timeout>();

  const shown = new ShownTraces(traces);
  const faults = new FaultScans();
  let canStep = false;

  connection.onInitialize(({ initializationOptions }): InitializeResult => {
    canStep = commandsIn(initializationOptions).includes(STEP_COMMAND);
    return {
      capabilities: { textDocumentSync: TextDocumentSyncKind.Full, hoverProvider: true, ...TRACE_CAPABILITIES },
      serverInfo: { name: 'Stable Memory Debugger' },
    };
  });
  connection.onHover(({ textDocument, position }) => {
    const document = documents.get(textDocument.uri);
    return document && hoverAt(document, position, shown, codecs());
  });
  handleTraceRequests(connection, { documents, shown, faults, canStep: () => canStep });

  /** Returns the faults of a document's trace. */
  const faultsIn = async (document: TextDocument): Promise<readonly Diagnostic[] | undefined> => {
    const trace = await shown.of(document);
    return trace && diagnosticsOf(trace, await faults.of(trace, document, documents));
  };

  documents.onDidChangeContent(({ document }) => {
    clearTimeout(waiting.get(document.uri));
    const check = async (): Promise<void> => {
      waiting.delete(document.uri);
      const { uri, version } = document;
      const unreadable = await diagnose(document, snapshotIn);
      const wrong = await faultsIn(document);
      // Findings in an older text are no longer at the right place.
      if ((unreadable || wrong) && documents.get(uri)?.version === version)
        await connection.sendDiagnostics({ uri, version, diagnostics: [...(unreadable ?? []), ...(wrong ?? [])] });
    };
    waiting.set(
      document.uri,
      setTimeout(() => void check(), CHECK_DELAY),
    );
  });
  documents.onDidClose(({ document }) => {
    clearTimeout(waiting.get(document.uri));
    waiting.delete(document.uri);
    void connection.sendDiagnostics({ uri: document.uri, diagnostics: [] });
  });

  documents.listen(connection);
  connection.listen();
  return reader;
}

/** Returns the commands that a client runs, by its options: `{ "commands": ["stableMemory.stepTo"] }`. */
function commandsIn(options: unknown): readonly unknown[] {
  const given = typeof options === 'object' && options !== null && 'commands' in options ? options.commands : undefined;
  return Array.isArray(given) ? given : [];
}

class HostReader extends AbstractMessageReader {
  #callback: DataCallback = () => undefined;

  listen(callback: DataCallback): Disposable {
    this.#callback = callback;
    return { dispose: () => undefined };
  }

  receive(message: Message): void {
    this.#callback(message);
  }
}

class HostWriter extends AbstractMessageWriter {
  readonly #send: (message: object) => void;

  constructor(send: (message: object) => void) {
    super();
    this.#send = send;
  }

  write(message: Message): Promise<void> {
    this.#send(message);
    return Promise.resolve();
  }

  end(): void {}
}

function isMessage(message: object): message is Message {
  return 'jsonrpc' in message && typeof message.jsonrpc === 'string';
}
