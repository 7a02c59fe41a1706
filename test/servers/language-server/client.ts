import { type CodecTable, NO_CODECS } from '../../../engine/values/codec-table.ts';
import type { LabelTarget } from '../../../servers/language-server/labels.ts';
import { type LanguageServer, startLanguageServer } from '../../../servers/language-server/start.ts';
import { Traces } from '../../../servers/open-files/traces.ts';

interface Response {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

interface Notification {
  readonly method: string;
  readonly params: unknown;
}

/** Client of the language server protocol that records all messages. */
export class LanguageClient {
  /** Codecs that the labels of open snapshots declare. */
  codecs: CodecTable = NO_CODECS;
  /** The snapshot next to every labels file. */
  snapshot: LabelTarget | undefined;
  readonly #server: LanguageServer;
  readonly #waiting = new Map<number, (response: Response) => void>();
  readonly #said: { readonly arrow: string; readonly method: string; readonly body: unknown }[] = [];
  readonly notifications: Notification[] = [];
  #id = 0;

  private constructor(traces: Traces) {
    this.#server = startLanguageServer({
      send: (message) => this.#receive(message),
      traces,
      codecs: () => this.codecs,
      snapshotIn: async () => this.snapshot,
    });
  }

  static async start(initializationOptions?: object, traces = new Traces()): Promise<LanguageClient> {
    const client = new LanguageClient(traces);
    const options = initializationOptions && { initializationOptions };
    await client.request('initialize', { processId: null, rootUri: null, capabilities: {}, ...options });
    client.notify('initialized', {});
    return client;
  }

  async request(method: string, params: object): Promise<unknown> {
    this.#id += 1;
    const id = this.#id;
    const answer = new Promise<Response>((resolve) => {
      this.#waiting.set(id, resolve);
    });
    this.#say('→', method, params);
    this.#server.receive({ jsonrpc: '2.0', id, method, params });
    const { error, result } = await answer;
    this.#say('←', method, error ?? result ?? null);
    if (error) throw new Error(error.message);
    return result;
  }

  notify(method: string, params: object): void {
    this.#say('→', method, params);
    this.#server.receive({ jsonrpc: '2.0', method, params });
  }

  open(uri: string, languageId: string, text: string): void {
    this.notify('textDocument/didOpen', { textDocument: { uri, languageId, version: 1, text } });
  }

  /** Returns the Markdown of the hover at a position, or undefined if there is none. */
  async hover(uri: string, line: number, character: number): Promise<string | undefined> {
    const result = await this.request('textDocument/hover', { textDocument: { uri }, position: { line, character } });
    return markdownOf(result);
  }

  /** Returns the last diagnostics of a document, as `line: message`. */
  async diagnostics(count = 1): Promise<readonly string[]> {
    for (;;) {
      const published = this.notifications.filter(({ method }) => method === 'textDocument/publishDiagnostics');
      if (published.length >= count) return diagnosticsOf(published.at(-1)?.params);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  /** Returns all messages so far, one per line, without long texts and the machine's folders. */
  get transcript(): string {
    const lines = this.#said.map(({ arrow, method, body }) => {
      const short = JSON.stringify(body, (_key, value) =>
        typeof value === 'string' && value.length > 1000 ? `${value.slice(0, 40)}…` : value,
      );
      return `${arrow} ${method} ${short.replaceAll(/[^":]*\/test\/fixtures\//g, 'FIXTURES/')}`;
    });
    return `${lines.join('\n')}\n`;
  }

  #receive(message: object): void {
    if (isResponse(message)) this.#waiting.get(message.id)?.(message);
    else if (isNotification(message)) {
      this.#say('←', message.method, message.params ?? null);
      this.notifications.push(message);
    }
  }

  #say(arrow: string, method: string, body: unknown): void {
    this.#said.push({ arrow, method, body });
  }
}

function markdownOf(result: unknown): string | undefined {
  if (typeof result !== 'object' || result === null || !('contents' in result)) return undefined;
  const { contents } = result;
  return typeof contents === 'object' && contents !== null && 'value' in contents ? String(contents.value) : undefined;
}

function diagnosticsOf(params: unknown): readonly string[] {
  const list = typeof params === 'object' && params !== null && 'diagnostics' in params ? params.diagnostics : undefined;
  if (!Array.isArray(list)) return [];
  return list.map(({ range, message }) => `${range.start.line}: ${message}`);
}

function isResponse(message: object): message is Response {
  return 'id' in message && typeof message.id === 'number' && !('method' in message);
}

function isNotification(message: object): message is Notification {
  return 'method' in message && typeof message.method === 'string';
}
