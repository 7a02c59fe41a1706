import type { DebugProtocol } from '@vscode/debugprotocol';
import type { TraceDebugSession } from '../../../servers/debug-adapter/session.ts';

/** Client of the debug adapter protocol that records all messages. */
export class Client {
  readonly #session: TraceDebugSession;
  readonly #waiting = new Map<number, (response: DebugProtocol.Response) => void>();
  readonly #said: { readonly what: string; readonly body: unknown }[] = [];
  readonly events: DebugProtocol.Event[] = [];
  #seq = 0;

  constructor(session: TraceDebugSession) {
    this.#session = session;
    session.onDidSendMessage((message) => this.#receive(message));
  }

  /** The number of the last request. */
  get lastRequest(): number {
    return this.#seq;
  }

  /** Sends a request, and waits for the response. */
  request(command: string, args?: object): Promise<DebugProtocol.Response> {
    this.#seq += 1;
    const seq = this.#seq;
    this.#said.push({ what: `→ ${command}`, body: args });
    const answer = new Promise<DebugProtocol.Response>((resolve) => {
      this.#waiting.set(seq, resolve);
    });
    const request: DebugProtocol.Request = { seq, type: 'request', command, arguments: args };
    this.#session.handleMessage(request);
    return answer;
  }

  /** Returns the body of the response. The test fails if the request is refused. */
  async params(command: string, args?: object) {
    const response = await this.request(command, args);
    if (!response.success) throw new Error(`${command} was refused: ${response.message}`);
    return response.body;
  }

  /** Returns the error message of a refused request. */
  async refusal(command: string, args?: object): Promise<string | undefined> {
    const response = await this.request(command, args);
    return response.success ? undefined : response.message;
  }

  /** Starts a session, and waits for its first stop. */
  async launch(
    args: object,
    configure: () => Promise<unknown> = () => Promise.resolve(),
    client: Partial<DebugProtocol.InitializeRequestArguments> = {},
  ): Promise<void> {
    await this.params('initialize', {
      ...client,
      adapterID: 'stable-memory',
      pathFormat: 'path',
      linesStartAt1: true,
      columnsStartAt1: true,
    });
    await this.params('launch', args);
    await configure();
    await this.params('configurationDone');
  }

  lastStop(): DebugProtocol.StoppedEvent['body'] | undefined {
    return this.events.findLast((event) => event.event === 'stopped')?.body;
  }

  /** Returns all messages so far, one per line. */
  get transcript(): string {
    const lines = this.#said.map(({ what, body }) => (body === undefined ? what : `${what} ${stable(JSON.stringify(body))}`));
    return `${lines.join('\n')}\n`;
  }

  /** Waits until an event of this name has arrived, possibly earlier. */
  async event(name: string): Promise<DebugProtocol.Event> {
    for (;;) {
      const event = this.events.find((candidate) => candidate.event === name);
      if (event) return event;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

  #receive(message: unknown): void {
    if (isResponse(message)) {
      const said = message.success ? message.body : { refused: message.message };
      this.#said.push({ what: `← ${message.command}`, body: said });
      this.#waiting.get(message.request_seq)?.(message);
    } else if (isEvent(message)) {
      this.#said.push({ what: `← event ${message.event}`, body: message.body });
      this.events.push(message);
    }
  }
}

/** Replaces the machine's folders, and checksums. */
function stable(text: string): string {
  return text
    .replaceAll(/[^":]*\/test\/fixtures\//g, 'FIXTURES/')
    .replaceAll(/"checksum":"[0-9a-f]{64}"/g, '"checksum":"SHA256"');
}

function isResponse(message: unknown): message is DebugProtocol.Response {
  return typeof message === 'object' && message !== null && 'type' in message && message.type === 'response';
}

function isEvent(message: unknown): message is DebugProtocol.Event {
  return typeof message === 'object' && message !== null && 'type' in message && message.type === 'event';
}
