/** The webview's end of the protocol: calls with one reply each, notices both ways, and the state that outlives a hidden editor. */
import type { Calls, HostNotification, PageCall, WebviewNotification } from '../../engine/views/protocol.ts';

/** What VS Code gives a webview (`acquireVsCodeApi`). */
export interface Port {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

/** A call that has no answer; the message is a sentence for the user. */
export class RequestError extends Error {}

/** How long the user waits for an answer before being told that none comes. */
const PATIENCE = 30_000;

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** What tells each answer from anything else that a host might send. */
const isAnswer: { readonly [Name in PageCall]: (value: unknown) => value is Calls[Name]['result'] } = {
  'memory/map': (value): value is Calls['memory/map']['result'] =>
    isObject(value) && 'firstPart' in value && 'bytesOf' in value && 'faults' in value && 'owners' in value,
  'memory/explain': (value): value is Calls['memory/explain']['result'] =>
    isObject(value) && 'crumbs' in value && 'sections' in value && 'selection' in value,
  'memory/bytes': (value): value is Calls['memory/bytes']['result'] =>
    isObject(value) && 'bytes' in value && value.bytes instanceof Uint8Array && 'missing' in value,
};

const NOTICES: readonly WebviewNotification['notification'][] = ['show', 'scan', 'scan-failed', 'stale', 'select', 'problem'];

function isNotice(value: object): value is WebviewNotification {
  return 'notification' in value && NOTICES.some((name) => name === value.notification);
}

export class Host {
  readonly #port: Port;
  readonly #pending = new Map<number, (reply: object) => void>();
  #lastId = 0;

  constructor(port: Port) {
    this.#port = port;
  }

  /** Asks the host. Rejects with a `RequestError`. */
  call<Name extends PageCall>(name: Name, params: Calls[Name]['params']): Promise<Calls[Name]['result']> {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#pending.delete(id);
        reject(new RequestError(`There was no answer after ${PATIENCE / 1000} seconds. Close the editor and open it again.`));
      }, PATIENCE);
      this.#pending.set(id, (reply) => {
        clearTimeout(timer);
        if ('error' in reply && typeof reply.error === 'string') reject(new RequestError(reply.error));
        else if ('result' in reply && isAnswer[name](reply.result)) resolve(reply.result);
        else reject(new RequestError('The answer cannot be understood. Reload the window: the extension may have been updated.'));
      });
      this.#port.postMessage({ id, call: name, params });
    });
  }

  notify(notification: HostNotification): void {
    this.#port.postMessage(notification);
  }

  /** Takes a message of the host; answers go to their calls, a notice is returned. What is neither is left alone. */
  receive(message: unknown): WebviewNotification | undefined {
    if (!isObject(message)) return undefined;
    if ('id' in message && typeof message.id === 'number') {
      this.#pending.get(message.id)?.(message);
      this.#pending.delete(message.id);
      return undefined;
    }
    return isNotice(message) ? message : undefined;
  }

  get saved(): unknown {
    return this.#port.getState();
  }

  save(state: object): void {
    this.#port.setState(state);
  }
}
