/**
 * The webview's end of the protocol: calls with one reply each, notifications in both directions, and the state that survives
 * hiding the editor.
 */
import { UserError } from '../../engine/core/user-error.ts';
import type { Calls, HostNotification, PageCall, WebviewNotification } from '../../engine/views/protocol.ts';

/** The API of VS Code for webviews (`acquireVsCodeApi`). */
export interface Port {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

/** Time after which a call without an answer fails. Milliseconds. */
const TIMEOUT = 30_000;

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** Type guards for the result of each call. */
const isResult: { readonly [Name in PageCall]: (value: unknown) => value is Calls[Name]['result'] } = {
  'memory/map': (value): value is Calls['memory/map']['result'] =>
    isObject(value) && 'firstPart' in value && 'bytesOf' in value && 'faults' in value && 'owners' in value,
  'memory/explain': (value): value is Calls['memory/explain']['result'] =>
    isObject(value) && 'crumbs' in value && 'sections' in value && 'selection' in value,
  'memory/bytes': (value): value is Calls['memory/bytes']['result'] =>
    isObject(value) && 'bytes' in value && value.bytes instanceof Uint8Array && 'missing' in value,
};

const NOTIFICATIONS: readonly WebviewNotification['notification'][] = [
  'show',
  'scan',
  'scan-failed',
  'stale',
  'select',
  'problem',
];

function isNotification(value: object): value is WebviewNotification {
  return 'notification' in value && NOTIFICATIONS.some((name) => name === value.notification);
}

export class Host {
  readonly #port: Port;
  readonly #pending = new Map<number, (reply: object) => void>();
  #lastId = 0;

  constructor(port: Port) {
    this.#port = port;
  }

  /** Calls the host. Rejects with a `UserError`. */
  call<Name extends PageCall>(name: Name, params: Calls[Name]['params']): Promise<Calls[Name]['result']> {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#pending.delete(id);
        reject(
          new UserError('request', `There was no answer after ${TIMEOUT / 1000} seconds. Close the editor and open it again.`),
        );
      }, TIMEOUT);
      this.#pending.set(id, (reply) => {
        clearTimeout(timer);
        if ('error' in reply && typeof reply.error === 'string') reject(new UserError('request', reply.error));
        else if ('result' in reply && isResult[name](reply.result)) resolve(reply.result);
        else reject(new UserError('request', 'The answer is not valid. Reload the window: the extension may have been updated.'));
      });
      this.#port.postMessage({ id, call: name, params });
    });
  }

  notify(notification: HostNotification): void {
    this.#port.postMessage(notification);
  }

  /** Receives a message of the host. Passes replies to their calls and returns notifications. Ignores anything else. */
  receive(message: unknown): WebviewNotification | undefined {
    if (!isObject(message)) return undefined;
    if ('id' in message && typeof message.id === 'number') {
      this.#pending.get(message.id)?.(message);
      this.#pending.delete(message.id);
      return undefined;
    }
    return isNotification(message) ? message : undefined;
  }

  get saved(): unknown {
    return this.#port.getState();
  }

  save(state: object): void {
    this.#port.setState(state);
  }
}
